//! What cargo says about the workspace and its dependencies.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};
pub(crate) use cargo_metadata::{DependencyKind, Package, TargetKind};

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    ours.parent().unwrap_or(ours)
}

/// The workspace without its dependencies. Needs no network.
pub(crate) fn own() -> Result<Metadata, String> {
    run(MetadataCommand::new().no_deps())
}

/// The workspace's own packages.
pub(crate) fn members() -> Result<Vec<Package>, String> {
    Ok(own()?.packages)
}

/// The workspace's packages and all their dependencies, for every platform.
pub(crate) fn everything() -> Result<Vec<Package>, String> {
    Ok(run(MetadataCommand::new().features(CargoOpt::AllFeatures))?.packages)
}

/// The packages of a board's workspace. Needs no network.
pub(crate) fn members_of(manifest: &Path) -> Result<Vec<Package>, String> {
    Ok(run(MetadataCommand::new().manifest_path(manifest).no_deps())?.packages)
}

/// A board's packages and all their dependencies, for its target alone: other targets
/// would bring the HAL's packages for other chips.
pub(crate) fn everything_of(manifest: &Path, target: &str) -> Result<Vec<Package>, String> {
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).features(CargoOpt::AllFeatures);
    let board = ["--locked", "--filter-platform", target].map(str::to_owned);
    Ok(run(command.other_options(board))?.packages)
}

/// Whether a package may go to a registry.
pub(crate) fn is_published(package: &Package) -> bool {
    // `publish = false` is an empty list of registries.
    package.publish.as_ref().is_none_or(|registries| !registries.is_empty())
}

/// Every file with this extension below a folder, without those of builds, of installed
/// packages and of hidden folders.
pub(crate) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let shown = |error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in folder.read_dir().map_err(shown)? {
        let path = entry.map_err(shown)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_ours = !name.starts_with('.') && name != "target" && name != "node_modules";
        if path.is_dir() && is_ours {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a file as text.
///
/// # Errors
///
/// The name of the file, and why it cannot be read.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", shown(path)))
}

/// The path of a file in the repository.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn run(command: &mut MetadataCommand) -> Result<Metadata, String> {
    command.current_dir(root()).exec().map_err(|error| error.to_string())
}

/// A package for tests: its manifest has these dependencies alone. A dependency with a `~`
/// is a dev-dependency, one with a `^` has a version.
#[cfg(test)]
pub(crate) fn fake(name: &str, dependencies: &[&str]) -> Package {
    let dependency = |word: &&str| {
        serde_json::json!({
            "name": word.trim_matches(['~', '^']),
            "req": if word.contains('^') { "^0.1" } else { "*" },
            "kind": word.contains('~').then_some("dev"),
            "optional": false,
            "uses_default_features": true,
            "features": [],
        })
    };
    let manifest = serde_json::json!({
        "name": name,
        "version": "1.0.0",
        "id": name,
        "manifest_path": "Cargo.toml",
        "dependencies": dependencies.iter().map(dependency).collect::<Vec<_>>(),
        "targets": [],
        "features": {},
    });
    serde_json::from_value(manifest).unwrap()
}
