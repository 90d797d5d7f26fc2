//! Programs that must not compile: each file in `refusals` starts with the error.
//!
//! Only the error code is compared. The rest of the message changes with the compiler's
//! version, which is not pinned here, and quotes our sources. (A doc test would do
//! without trybuild, but compares codes on nightly alone.)
//!
//! A queue without room is rejected later than this test looks: see the docs of `Queue`.
#![cfg(not(any(miri, light_tests)))] // It starts compilers.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The variable that names the folder of copies, for a second run of this program.
const COPIES: &str = "REFUSALS";

#[test]
fn what_must_not_compile_does_not() {
    if let Ok(copies) = env::var(COPIES) {
        trybuild::TestCases::new().compile_fail(format!("{copies}/*.rs"));
        return;
    }
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("refusals");
    let _ = fs::remove_dir_all(&copies);
    fs::create_dir_all(&copies).unwrap();
    let cases = cases(Path::new("tests/refusals"));
    assert!(cases.len() > 10);
    for case in &cases {
        fs::copy(case, copies.join(case.file_name().unwrap())).unwrap();
    }
    // Trybuild writes the compiler's message next to each copy.
    let mut again = Command::new(env::current_exe().unwrap());
    let status = again.env(COPIES, &copies).env("TRYBUILD", "overwrite").status().unwrap();
    assert!(status.success());
    for case in cases {
        let source = fs::read_to_string(&case).unwrap();
        let copy = copies.join(case.file_name().unwrap());
        let said = fs::read_to_string(copy.with_extension("stderr")).unwrap();
        let (Some(expected), Some(error)) = (source.strip_prefix("//! "), said.lines().next())
        else {
            panic!("{}: no error", case.display());
        };
        let code = error.split_once(": ").map_or(error, |(code, _)| code);
        assert!(expected.starts_with(code), "{}: {error}", case.display());
    }
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect()
}
