//! What emulates a board: installed, and run with a program.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::board::{Board, Row};
use crate::process::{capture, capture_within, on_path, show};
use crate::report::Stop;

impl Board {
    /// The packages of apt with the parts of the emulator that are not here.
    pub(super) fn missing(&self) -> Vec<&str> {
        let missing = self.needs.iter().filter(|(program, _)| on_path(program).is_empty());
        missing.map(|(_, package)| &**package).collect()
    }

    /// Installs and tests an emulator that is in the board's folder.
    ///
    /// # Errors
    ///
    /// What is missing of it, or what failed.
    pub(crate) fn prepare(&self) -> Result<(), Stop> {
        if let missing @ [_, ..] = &self.missing()[..] {
            let missing = missing.join(" ");
            return Err(Stop::Skipped(format!("no emulator here: apt-get install {missing}")));
        }
        let folder = self.folder.join("emulator");
        if !folder.exists() {
            return Ok(());
        }
        if !is_installed(&folder) {
            let mut npm = Command::new("npm");
            capture(npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
        }
        // No folder is named: from Node.js 22 on it would be taken for a test.
        capture(Command::new("node").arg("--test").current_dir(&folder))?;
        Ok(())
    }

    /// Runs a program twice, and returns its figures, or else its last line.
    ///
    /// # Errors
    ///
    /// What it told, if it ended as failed or if the runs were not the same.
    pub(super) fn run_twice(&self, row: &Row, program: &Path) -> Result<String, String> {
        let mut command = self.command(row, program);
        let [first, second] = [(), ()].map(|()| capture_within(PATIENCE, &mut command));
        let (first, second) = (first?, second?);
        if first != second {
            return Err(format!("two runs differ\n{first}\n{second}"));
        }
        let figures: Vec<_> = first.lines().filter(|it| it.starts_with("{\"bench\"")).collect();
        if !figures.is_empty() {
            return Ok(format!("\n{}", figures.join("\n")));
        }
        let last = first.lines().last().unwrap_or_default();
        if !last.contains('\t') {
            return Ok(last.to_owned());
        }
        // They are for `cargo xtask compare`.
        let counts = first.lines().filter(|line| line.contains('\t')).count();
        Ok(format!("{counts} counts"))
    }

    /// Runs a program, and returns all that it told.
    pub(super) fn run_once(&self, row: &Row, program: &Path) -> Result<String, String> {
        capture_within(PATIENCE, &mut self.command(row, program))
    }

    /// Runs a program whose output is the user's.
    pub(super) fn show(&self, row: &Row, program: &Path, args: &[OsString]) -> Result<(), String> {
        show(self.command(row, program).args(args))
    }

    /// Runs a program of another workspace with a scenario, and returns what it told.
    ///
    /// # Errors
    ///
    /// The same, and how it ended as failed.
    pub(crate) fn play(&self, program: &Path, scenario: &Path) -> Result<String, String> {
        capture_within(PATIENCE, self.emulator(program).arg(scenario))
    }

    fn command(&self, row: &Row, program: &Path) -> Command {
        let mut command = self.emulator(program);
        command.args(&row.args);
        command
    }

    fn emulator(&self, program: &Path) -> Command {
        let folder = self.folder.to_string_lossy();
        let mut words = self.emulator.iter().map(|word| word.replace("{board}", &folder));
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).arg(program);
        command
    }
}

/// Longer than any program takes, on a slow machine too: it hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// Whether npm has installed all packages: at its end it writes down which.
fn is_installed(folder: &Path) -> bool {
    let written = |file| folder.join(file).metadata().and_then(|data| data.modified());
    let [told, done] = ["package-lock.json", "node_modules/.package-lock.json"].map(written);
    told.is_ok_and(|told| done.is_ok_and(|done| told <= done))
}
