//! Packages as a registry would have them.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::PathBuf;

use crate::process::{capture, cargo};
use crate::report::Outcome;
use crate::workspace::{Package, files, root};

/// Builds each package from what would be published, against the others likewise.
///
/// # Errors
///
/// What cargo said.
pub(crate) fn check(published: &[&Package]) -> Outcome {
    let all = root().join("target/packages");
    let _ = fs::remove_dir_all(&all);
    // cargo unpacks a version of a package once for a registry, and knows ours by its path. Our
    // packages keep their version when their contents change.
    let folder = all.join(format!("{:016x}", hash(&contents(published)?)?));
    let mut command = cargo(&["package", "--allow-dirty", "--target-dir"]);
    command.arg(folder);
    for package in published {
        command.args(["--package", &package.name]);
    }
    capture(&mut command)?;
    let names: Vec<_> = published.iter().map(|package| package.name.as_str()).collect();
    Ok(names.join(", "))
}

/// Every file that the packages are built from.
fn contents(packages: &[&Package]) -> Result<Vec<PathBuf>, String> {
    let mut all = vec![root().join("Cargo.toml")];
    for package in packages {
        let folder = package.manifest_path.parent().ok_or("a manifest is in no folder")?;
        for extension in ["rs", "toml"] {
            all.extend(files(folder.as_std_path(), extension)?);
        }
    }
    Ok(all)
}

fn hash(files: &[PathBuf]) -> Result<u64, String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        hasher.write(file.as_os_str().as_encoded_bytes());
        hasher.write_usize(bytes.len());
        hasher.write(&bytes);
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use std::{env, process};

    use super::*;
    use crate::workspace::{is_published, members};

    #[test]
    fn a_package_with_other_contents_has_another_hash() {
        let path = env::temp_dir().join(format!("tickwire-packages-{}", process::id()));
        let of = |text: &str| {
            fs::write(&path, text).unwrap();
            hash(std::slice::from_ref(&path)).unwrap()
        };
        let [one, other, again] = ["a", "b", "a"].map(of);
        assert_eq!(one, again);
        assert_ne!(one, other);
        assert_ne!(one, hash(&[path.clone(), path.clone()]).unwrap());
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn the_contents_have_each_manifest() {
        let members = members().unwrap();
        let published: Vec<_> = members.iter().filter(|member| is_published(member)).collect();
        let all = contents(&published).unwrap();
        assert!(
            published.iter().all(|package| all.contains(&package.manifest_path.clone().into()))
        );
    }
}
