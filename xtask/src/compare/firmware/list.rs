//! The programs that are compared, as `compare.toml` names them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::workspace::{read, root, shown};

/// Programs of drivers, and of others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// The board that has the programs of drivers, and runs all of them.
    pub(super) board: String,
    #[serde(rename = "row")]
    pub(super) rows: Vec<Row>,
    /// Crates that are not compared.
    #[serde(default)]
    pub(super) passed_over: Vec<PassedOver>,
    /// Versions by name, of what the programs are locked to.
    #[serde(skip)]
    lock: Lock,
}

pub(super) type Lock = BTreeMap<String, BTreeSet<String>>;

/// A program with a driver, and what it is compared with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) driver: String,
    /// What the program has, where there are several with the driver.
    with: Option<String>,
    /// The program, if it has not the name of the driver.
    ours: Option<String>,
    /// The program that does with the same peripherals, by embassy alone.
    pub(super) alone: String,
    pub(super) peer: Option<Peer>,
    /// Why there is no peer.
    pub(super) none: Option<String>,
    /// What the peer does not do.
    pub(super) lacks: Option<String>,
    /// Why the peer is smaller.
    pub(super) smaller: Option<String>,
}

/// A crate for one device, and a program with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Peer {
    name: String,
    pub(super) program: String,
    /// Other crates that the program needs.
    #[serde(default)]
    also: Vec<String>,
}

/// A crate that is not compared, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PassedOver {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) why: String,
}

impl List {
    pub(super) fn read() -> Result<Self, String> {
        let folder = folder();
        let file = folder.join("compare.toml");
        let list = Self::parse(&read(&file)?).map_err(|why| format!("{}: {why}", shown(&file)))?;
        Ok(Self { lock: lock(&folder)?, ..list })
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let list: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for row in &list.rows {
            if row.peer.is_some() == row.none.is_some() {
                return Err(format!("{}: a peer, or why there is none", row.label()));
            }
        }
        Ok(list)
    }

    /// The same with these versions of packages.
    #[cfg(test)]
    pub(super) fn locked_to<const N: usize>(self, packages: [(&str, &str); N]) -> Self {
        let lock = packages.map(|(name, version)| (name.to_owned(), [version.to_owned()].into()));
        Self { lock: lock.into(), ..self }
    }

    /// The programs of `benches/firmware` that do the work of a driver, and the driver.
    pub(super) fn programs(&self) -> BTreeMap<&str, &str> {
        let named = self.rows.iter().flat_map(|row| {
            let peer = row.peer.as_ref().map(|peer| &peer.program);
            peer.into_iter().chain(&row.ours).map(|program| (&**program, &*row.driver))
        });
        named.collect()
    }

    /// The program's own scenario, if it has one.
    pub(super) fn scenario(&self, program: &str) -> Option<PathBuf> {
        Some(folder().join(format!("scenarios/{program}.mjs"))).filter(|file| file.exists())
    }

    /// The crates of a peer's program, with their versions.
    pub(super) fn named(&self, peer: &Peer) -> Result<String, String> {
        let all = [&peer.name].into_iter().chain(&peer.also);
        let all: Result<Vec<_>, _> = all.map(|name| self.locked(name)).collect();
        Ok(all?.join(", "))
    }

    /// The newest version of a package in the lock, after its name.
    pub(super) fn locked(&self, name: &str) -> Result<String, String> {
        let version = self.lock.get(name).and_then(BTreeSet::last);
        let version = version.ok_or_else(|| format!("{name} is not in the lock"))?;
        Ok(format!("`{name}` {version}"))
    }

    /// Checks that programs of the board and of peers differ by what they say alone.
    ///
    /// # Errors
    ///
    /// In what else they differ.
    pub(super) fn check_alike(&self, board: &Path) -> Result<(), String> {
        let profile = |manifest: &Path| -> Result<_, String> {
            let text = read(manifest)?;
            let table: toml::Table =
                text.parse().map_err(|why| format!("{}: {why}", shown(manifest)))?;
            Ok(table.get("profile").cloned())
        };
        if profile(board)? != profile(&manifest())? {
            return Err("the profiles of the two manifests differ".to_owned());
        }
        let differs = differences(&lock(board.parent().unwrap_or(root()))?, &self.lock);
        if differs.is_empty() {
            return Ok(());
        }
        Err(format!("the two locks differ: {}", differs.join(", ")))
    }
}

impl Row {
    /// How the row is called.
    pub(super) fn label(&self) -> String {
        let with = self.with.as_ref().map(|with| format!(", {with}")).unwrap_or_default();
        format!("`{}`{with}", self.driver)
    }

    /// Our program.
    pub(super) fn program(&self) -> &str {
        self.ours.as_ref().unwrap_or(&self.driver)
    }
}

/// The manifest of the programs.
pub(crate) fn manifest() -> PathBuf {
    folder().join("Cargo.toml")
}

fn folder() -> PathBuf {
    root().join("benches/firmware")
}

fn lock(folder: &Path) -> Result<Lock, String> {
    #[derive(Deserialize)]
    struct File {
        package: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
    }
    let file = folder.join("Cargo.lock");
    let text = read(&file)?;
    let packages: File = toml::from_str(&text).map_err(|why| format!("{}: {why}", shown(&file)))?;
    let mut lock = Lock::new();
    for Package { name, version } in packages.package {
        lock.entry(name).or_default().insert(version);
    }
    Ok(lock)
}

/// Packages of which `peers` has other versions alone.
fn differences(board: &Lock, peers: &Lock) -> Vec<String> {
    let differs = |(name, versions): &(&String, &BTreeSet<String>)| {
        peers.get(*name).is_some_and(|peers| !versions.is_subset(peers))
    };
    board.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_this_workspace_is_read_and_fits_the_board() {
        let list = List::read().unwrap();
        let board = root().join("examples").join(&list.board).join("Cargo.toml");
        assert_eq!(list.check_alike(&board), Ok(()));
        assert_eq!(list.programs().get("peer_button"), Some(&"button"));
        assert!(list.scenario("peer_button").is_some());
        assert!(list.scenario("peer_switch").is_none(), "it passes ours");
    }

    #[test]
    fn a_row_has_a_peer_or_a_reason() {
        let parse = |row: &str| {
            List::parse(&format!("board = 'b'\n[[row]]\ndriver = 'a'\nalone = 'c'\n{row}"))
        };
        let peer = "peer = { name = 'p', program = 'q' }";
        assert!(parse(peer).is_ok());
        assert!(parse("none = 'nobody'").is_ok());
        for wrong in ["", &format!("{peer}\nnone = 'nobody'")] {
            assert_eq!(parse(wrong).unwrap_err(), "`a`: a peer, or why there is none");
        }
        assert!(parse("nobody = 1").unwrap_err().contains("unknown field `nobody`"));
    }

    #[test]
    fn locks_may_differ_in_what_one_of_them_has() {
        #[track_caller]
        fn check(board: &[(&str, &str)], peers: &[(&str, &str)], expected: &[&str]) {
            let lock = |packages: &[(&str, &str)]| {
                let mut lock = Lock::new();
                for (name, version) in packages {
                    lock.entry((*name).to_owned()).or_default().insert((*version).to_owned());
                }
                lock
            };
            assert_eq!(differences(&lock(board), &lock(peers)), expected);
        }
        check(&[("hal", "1"), ("mine", "1")], &[("hal", "1"), ("theirs", "1")], &[]);
        check(&[("hal", "1")], &[("hal", "1"), ("hal", "2")], &[]);
        check(&[("hal", "1")], &[("hal", "2")], &["hal"]);
    }
}
