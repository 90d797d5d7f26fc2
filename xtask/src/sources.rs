//! What the source of each crate may say (ARCHITECTURE.md, "Invariants").

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Meta, ReturnType, Signature, Type, TypeParamBound, Visibility};

use crate::arrows::Table;
use crate::workspace::{Package, TargetKind, files, is_published, read, root, shown};

/// Returns what the sources of the workspace say that they may not, and how
/// many files were read.
pub(crate) fn check(members: &[Package], table: &Table) -> Result<(Vec<String>, usize), String> {
    let list = include_str!("../unsafe.toml");
    let list: BTreeMap<String, String> = toml::from_str(list).map_err(|e| e.to_string())?;
    let mut problems = Vec::new();
    let all = files(root(), "rs")?;
    for path in &all {
        let file = shown(path);
        problems.extend(check_unsafe(&file, &read(path)?, list.contains_key(&file)));
    }
    let gone = list.keys().filter(|file| !root().join(file).is_file());
    problems.extend(gone.map(|file| format!("{file}: listed in xtask/unsafe.toml, and not there")));
    for member in members {
        let no_std = table.rule(&member.name).is_some_and(|rule| rule.no_std);
        let lists = |folder: &Path| list.keys().any(|file| root().join(file).starts_with(folder));
        for target in &member.targets {
            let path = target.src_path.as_std_path();
            if !target.kind.iter().any(|kind| matches!(kind, TargetKind::Test | TargetKind::Bench))
            {
                let listed = path.parent().is_some_and(lists);
                problems.extend(check_root(&shown(path), &read(path)?, listed, no_std));
            }
            if target.is_lib() && is_published(member) {
                let is_driver = *member.name == "tickwire-drivers";
                problems.extend(Shipped::of_file(path, is_driver)?);
            }
        }
    }
    Ok((problems, all.len()))
}

/// Looks for the word, in what any configuration compiles and in macros.
fn check_unsafe(file: &str, source: &str, is_listed: bool) -> Vec<String> {
    // Most files do without the word in prose too, and need not be split into tokens.
    let lines = match source.contains("unsafe").then(|| source.parse()) {
        Some(Ok(tokens)) => lines_with("unsafe", tokens),
        Some(Err(error)) => return vec![format!("{file}: {error}")],
        None => vec![],
    };
    match (is_listed, lines.is_empty()) {
        (true, true) => vec![format!("{file}: listed in xtask/unsafe.toml without need")],
        (true, false) => vec![],
        (false, _) => lines
            .iter()
            .map(|line| format!("{file}:{line}: unsafe, in a file not listed"))
            .collect(),
    }
}

/// The lines with this word in code. Comments and literals are no code.
fn lines_with(word: &str, tokens: TokenStream) -> Vec<usize> {
    let lines = |token| match token {
        TokenTree::Group(group) => lines_with(word, group.stream()),
        TokenTree::Ident(ident) if ident == word => vec![ident.span().start().line],
        _ => vec![],
    };
    tokens.into_iter().flat_map(lines).collect()
}

/// Looks for attributes of a crate, each on a line of its own. A crate with a listed file
/// beside its root allows `unsafe` there, and denies it elsewhere.
fn check_root(file: &str, source: &str, is_listed: bool, no_std: bool) -> Vec<String> {
    let level = if is_listed { "#![deny(unsafe_code)]" } else { "#![forbid(unsafe_code)]" };
    let required = [level].into_iter().chain(no_std.then_some("#![no_std]"));
    let missing = required.filter(|attribute| !source.lines().any(|line| line == *attribute));
    missing.map(|attribute| format!("{file}: no {attribute}")).collect()
}

/// What a library's users get: its module tree, without modules that only tests see.
struct Shipped {
    file: PathBuf,
    /// Where the modules of the file are.
    folder: PathBuf,
    is_driver: bool,
    problems: Vec<String>,
}

impl Shipped {
    /// Reads a file and the modules that it names.
    fn of_file(path: &Path, is_driver: bool) -> Result<Vec<String>, String> {
        let source = parse(path)?;
        let is_root = ["lib.rs", "mod.rs"].iter().any(|name| path.ends_with(name));
        let folder = if is_root { path.with_file_name("") } else { path.with_extension("") };
        let mut this = Self { file: path.to_owned(), folder, is_driver, problems: vec![] };
        if !is_for_tests(&source.attrs) {
            this.visit_file(&source);
        }
        Ok(this.problems)
    }

    fn report(&mut self, span: proc_macro2::Span, problem: &str) {
        self.problems.push(format!("{}:{}: {problem}", shown(&self.file), span.start().line));
    }

    /// Every public function that is awaited says what happens when its future is dropped.
    fn check_function(&mut self, attributes: &[Attribute], signature: &Signature) {
        let says = attributes.iter().any(|attribute| match &attribute.meta {
            Meta::NameValue(doc) if doc.path.is_ident("doc") => {
                text(&doc.value) == " # Cancel safety"
            }
            _ => false,
        });
        if is_awaited(signature) && !says && !is_for_tests(attributes) {
            let problem = format!("{} has no # Cancel safety", signature.ident);
            self.report(signature.fn_token.span, &problem);
        }
    }
}

impl<'ast> Visit<'ast> for Shipped {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if is_for_tests(&module.attrs) {
            return;
        }
        if module.content.is_some() {
            return visit::visit_item_mod(self, module);
        }
        let own = module.attrs.iter().find_map(|attribute| match &attribute.meta {
            Meta::NameValue(path) if path.path.is_ident("path") => Some(text(&path.value)),
            _ => None,
        });
        let name = self.folder.join(module.ident.to_string());
        let (file, folder) = (name.with_extension("rs"), name.join("mod.rs"));
        let file = match own {
            Some(path) => self.file.with_file_name(path),
            None if file.exists() => file,
            None => folder,
        };
        match Self::of_file(&file, self.is_driver) {
            Ok(problems) => self.problems.extend(problems),
            Err(error) => self.problems.push(error),
        }
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        if !is_for_tests(&block.attrs) {
            visit::visit_item_impl(self, block);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if is_public(&function.vis) {
            self.check_function(&function.attrs, &function.sig);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if is_public(&function.vis) {
            self.check_function(&function.attrs, &function.sig);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        self.check_function(&function.attrs, &function.sig);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        // Its text is no syntax yet, so nothing else is known of the function.
        if called.tokens.to_string().contains("pub async fn") {
            self.report(called.bang_token.span, "a public async fn is hidden in a macro");
        }
    }

    /// Without one, a crate that is `no_std` cannot name `std` or `alloc`.
    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        if self.is_driver && !is_for_tests(&item.attrs) {
            self.report(item.ident.span(), &format!("a driver names {}", item.ident));
        }
    }
}

/// Whether it is an `async fn`, or one that returns a future.
fn is_awaited(signature: &Signature) -> bool {
    let is_future = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|name| name.ident == "Future")
        }
        _ => false,
    };
    let returns = match &signature.output {
        ReturnType::Type(_, returned) => match &**returned {
            Type::ImplTrait(opaque) => opaque.bounds.iter().any(is_future),
            _ => false,
        },
        ReturnType::Default => false,
    };
    signature.asyncness.is_some() || returns
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(cfg) if cfg.path.is_ident("cfg") => {
            let condition = cfg.tokens.to_string();
            condition == "test" || condition.starts_with("all (test")
        }
        _ => false,
    })
}

fn text(value: &syn::Expr) -> String {
    match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
        _ => String::new(),
    }
}

fn parse(path: &Path) -> Result<syn::File, String> {
    syn::parse_file(&read(path)?).map_err(|error| format!("{}: {error}", shown(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    /// What is found in a file of a library, or of a driver.
    #[track_caller]
    fn check(is_driver: bool, source: &str, problems: &[&str]) {
        let file = PathBuf::from("f.rs");
        let mut shipped = Shipped { file, folder: PathBuf::new(), is_driver, problems: vec![] };
        shipped.visit_file(&syn::parse_file(source).unwrap());
        assert_eq!(shipped.problems, problems);
    }

    #[test]
    fn this_workspace_keeps_its_word() {
        let (problems, files) =
            super::check(&workspace::members().unwrap(), &Table::read().unwrap()).unwrap();
        assert_eq!(problems, [""; 0]);
        assert!(files > 300, "only {files} files were found");
    }

    #[test]
    fn a_driver_has_a_standard_library_in_tests_alone() {
        check(true, "//! std\n#[cfg(test)]\nextern crate std;", &[]);
        check(true, "\nextern crate alloc;", &["f.rs:2: a driver names alloc"]);
        check(false, "extern crate alloc;", &[]);
    }

    #[test]
    fn a_root_forbids_unsafe_or_denies_it_beside_a_listed_file() {
        let check = |source, is_listed, no_std, expected: &[&str]| {
            assert_eq!(check_root("lib.rs", source, is_listed, no_std), expected);
        };
        check("#![no_std]\n#![forbid(unsafe_code)]", false, true, &[]);
        check("#![forbid(unsafe_code)]", false, false, &[]);
        let missing = ["lib.rs: no #![forbid(unsafe_code)]", "lib.rs: no #![no_std]"];
        check("// #![no_std]\n#![deny(unsafe_code)]", false, true, &missing);
        check("#![no_std]\n#![deny(unsafe_code)]", true, true, &[]);
        check("#![warn(unsafe_code)]", true, false, &["lib.rs: no #![deny(unsafe_code)]"]);
    }

    #[test]
    fn unsafe_is_seen_in_tests_and_in_macros_and_not_in_prose() {
        let check = |source, is_listed, expected: &[&str]| {
            assert_eq!(check_unsafe("f.rs", source, is_listed), expected);
        };
        let source = "// unsafe\n#[cfg(test)]\nmod tests { m! { unsafe fn f() {} } }";
        check(source, false, &["f.rs:3: unsafe, in a file not listed"]);
        check(source, true, &[]);
        let prose = "/// unsafe\nconst A: &str = \"unsafe\";";
        check(prose, false, &[]);
        check(prose, true, &["f.rs: listed in xtask/unsafe.toml without need"]);
        check("unsafe '", false, &["f.rs: cannot parse string into token stream"]);
    }

    #[test]
    fn a_public_async_fn_says_whether_it_is_cancel_safe() {
        check(false, "/// # Cancel safety\n///\n/// Yes.\n#[inline]\npub async fn a() {}", &[]);
        check(false, "/// Waits.\nasync fn a(_: [u8; 2]) {}\npub(crate) async fn b() {}", &[]);
        let silent = "/// # Cancel safety\nfn a() {}\n/// Waits.\npub async fn b() {}";
        check(false, silent, &["f.rs:4: b has no # Cancel safety"]);
        let silent = "impl A {\n pub async fn a(&self) {}\n async fn b(&self) {}\n}";
        check(false, silent, &["f.rs:2: a has no # Cancel safety"]);
        let silent =
            "pub trait T {\n async fn a(&mut self);\n}\nimpl T for U { async fn a(&mut self) {} }";
        check(false, silent, &["f.rs:2: a has no # Cancel safety"]);
        let hidden = "m! { a }\nm! { pub async fn a() {} }";
        check(false, hidden, &["f.rs:2: a public async fn is hidden in a macro"]);
    }

    #[test]
    fn a_public_function_that_returns_a_future_says_so_too() {
        check(false, "/// # Cancel safety\n#[inline]\npub fn a(_: [u8; 2]) -> impl Future {}", &[]);
        let others = "pub(crate) fn a() -> impl Future {}\nfn b() -> impl Future {}\n\
                      pub fn c(_: impl Fn() -> u8) -> u8 { fn d() -> impl Future {} }\n\
                      pub fn e(_: impl Future) {}";
        check(false, others, &[]);
        let silent = "/// Waits.\npub fn a<T>(t: [T; 2])\n -> impl Send + Future<Output = T> + use<T> {}\n\
                      pub trait T { fn b() -> impl core::future::Future; }";
        let expected = ["f.rs:2: a has no # Cancel safety", "f.rs:4: b has no # Cancel safety"];
        check(false, silent, &expected);
    }

    #[test]
    fn what_only_tests_see_needs_no_documentation() {
        let tests = "pub async fn a() {}";
        for only in ["#[cfg(test)]", "#[cfg(all(test, not(miri)))]"] {
            check(false, &format!("{only} mod tests {{ {tests} }}"), &[]);
            check(false, &format!("{only} impl A {{ {tests} }}"), &[]);
            check(false, &format!("{only} {tests}"), &[]);
        }
        let shipped = format!("#[cfg(not(test))] mod b {{ {tests} }}");
        check(false, &shipped, &["f.rs:1: a has no # Cancel safety"]);
    }
}
