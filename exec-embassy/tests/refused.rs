//! Programs that do not compile, and their error messages.
//!
//! A compiler's complete output changes between versions. These tests look for this crate's
//! sentence and for its place. They build, since a check does not evaluate assertions on the
//! size of a future.
#![cfg(not(any(miri, light_tests)))]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

#[test]
fn futures_that_do_not_fit_are_refused_with_a_reason() {
    check("fits", &[]);
    check("too_large", &["this future is larger than its arena's BYTES", "too_large.rs:9:"]);
    check(
        "over_aligned",
        &["this future is aligned to more than the 8 bytes of an arena", "over_aligned.rs:12:"],
    );
    check("not_send", &["`Rc<i32>` which is not `Send`", "not_send.rs:9:"]);
}

/// Builds a program of the folder `refused`, and looks for these parts in the error message.
/// A program without expected parts must build.
#[track_caller]
fn check(program: &str, said: &[&str]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("refused");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(&folder).unwrap();
    fs::copy(ours.join("../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest(program, ours)).unwrap();
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--offline", "--quiet", "--manifest-path"]).arg(folder.join("Cargo.toml"));
    let output = build.env("CARGO_TARGET_DIR", folder.join("target")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), said.is_empty(), "{program}: {text}");
    for said in said {
        assert!(text.contains(said), "{program}: {said:?} is not in: {text}");
    }
}

fn manifest(program: &str, ours: &Path) -> String {
    let ours = ours.display();
    format!(
        "[workspace]\n\
         [package]\n\
         name = 'refused'\n\
         edition = '2024'\n\
         [[bin]]\n\
         name = '{program}'\n\
         path = '{ours}/tests/refused/{program}.rs'\n\
         [dependencies]\n\
         tickwire-exec-embassy.path = '{ours}'\n\
         tickwire-traits.path = '{ours}/../traits'\n\
         critical-section = {{ version = '1', features = ['std'] }}\n\
         embassy-executor = {{ version = '*', features = ['platform-std', 'executor-thread'] }}\n"
    )
}
