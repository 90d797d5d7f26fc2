//! Where recorded inputs are. They are not part of the repository.

use std::path::{Path, PathBuf};

/// Reads a recorded input; none, and a line that says so, if it is not there.
pub(crate) fn read(test: &str, path: &str) -> Option<Vec<u8>> {
    let root = root();
    let bytes = std::fs::read(root.join(path)).ok();
    if bytes.is_none() {
        eprintln!("skipped: {test}: no recorded inputs at {}", root.display());
    }
    bytes
}

/// `$TICKWIRE_CORPUS`, or `shared/corpus` beside the workspace.
fn root() -> PathBuf {
    match std::env::var_os("TICKWIRE_CORPUS") {
        Some(path) => path.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
    }
}
