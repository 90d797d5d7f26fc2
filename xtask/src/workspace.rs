//! What cargo says about the workspace and its dependencies.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::{cargo, stdout};

/// A package, with the parts of its manifest that we judge.
#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) folder: PathBuf,
    pub(crate) license: Option<String>,
    pub(crate) rust_version: Option<String>,
    /// Whether it may go to a registry.
    pub(crate) published: bool,
    pub(crate) features: Vec<String>,
    pub(crate) dependencies: Vec<Dependency>,
    /// The first file of each library, program, example and build script.
    pub(crate) roots: Vec<PathBuf>,
}

/// A dependency, as the manifest names it.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Whether only tests see it.
    pub(crate) dev: bool,
    /// The version asked for, `*` if none was.
    pub(crate) requirement: String,
}

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
    ours.parent().unwrap_or(ours)
}

/// The folder that cargo builds into.
pub(crate) fn target() -> Result<PathBuf, String> {
    let metadata = metadata(&["metadata", "--format-version=1", "--no-deps"])?;
    Ok(PathBuf::from(text(&metadata["target_directory"])))
}

/// The workspace's own packages. Needs no network.
pub(crate) fn members() -> Result<Vec<Package>, String> {
    read(&["metadata", "--format-version=1", "--no-deps"])
}

/// A board's packages and all they depend on, for its target. Others would bring the
/// HAL's packages for chips that it is not.
pub(crate) fn everything_of(manifest: &Path, target: &str) -> Result<Vec<Package>, String> {
    let manifest = manifest.to_string_lossy();
    let board = ["--locked", "--manifest-path", &manifest, "--filter-platform", target];
    read(&[&["metadata", "--format-version=1", "--all-features"], &board[..]].concat())
}

/// The workspace's packages and all they depend on, for every platform.
pub(crate) fn everything() -> Result<Vec<Package>, String> {
    read(&["metadata", "--format-version=1", "--all-features"])
}

fn read(args: &[&str]) -> Result<Vec<Package>, String> {
    Ok(list(&metadata(args)?["packages"]).map(package).collect())
}

fn metadata(args: &[&str]) -> Result<Value, String> {
    serde_json::from_str(&stdout(&mut cargo(args))?)
        .map_err(|error| format!("cargo metadata: {error}"))
}

fn package(value: &Value) -> Package {
    let judged = |target: &&Value| {
        list(&target["kind"]).any(|kind| !matches!(kind.as_str(), Some("test" | "bench")))
    };
    let manifest = PathBuf::from(text(&value["manifest_path"]));
    Package {
        name: text(&value["name"]),
        version: text(&value["version"]),
        folder: manifest.parent().map(Path::to_owned).unwrap_or_default(),
        license: value["license"].as_str().map(str::to_owned),
        rust_version: value["rust_version"].as_str().map(str::to_owned),
        // `publish = false` is an empty list of registries.
        published: value["publish"].as_array().is_none_or(|registries| !registries.is_empty()),
        features: value["features"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|f| f.0.clone())
            .collect(),
        dependencies: list(&value["dependencies"]).map(dependency).collect(),
        roots: list(&value["targets"])
            .filter(judged)
            .map(|target| PathBuf::from(text(&target["src_path"])))
            .collect(),
    }
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: text(&value["name"]),
        dev: value["kind"].as_str() == Some("dev"),
        requirement: text(&value["req"]),
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
