//! What the source of each crate may say (ARCHITECTURE.md, "Invariants").

use std::fs;
use std::path::{Path, PathBuf};

use crate::arrows::{self, Rule};
use crate::firmware;
use crate::scan::{Kind, Token, find, shipped, tokens};
use crate::workspace::{Package, TargetKind, is_published, root};

/// The files in which `unsafe` may be written, each with its named invariant.
const UNSAFE_FILES: &[&str] = &[
    // EXCLUSION: one context at a time runs under a raw mutex.
    "sync/src/kernel/raw.rs",
    // LINKED: nodes of waiters are touched under the lock, and outlive their links.
    "sync/src/kernel/wait_queue.rs",
    // PERMIT: who refers to the data of a mutex holds its permit.
    "sync/src/mutex.rs",
    // KEPT: the value of a promise is written once, before it is read.
    "sync/src/promise.rs",
    // FILLED: which places of a ring hold an item.
    "sync/src/kernel/ring.rs",
    // SECTION: one mutex that Loom sees is the raw mutex of everything.
    "sync/tests/support/section.rs",
    // NUMBERED: the data of a waker is a number that nobody follows. ALONE: a lock
    // that is not `Sync`.
    "sync/tests/support/hooks.rs",
    // ALONE, as well.
    "sync/tests/support/interrupted.rs",
    // ELEMENT: an array is pinned exactly when its elements are.
    "sync/src/combine/element.rs",
    // PINNED: a group is pinned exactly when its tasks are.
    "sync/src/group/pinned.rs",
    // HELD: a slot that is not free, its list and its neighbors in that are there.
    "sync/src/group/slot.rs",
    // FOREVER: wakers that point to what is there for ever.
    "sync/src/group/slot_waker.rs",
    // STORED: what the bytes of a task's place are.
    "exec-embassy/src/place.rs",
    // EXCLUSIVE: the accesses to a value exclude each other.
    "exec-embassy/src/primitives.rs",
    // STEP: what a slot's place holds while its runner is at each step.
    "exec-embassy/src/slot.rs",
    // RUNNER: a slot's task is polled by one executor, one poll at a time.
    "exec-embassy/src/runner.rs",
    // OWNER: an arena belongs to one executor.
    "exec-embassy/src/home.rs",
    // The same invariants, where Loom runs slots.
    "exec-embassy/tests/loom/primitives.rs",
    "exec-embassy/tests/loom/runner.rs",
    "exec-embassy/tests/loom/home.rs",
    // FOREVER: wakers whose data is a static function.
    "exec-embassy/tests/hooks/mod.rs",
    // COMES BACK: wakers whose functions ignore their data.
    "exec-std/tests/reentrant.rs",
    // A process that forks, and has one thread that does anything then.
    "exec-std/tests/forked.rs",
    // OWN: one interrupt calls an executor.
    "examples/rp2040/src/watchman.rs",
    // NOT BY MASK: no critical section is one because an interrupt is masked.
    "examples/rp2040/src/bin/conformance.rs",
    "examples/lm3s6965/src/interrupts.rs",
    "examples/riscv32/src/interrupts.rs",
    // MAPPED: registers are where the chip's manual says.
    "examples/lm3s6965/src/registers.rs",
    "examples/riscv32/src/registers.rs",
    // ALONE: one executor, which one context polls.
    "examples/lm3s6965/src/executor.rs",
    // A waker whose clones differ, which safe code cannot make: its data is a
    // number that nobody follows.
    "traits/wake-queue/tests/queue.rs",
];

/// What no driver names: it can then not know where it runs.
const NOT_IN_DRIVERS: &[&str] = &[
    "Spawn",
    "alloc",
    "async_executor",
    "async_io",
    "embassy_*",
    "futures_lite",
    "smol",
    "std",
    "tickwire_exec_*",
    "tickwire_sim",
    "tokio",
];

/// Returns what the sources of the workspace say that they may not, and how
/// many files were read.
pub(crate) fn check(members: &[Package]) -> Result<(Vec<String>, usize), String> {
    let mut problems = Vec::new();
    let mut count = 0;
    for member in members {
        let folder = member.manifest_path.with_file_name("").into_std_path_buf();
        let targets = member.targets.iter().filter(|target| {
            !target.kind.iter().any(|kind| matches!(kind, TargetKind::Test | TargetKind::Bench))
        });
        let roots: Vec<_> = targets.map(|target| target.src_path.as_std_path()).collect();
        for path in rust_files(&folder)? {
            let source = read(&path)?;
            count += 1;
            problems.extend(check_unsafe(&shown(&path), &source));
            if roots.contains(&path.as_path()) {
                let rule = arrows::rule(&member.name);
                problems.extend(check_root(&shown(&path), &source, rule));
            }
        }
        let shipped_files = shipped_files(&folder.join("src"))?;
        for (path, tokens) in &shipped_files {
            if *member.name == "tickwire-drivers" {
                problems.extend(check_driver(&shown(path), tokens));
            }
            if is_published(member) {
                problems.extend(check_docs(&shown(path), tokens));
            }
        }
    }
    for folder in firmware::folders() {
        for path in rust_files(&folder.join("src"))? {
            count += 1;
            problems.extend(check_unsafe(&shown(&path), &read(&path)?));
        }
    }
    Ok((problems, count))
}

fn check_unsafe(file: &str, source: &str) -> Vec<String> {
    if UNSAFE_FILES.contains(&file) {
        return Vec::new();
    }
    let blocks = tokens(source).into_iter().filter(|token| token.is("unsafe"));
    blocks.map(|token| format!("{file}:{}: unsafe, in a file not listed", token.line)).collect()
}

fn check_root(file: &str, source: &str, rule: Option<&Rule>) -> Vec<String> {
    let tokens = tokens(source);
    let mut problems = Vec::new();
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    // A crate with a listed file allows `unsafe` there, and denies it elsewhere.
    let listed = UNSAFE_FILES.iter().any(|listed| listed.starts_with(&format!("{folder}/")));
    let level = if listed { "deny" } else { "forbid" };
    if find(&tokens, &format!("# ! [ {level} ( unsafe_code ) ]")).is_none() {
        problems.push(format!("{file}: no #![{level}(unsafe_code)]"));
    }
    if rule.is_some_and(|rule| rule.no_std) && find(&tokens, "# ! [ no_std ]").is_none() {
        problems.push(format!("{file}: no #![no_std]"));
    }
    problems
}

fn check_driver(file: &str, tokens: &[Token]) -> Vec<String> {
    let names = |word: &str| {
        NOT_IN_DRIVERS.iter().any(|name| match name.strip_suffix('*') {
            Some(beginning) => word.starts_with(beginning),
            None => word == *name,
        })
    };
    let named = tokens.iter().filter_map(|token| match &token.kind {
        Kind::Word(word) if names(word) => {
            Some(format!("{file}:{}: a driver names {word}", token.line))
        }
        _ => None,
    });
    named.collect()
}

/// Every public function that is awaited, an `async fn` or one that returns a
/// future, says what happens when that is dropped.
fn check_docs(file: &str, tokens: &[Token]) -> Vec<String> {
    let mut problems = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let [Token { kind: Kind::Word(name), .. }, ..] = &tokens[at + 1..] else { continue };
        if !token.is("fn") {
            continue;
        }
        let is_async = tokens[..at].last().is_some_and(|before| before.is("async"));
        let before = &tokens[..at - usize::from(is_async)];
        let public = before.last().is_some_and(|before| before.is("pub"));
        let (signature, rest) = tokens[at..].split_at(length_of_signature(&tokens[at..]));
        let awaited = is_async || find(signature, "- > impl Future").is_some();
        // Without a body it is a trait's, and as public as that.
        let declared = rest.first().is_some_and(|token| token.is(";"));
        let mut docs = before.iter().rev().take_while(|token| !ends_item(token));
        let says =
            |token: &Token| matches!(&token.kind, Kind::Doc(doc) if doc == "# Cancel safety");
        if awaited && (public || declared) && !docs.any(says) {
            problems.push(format!("{file}:{}: {name} has no # Cancel safety", token.line));
        }
    }
    problems
}

/// The number of tokens before a function's body, or before the `;` that it has
/// instead.
fn length_of_signature(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    let ends = |token: &Token| {
        let Kind::Mark(mark) = token.kind else { return false };
        match mark {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(mark, ';' | '{')
    };
    tokens.iter().position(ends).unwrap_or(tokens.len())
}

fn ends_item(token: &Token) -> bool {
    token.is(";") || token.is("{") || token.is("}")
}

/// Every file under `src`, without what only tests see.
fn shipped_files(src: &Path) -> Result<Vec<(PathBuf, Vec<Token>)>, String> {
    let mut files = Vec::new();
    let mut test_only = Vec::new();
    for path in rust_files(src)? {
        let shipped = shipped(&read(&path)?);
        let is_root = ["lib.rs", "main.rs", "mod.rs"].iter().any(|name| path.ends_with(name));
        let folder = if is_root { path.with_file_name("") } else { path.with_extension("") };
        test_only.extend(shipped.test_modules.iter().map(|name| folder.join(name)));
        files.push((path, shipped.tokens));
    }
    files.retain(|(path, _)| {
        !test_only
            .iter()
            .any(|module| path.starts_with(module) || path.with_extension("") == *module)
    });
    Ok(files)
}

/// Every Rust file of the package in `folder`, without those of packages below.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(files) };
    for entry in entries {
        let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
        if path.is_dir() && !path.ends_with("target") && !path.join("Cargo.toml").exists() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::shipped;
    use crate::workspace;

    #[track_caller]
    fn check(found: Vec<String>, problems: &[&str]) {
        assert_eq!(found, problems);
    }

    #[test]
    fn this_workspace_keeps_its_word() {
        let (problems, files) = super::check(&workspace::members().unwrap()).unwrap();
        assert_eq!(problems, [""; 0]);
        assert!(files > 30, "only {files} files were found");
    }

    #[test]
    fn a_driver_may_name_a_runtime_in_prose_and_in_tests() {
        let source = "//! Runs on tokio::spawn.\n#[cfg(test)]\nmod tests { use std::vec; }\n";
        check(check_driver("f.rs", &shipped(source).tokens), &[]);
    }

    #[test]
    fn a_driver_may_not_name_a_runtime_in_code() {
        let source = "use core::fmt;\nuse std::vec;\nfn f(s: impl Spawn) { embassy_time::now() }";
        check(
            check_driver("f.rs", &shipped(source).tokens),
            &[
                "f.rs:2: a driver names std",
                "f.rs:3: a driver names Spawn",
                "f.rs:3: a driver names embassy_time",
            ],
        );
    }

    #[test]
    fn a_root_forbids_unsafe_and_does_without_std() {
        let rule = arrows::rule("tickwire-traits");
        check(check_root("t/lib.rs", "#![no_std]\n#![forbid(unsafe_code)]", rule), &[]);
        check(
            check_root("t/lib.rs", "// #![no_std]\n#![deny(unsafe_code)]", rule),
            &["t/lib.rs: no #![forbid(unsafe_code)]", "t/lib.rs: no #![no_std]"],
        );
        let hosted = arrows::rule("tickwire-sim");
        check(check_root("t/lib.rs", "#![forbid(unsafe_code)]", hosted), &[]);
    }

    #[test]
    fn a_root_beside_a_listed_file_denies_unsafe() {
        let rule = arrows::rule("tickwire-sync");
        let root = "sync/src/lib.rs";
        check(check_root(root, "#![no_std]\n#![deny(unsafe_code)]", rule), &[]);
        let problem = &["sync/src/lib.rs: no #![deny(unsafe_code)]"];
        check(check_root(root, "#![no_std]\n#![warn(unsafe_code)]", rule), problem);
        check(check_root(root, "#![no_std]", rule), problem);
        // Beside, not somewhere else under a name that begins likewise.
        let other = "#![no_std]\n#![deny(unsafe_code)]";
        check(check_root("sy/lib.rs", other, rule), &["sy/lib.rs: no #![forbid(unsafe_code)]"]);
    }

    #[test]
    fn unsafe_is_seen_in_tests_too() {
        let source = "// unsafe\n#[cfg(test)]\nmod tests { unsafe fn f() {} }";
        check(check_unsafe("f.rs", source), &["f.rs:3: unsafe, in a file not listed"]);
    }

    #[test]
    fn a_public_async_fn_says_whether_it_is_cancel_safe() {
        let said = "/// # Cancel safety\n///\n/// Yes.\n#[inline]\npub async fn a() {}";
        check(check_docs("f.rs", &shipped(said).tokens), &[]);
        let kept = "/// Waits.\nasync fn a(_: [u8; 2]) {}\npub(crate) async fn b() {}";
        check(check_docs("f.rs", &shipped(kept).tokens), &[]);
        let silent = "/// # Cancel safety\nfn a() {}\n/// Waits.\npub async fn b() {}";
        check(check_docs("f.rs", &shipped(silent).tokens), &["f.rs:4: b has no # Cancel safety"]);
        let declared = "pub trait T {\n async fn a(&mut self);\n async fn b(&mut self) {}\n}";
        check(check_docs("f.rs", &shipped(declared).tokens), &["f.rs:2: a has no # Cancel safety"]);
    }

    #[test]
    fn a_public_function_that_returns_a_future_says_so_too() {
        let said = "/// # Cancel safety\n#[inline]\npub fn a(_: [u8; 2]) -> impl Future {}";
        check(check_docs("f.rs", &shipped(said).tokens), &[]);
        let others = "pub(crate) fn a() -> impl Future {}\nfn b() -> impl Future {}\n\
                      pub fn c(_: impl Fn() -> u8) -> u8 { fn d() -> impl Future {} }\n\
                      pub fn e(_: impl Future) {}";
        check(check_docs("f.rs", &shipped(others).tokens), &[]);
        let silent = "/// Waits.\npub fn a<T>(t: [T; 2])\n -> impl Future<Output = T> + use<T> {}\n\
                      pub trait T { fn b() -> impl Future; }";
        check(
            check_docs("f.rs", &shipped(silent).tokens),
            &["f.rs:2: a has no # Cancel safety", "f.rs:4: b has no # Cancel safety"],
        );
    }
}
