//! A board, as `firmware.toml` in its folder describes it, and what emulates it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::bare::Core;
use crate::workspace::{self, Package, root};

/// A board, and its programs in the order in which they run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Board {
    #[serde(skip)]
    pub(super) folder: PathBuf,
    pub(crate) target: String,
    /// The features of programs in the emulator, beside those that they require.
    #[serde(default)]
    features: Vec<String>,
    /// The command that runs the program named after it, where `{board}` is the board's folder.
    pub(super) emulator: Vec<String>,
    /// The programs that the emulator needs, and the packages of apt that have them.
    pub(super) needs: BTreeMap<String, String>,
    pub(super) measured: Option<Measured>,
    pub(super) panics: Panics,
    #[serde(rename = "program")]
    pub(super) programs: Vec<Row>,
}

/// How programs are measured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measured {
    /// The compiler that the bounds are of, by the beginning of its version.
    pub(super) compiler: String,
    pub(super) targets: Vec<String>,
    /// The program that has no more than every program has.
    pub(super) least: String,
}

/// Panics that programs may contain, each with its reason.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Panics {
    /// Parts of lines in our crates.
    pub(super) lines: BTreeMap<String, String>,
    /// Folders of `core`.
    pub(super) core: BTreeMap<String, String>,
}

/// A program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) name: String,
    /// Whether it runs in the emulator.
    #[serde(default = "yes")]
    pub(super) run: bool,
    /// What the emulator is told for it alone.
    #[serde(default)]
    pub(super) args: Vec<String>,
    /// The program that does with the same parts of the chip, and without a driver of ours.
    pub(super) over: Option<String>,
    /// What it should take in flash, beyond `over` where there is one.
    pub(super) goal: Option<u64>,
    /// What it may take in flash for each of [`Measured::targets`], beyond `over`.
    #[serde(default)]
    pub(super) flash: Vec<u64>,
    /// What its variables and tasks may take in memory.
    pub(super) ram: Option<u64>,
    /// The features that its manifest requires.
    #[serde(skip)]
    features: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Row {
    pub(super) fn is_measured(&self) -> bool {
        self.ram.is_some()
    }
}

impl Board {
    /// Reads the boards: each folder of `examples` with a `firmware.toml`.
    ///
    /// # Errors
    ///
    /// What is wrong in the first wrong file.
    pub(super) fn all() -> Result<Vec<Self>, String> {
        let mut boards = Vec::new();
        for file in workspace::files(&root().join("examples"), "toml")? {
            if file.ends_with("firmware.toml") {
                let text = workspace::read(&file)?;
                let manifest = file.with_file_name("Cargo.toml");
                let members = workspace::members_of(&manifest)?;
                let board = Self::parse(&text, &members)
                    .map_err(|error| format!("{}: {error}", workspace::shown(&file)))?;
                let folder = file.parent().unwrap_or(root()).to_owned();
                boards.push(Self { folder, ..board });
            }
        }
        Ok(boards)
    }

    fn parse(text: &str, members: &[Package]) -> Result<Self, String> {
        let mut board: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        let bins = members.iter().flat_map(|member| &member.targets).filter(|it| it.is_bin());
        let bins: BTreeMap<_, _> = bins.map(|it| (&*it.name, &it.required_features)).collect();
        let mut rows = BTreeSet::new();
        for row in &mut board.programs {
            let name = &row.name;
            let features = bins.get(name.as_str()).ok_or_else(|| format!("no program {name}"))?;
            row.features = [&board.features[..], features].concat();
            if !rows.insert(name.clone()) {
                return Err(format!("two rows for the program {name}"));
            }
        }
        if let Some(name) = bins.keys().find(|name| !rows.contains(**name)) {
            return Err(format!("no row for the program {name}"));
        }
        let targets = board.measured.as_ref().map_or(0, |measured| measured.targets.len());
        for Row { name, over, flash, ram, .. } in &board.programs {
            let expected = if ram.is_some() { targets } else { 0 };
            if flash.len() != expected || ram.is_some() && targets == 0 {
                return Err(format!(
                    "{name}: `ram` and a bound of `flash` for each target, or none"
                ));
            }
            let mut others = over.iter().chain(board.measured.as_ref().map(|it| &it.least));
            if let Some(other) = others.find(|other| !rows.contains(*other)) {
                return Err(format!("{name}: measured beside {other}, which has no row"));
            }
        }
        Ok(board)
    }

    pub(super) fn name(&self) -> std::borrow::Cow<'_, str> {
        self.folder.file_name().unwrap_or_default().to_string_lossy()
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.folder.join("Cargo.toml")
    }

    /// Builds programs as they are flashed, except for what `args` say.
    pub(crate) fn build(&self, core: &Core, args: &[&str]) -> Result<PathBuf, String> {
        let manifest = self.manifest();
        let manifest = manifest.to_string_lossy();
        core.build(&[&["--manifest-path", &manifest, "--locked"], args].concat())
    }

    /// Builds programs so that they report to an emulator, and acts on each, even after one
    /// has failed. A build may replace what an earlier one has made.
    pub(super) fn with_each<T>(
        &self,
        core: &Core,
        programs: &[&Row],
        mut act: impl FnMut(&Row, &Path) -> Result<T, String>,
    ) -> Result<Vec<Result<T, String>>, String> {
        let mut done = Vec::new();
        let mut left = programs.to_vec();
        while let Some(first) = left.first() {
            let features = &first.features;
            let (alike, others) = left.into_iter().partition(|it| it.features == *features);
            left = others;
            let alike: Vec<&Row> = alike;
            let features = features.join(",");
            let bins = alike.iter().flat_map(|it| ["--bin", &it.name]);
            let args: Vec<_> = ["--features", &features].into_iter().chain(bins).collect();
            let folder = self.build(core, &args)?;
            for program in alike {
                let acted = act(program, &folder.join(&program.name));
                done.push(acted.map_err(|told| format!("{}: {told}", program.name)));
            }
        }
        Ok(done)
    }

    /// Whether `core` was built by the compiler that the bounds are of.
    pub(crate) fn is_judged(&self, core: &Core) -> bool {
        let judged = |measured: &Measured| {
            core.source().starts_with(&format!("core built by rustc {}.", measured.compiler))
        };
        self.measured.as_ref().is_some_and(judged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a file of a board with the programs `a` and `b`, the lines of its end given.
    fn parse(end: &str) -> Result<Board, String> {
        let targets = serde_json::json!(["a", "b"].map(|name| serde_json::json!({
            "name": name, "kind": ["bin"], "src_path": "m.rs",
        })));
        let mut package = workspace::fake("board", &[]);
        package.targets = serde_json::from_value(targets).unwrap();
        let begin =
            "target = 't'\nemulator = ['e']\nneeds = {}\npanics = { lines = {}, core = {} }";
        Board::parse(&format!("{begin}\n{end}"), &[package])
    }

    #[track_caller]
    fn check(end: &str, expected: &str) {
        let error = parse(end).expect_err("an error");
        assert!(error.contains(expected), "{error}");
    }

    const MEASURED: &str = "measured = { compiler = '1', targets = ['t', 'u'], least = 'a' }";

    #[test]
    fn the_boards_of_this_workspace_are_read() {
        let boards = Board::all().unwrap();
        let names: Vec<_> = boards.iter().map(Board::name).collect();
        assert_eq!(names, ["backend-rtic", "lm3s6965", "riscv32", "rp2040"]);
    }

    #[test]
    fn programs_have_rows_and_rows_have_programs() {
        let board = parse("program = [{ name = 'b' }, { name = 'a', run = false }]").unwrap();
        let rows: Vec<_> = board.programs.iter().map(|row| (&*row.name, row.run)).collect();
        assert_eq!(rows, [("b", true), ("a", false)]);
        check("program = [{ name = 'a' }]", "no row for the program b");
        check("program = [{ name = 'a' }, { name = 'b' }, { name = 'c' }]", "no program c");
        check("program = [{ name = 'a' }, { name = 'a' }]", "two rows for the program a");
    }

    #[test]
    fn a_key_that_is_not_known_is_an_error_with_its_place() {
        check("program = [{ name = 'a', frash = [1] }]", "unknown field `frash`");
        check("program = [{ name = 'a', frash = [1] }]", "line 5");
        check("colour = 1", "unknown field `colour`");
        check("", "missing field `program`");
    }

    #[test]
    fn a_bound_is_there_for_each_target() {
        let rows =
            |a: &str| format!("{MEASURED}\nprogram = [{{ name = 'a', {a} }}, {{ name = 'b' }}]");
        assert!(parse(&rows("ram = 1, flash = [1, 2]")).unwrap().programs[0].is_measured());
        let expected = "a: `ram` and a bound of `flash` for each target, or none";
        for wrong in ["ram = 1, flash = [1]", "ram = 1", "flash = [1, 2]"] {
            check(&rows(wrong), expected);
        }
        check("program = [{ name = 'a', ram = 1 }, { name = 'b' }]", expected);
        let beside = "a: measured beside c, which has no row";
        check(&rows("ram = 1, flash = [1, 2], over = 'c'"), beside);
        check(&rows("run = true").replace("least = 'a'", "least = 'c'"), beside);
    }
}
