//! What can be read in a program for a board.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use object::elf::{SHF_ALLOC, SHF_WRITE};
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use super::board::Panics;
use crate::workspace::root;

/// A program, as it is flashed.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) size: Size,
    /// Names of functions that compute with floating-point numbers.
    pub(super) floats: BTreeSet<String>,
    pub(super) panics: BTreeSet<Panic>,
    /// Names of arenas whose first value is in flash.
    pub(super) arenas: BTreeSet<String>,
}

/// Bytes in flash and in memory; a variable with a first value takes both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) flash: u64,
    pub(crate) memory: u64,
}

/// A place in the source from which a panic would come, as the program would tell it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Panic {
    file: String,
    line: u32,
    column: u32,
}

impl Program {
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let told = |error: &dyn ToString| format!("{}: {}", path.display(), error.to_string());
        let bytes = fs::read(path).map_err(|error| told(&error))?;
        let file = object::File::parse(&*bytes).map_err(|error| told(&error))?;
        let (size, panics) = Self::measure(&file).map_err(|error| told(&error))?;
        let names = file.symbols().filter_map(|symbol| symbol.name().ok());
        let floats = floats(names).map_err(|error| told(&error))?;
        Ok(Self { size, floats, panics, arenas: arenas(&file) })
    }

    fn measure(file: &object::File<'_>) -> Result<(Size, BTreeSet<Panic>), object::Error> {
        let (mut size, mut constants) = (Size::default(), Vec::new());
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else { continue };
            if !sh_flags.contains(SHF_ALLOC) {
                continue;
            }
            // Nothing, for what is all zero.
            let data = section.data()?;
            if sh_flags.contains(SHF_WRITE) {
                size.memory += section.size();
            } else {
                constants.push((section.address(), data));
            }
            size.flash += data.len() as u64;
        }
        Ok((size, panics(&constants)))
    }

    /// Looks for what no program may have: panics that are not allowed, floating-point
    /// arithmetic, and arenas that take room in flash. Adds to `needed` what is allowed and
    /// was found.
    ///
    /// # Errors
    ///
    /// What there is, a line each.
    pub(super) fn check<'a>(
        &self,
        allowed: &'a Panics,
        needed: &mut BTreeSet<&'a str>,
    ) -> Result<(), String> {
        let mut found = Vec::new();
        for panic in &self.panics {
            match panic.judge(allowed) {
                Ok(key) => needed.extend(key),
                Err(told) => found.push(told),
            }
        }
        found.extend(check_floats(&self.floats).err());
        if !self.arenas.is_empty() {
            // An arena is all zeros at first, so that the start of a program clears it.
            found.push(format!("these arenas take room in flash: {:?}", self.arenas));
        }
        if found.is_empty() { Ok(()) } else { Err(format!("it runs, but\n{}", found.join("\n"))) }
    }
}

/// Looks for arithmetic with a floating point, of which no program has any.
///
/// # Errors
///
/// What there is, by name.
pub(super) fn check_floats(floats: &BTreeSet<String>) -> Result<(), String> {
    if floats.is_empty() { Ok(()) } else { Err(format!("HAS FLOATS: {floats:?}")) }
}

impl Panic {
    /// Returns the key in `allowed` by which the panic may be there, or nothing if it needs none.
    ///
    /// # Errors
    ///
    /// The place of a panic that is not allowed.
    fn judge<'a>(&self, allowed: &'a Panics) -> Result<Option<&'a str>, String> {
        let line = self.line;
        // Some functions of `core` panic in their own name, `str::split_at` for one.
        if let Some((_, file)) = self.file.split_once("library/core/src/") {
            let key = allowed.core.keys().find(|folder| file.starts_with(*folder));
            let told = || format!("may panic: something in core, {file}:{line}");
            return key.map(|key| Some(&**key)).ok_or_else(told);
        }
        // Applications, benches and crates of others may have their own panics.
        let Ok(file) = Path::new(&self.file).strip_prefix(root()) else { return Ok(None) };
        if ["examples", "conformance", "benches"].iter().any(|folder| file.starts_with(folder)) {
            return Ok(None);
        }
        let source = fs::read_to_string(&self.file).unwrap_or_default();
        let told = || format!("may panic: {}:{line}", file.display());
        self.judge_in(&source, allowed).ok_or_else(told)
    }

    /// The same for a panic in this source.
    fn judge_in<'a>(&self, source: &str, allowed: &'a Panics) -> Option<Option<&'a str>> {
        let (line, column) = (self.line as usize, self.column as usize);
        if futures(source.parse().unwrap_or_default()).contains(&(line, column)) {
            return Some(None);
        }
        let asserted = source.lines().nth(line - 1).unwrap_or_default();
        allowed.lines.keys().find(|part| asserted.contains(*part)).map(|key| Some(&**key))
    }
}

/// The places where the compiler puts the panic of a future that is polled after its end:
/// each `async`, and the opening brace of the body that follows it. Lines and columns begin
/// with 1.
fn futures(tokens: TokenStream) -> Vec<(usize, usize)> {
    let place = |span: Span| (span.start().line, span.start().column + 1);
    let (mut found, mut is_head) = (Vec::new(), false);
    for token in tokens {
        match token {
            TokenTree::Ident(word) if word == "async" => {
                found.push(place(word.span()));
                is_head = true;
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => is_head = false,
            TokenTree::Group(group) => {
                if is_head && group.delimiter() == Delimiter::Brace {
                    found.push(place(group.span_open()));
                    is_head = false;
                }
                found.extend(futures(group.stream()));
            }
            _ => {}
        }
    }
    found
}

/// Finds the functions that compute with floating-point numbers.
///
/// # Errors
///
/// That there are no names, as in a stripped program: in it none would be found.
fn floats<'a>(names: impl Iterator<Item = &'a str>) -> Result<BTreeSet<String>, &'static str> {
    let mut names = names.filter(|name| !name.is_empty()).peekable();
    names.peek().ok_or("it has no names, by which its floats would be known")?;
    Ok(names.filter(|name| is_float(name)).map(str::to_owned).collect())
}

/// Finds the arenas whose section has bytes in the file.
fn arenas(file: &object::File<'_>) -> BTreeSet<String> {
    let is_in_flash = |symbol: &object::Symbol<'_, '_>| {
        let section = symbol.section_index().and_then(|at| file.section_by_index(at).ok());
        section.and_then(|section| section.data().ok()).is_some_and(|data| !data.is_empty())
    };
    let names = file.symbols().filter(is_in_flash).filter_map(|symbol| symbol.name().ok());
    names.filter(|name| is_arena(name)).map(str::to_owned).collect()
}

/// By the name that arenas have in our programs, as a part of a mangled path.
fn is_arena(name: &str) -> bool {
    name.contains("5ARENA")
}

/// The compiler's own arithmetic, and what reads and writes decimal numbers.
fn is_float(name: &str) -> bool {
    let helpers =
        ["__aeabi_f", "__aeabi_d", "__aeabi_i2", "__aeabi_ui2", "__aeabi_l2", "__aeabi_ul2"];
    let modules = ["compiler_builtins5float", "flt2dec", "dec2flt"];
    helpers.iter().any(|helper| name.starts_with(helper))
        || modules.iter().any(|module| name.contains(module))
}

/// Finds the values of type [`Location`](core::panic::Location): a name of a file, by
/// address and length, a line and a column.
fn panics(constants: &[(u64, &[u8])]) -> BTreeSet<Panic> {
    let text = |address: u32, length: u32| {
        constants.iter().find_map(|(base, data)| {
            let from = usize::try_from(u64::from(address).checked_sub(*base)?).ok()?;
            let bytes = data.get(from..from.checked_add(length as usize)?)?;
            core::str::from_utf8(bytes).ok().filter(|text| text.ends_with(".rs"))
        })
    };
    let words = constants.iter().flat_map(|(_, data)| {
        let word = |bytes: &[u8]| bytes.try_into().map(u32::from_le_bytes).unwrap_or_default();
        let words: Vec<u32> = data.chunks_exact(4).map(word).collect();
        words.windows(4).map(|four| [four[0], four[1], four[2], four[3]]).collect::<Vec<_>>()
    });
    let found = words.filter_map(|[address, length, line, column]| {
        let is_place = (4..400).contains(&length)
            && (1..100_000).contains(&line)
            && (1..1_000).contains(&column);
        let file = is_place.then(|| text(address, length)).flatten()?.to_owned();
        Some(Panic { file, line, column })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Panics {
        let one = |name: &str| [(name.to_owned(), "because".to_owned())].into();
        Panics { lines: one(".expect(\"allowed\")"), core: one("fmt/") }
    }

    #[test]
    fn a_panic_where_a_future_begins_is_the_compilers_own() {
        #[track_caller]
        fn check(source: &str, at: &str, expected: Option<Option<&str>>) {
            let before = &source[..source.find(at).unwrap()];
            let line = before.matches('\n').count() as u32 + 1;
            let column = before.chars().rev().take_while(|&it| it != '\n').count() as u32 + 1;
            let panic = Panic { file: String::new(), line, column };
            assert_eq!(panic.judge_in(source, &allowed()), expected, "{source} at {at}");
        }

        let long =
            "async fn a(\n    b: u8,\n) -> u8 {\n    c(async move {\n        b / 0\n    })\n}\n";
        check(long, "{\n    c", Some(None));
        check(long, "async move", Some(None));
        check(long, "b / 0", None);
        check("fn a(\n    b: u8,\n) -> u8 {\n    b / 0\n}\n", "{", None);
        check("m! { pub async fn a(b: &[u8]) -> u8 { b[7] } }", "{ b[7]", Some(None));
        check("async fn a(b: &[u8]) -> u8 { b[7] }", "b[7]", None);
        check("trait T { async fn a(); fn b() { c[7] } }", "{ c[7]", None);
        check("fn a() { let é = c(async |b: &[u8]| { b[7] }); }", "{ b[7]", Some(None));
        check("fn a() { let é = c(async |b: &[u8]| { b[7] }); }", "b[7]", None);
        check("x.expect(\"allowed\")", "expect", Some(Some(".expect(\"allowed\")")));
        check("x.expect(\"it cannot fail\")", "expect", None);
    }

    #[test]
    fn what_a_program_may_not_have_is_told() {
        #[track_caller]
        fn check(program: Program, expected: Result<&[&str], &str>) {
            let mut needed = BTreeSet::new();
            let allowed = allowed();
            let checked = program.check(&allowed, &mut needed);
            let needed: Vec<_> = needed.into_iter().collect();
            assert_eq!(checked.as_ref().map(|()| &needed[..]).map_err(|e| &**e), expected);
        }
        let panics = |file: &str| {
            let panics = [Panic { file: file.to_owned(), line: 7, column: 9 }].into();
            Program { panics, ..Program::default() }
        };

        let told = "it runs, but\nmay panic: something in core, str/mod.rs:7";
        check(panics("/rustc/0a1b2c/library/core/src/str/mod.rs"), Err(told));
        check(panics("/usr/lib/rustlib/src/rust/library/core/src/fmt/num.rs"), Ok(&["fmt/"]));
        check(panics("/registry/somebody/src/str/mod.rs"), Ok(&[]));
        let ours = root().join("drivers/src/button.rs").display().to_string();
        check(panics(&ours), Err("it runs, but\nmay panic: drivers/src/button.rs:7"));
        let one = |name: &str| [name.to_owned()].into();
        let floats = Program { floats: one("__aeabi_fadd"), ..Program::default() };
        check(floats, Err("it runs, but\nHAS FLOATS: {\"__aeabi_fadd\"}"));
        let arenas = Program { arenas: one("5ARENA"), ..Program::default() };
        check(arenas, Err("it runs, but\nthese arenas take room in flash: {\"5ARENA\"}"));
    }

    #[test]
    fn floats_are_found_by_name_and_not_where_there_are_no_names() {
        let found = ["__aeabi_fadd".to_owned()].into();
        assert_eq!(floats(["main", "", "__aeabi_fadd"].into_iter()), Ok(found));
        assert_eq!(floats(["main"].into_iter()), Ok([].into()));
        let none = "it has no names, by which its floats would be known";
        assert_eq!(floats(["", ""].into_iter()), Err(none));
    }

    #[test]
    fn places_are_found_among_other_words() {
        let mut data = b"xxxxsrc/a.rs".to_vec();
        for word in [7_u32, 104, 8, 12, 5, 0, 104, 8, 0, 5, 9, 104, 9, 3, 5] {
            data.extend(word.to_le_bytes());
        }
        let expected = [Panic { file: "src/a.rs".to_owned(), line: 12, column: 5 }];
        assert_eq!(panics(&[(100, &data)]), expected.into());
    }

    #[test]
    fn arithmetic_with_a_floating_point_is_known_by_its_names() {
        let check = |name, expected| assert_eq!(is_float(name), expected, "{name}");
        check("__aeabi_fadd", true);
        check("__aeabi_ui2d", true);
        check("_ZN4core3num7dec2flt5parse", true);
        check("__aeabi_uidiv", false);
        check("__aeabi_lmul", false);
    }
}
