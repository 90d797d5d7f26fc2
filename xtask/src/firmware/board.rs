//! The boards, and what emulates them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::size::{self, Row};
use crate::bare::{Core, TARGET};
use crate::process::{capture, capture_within, on_path, show};
use crate::workspace::root;

/// A board: its folder, and its programs in the order in which they are run.
pub(super) struct Board {
    pub(super) name: &'static str,
    pub(super) target: &'static str,
    pub(super) builds: &'static [Build],
    pub(super) emulator: Emulator,
    /// What its programs may take in flash.
    pub(super) rows: &'static [Row],
}

/// Programs that are built together, so that they tell an emulator what happens.
pub(super) struct Build {
    pub(super) args: &'static [&'static str],
    pub(super) programs: &'static [Program],
}

/// A program's name, and what its emulator is told for it alone.
type Program = (&'static str, &'static [&'static str]);

/// An instruction is a nanosecond, and nobody waits while nothing runs.
const FINELY: &[&str] = &["-icount", "shift=0,sleep=off"];

/// An instruction is 256 ns, more than a cycle of the board's counter: what is counted
/// between two looks is exact.
const EXACTLY: &[&str] = &["-icount", "shift=8,sleep=off"];

pub(super) const BOARDS: &[Board] = &[
    Board {
        name: "lm3s6965",
        target: "thumbv7m-none-eabi",
        builds: &[Build { args: &[], programs: &[("conformance", FINELY), ("bench", EXACTLY)] }],
        emulator: Emulator::Qemu {
            system: "qemu-system-arm",
            package: "qemu-system-arm",
            machine: &["-M", "lm3s6965evb"],
        },
        rows: &[],
    },
    Board {
        name: "riscv32",
        target: "riscv32imac-unknown-none-elf",
        builds: &[Build { args: &[], programs: &[("conformance", FINELY)] }],
        emulator: Emulator::Qemu {
            system: "qemu-system-riscv32",
            package: "qemu-system-misc",
            machine: &[
                "-M",
                "virt",
                "-bios",
                "none",
                // Its second clock is to keep the machine's time, not the host's.
                "-rtc",
                "base=2000-01-01,clock=vm",
            ],
        },
        rows: &[],
    },
    Board {
        name: "rp2040",
        target: TARGET,
        builds: &[
            Build {
                args: &["--features", "report"],
                programs: &[
                    ("blinky", &[]),
                    ("switch", &[]),
                    ("button", &[]),
                    ("htu21d", &[]),
                    ("hd44780", &[]),
                    ("gps", &[]),
                    ("busy", &[]),
                    ("inputs", &[]),
                    ("station", &[]),
                ],
            },
            Build {
                args: &["--features", "conformance", "--bin", "conformance"],
                programs: &[("conformance", &[])],
            },
        ],
        emulator: Emulator::Node,
        rows: size::RP2040,
    },
];

impl Board {
    /// All of its programs.
    pub(super) fn programs(&self) -> impl Iterator<Item = &'static str> {
        self.builds.iter().flat_map(|build| build.programs).map(|(name, _)| *name)
    }

    /// Builds programs, as they are flashed but for what `args` say.
    pub(super) fn build(&self, core: &Core, args: &[&str]) -> Result<PathBuf, String> {
        let manifest = self.manifest();
        let manifest = manifest.to_string_lossy();
        core.build(&[&["--manifest-path", &manifest, "--locked"], args].concat())
    }

    pub(super) fn manifest(&self) -> PathBuf {
        self.folder().join("Cargo.toml")
    }

    pub(super) fn folder(&self) -> PathBuf {
        Path::new(root()).join("examples").join(self.name)
    }
}

/// What runs a board's programs where there is no board.
pub(super) enum Emulator {
    /// The board's own, in its folder `emulator`, on Node.js.
    Node,
    /// QEMU: the system, the package that has it, and the machine.
    Qemu { system: &'static str, package: &'static str, machine: &'static [&'static str] },
}

/// Longer than any program takes, on a slow machine too: it hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// Of every machine: no window, no console, and what the program says is our output.
const QEMU: &[&str] = &[
    "-nographic",
    "-monitor",
    "none",
    "-serial",
    "none",
    "-semihosting-config",
    "enable=on,target=native",
];

impl Emulator {
    /// The packages, as apt has them, of what is not here.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        match self {
            // Where node is, npm is with it, unless both are the distribution's.
            Self::Node if on_path("node").is_empty() => vec!["nodejs", "npm"],
            Self::Node if on_path("npm").is_empty() => vec!["npm"],
            Self::Qemu { system, package, .. } if on_path(system).is_empty() => vec![package],
            _ => vec![],
        }
    }

    /// Installs what the emulator is made of, and tests it.
    pub(super) fn prepare(&self, board: &Board) -> Result<(), String> {
        let Self::Node = self else { return Ok(()) };
        let folder = board.folder().join("emulator");
        if !is_installed(&folder) {
            let mut npm = Command::new("npm");
            capture(npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
        }
        // No folder is named: from Node.js 22 on it would be taken for a test.
        capture(Command::new("node").arg("--test").current_dir(&folder)).map(drop)
    }

    /// Runs a program twice, and returns what it told in one line or more.
    ///
    /// # Errors
    ///
    /// What it told, if it ended as failed or if the runs were not the same.
    pub(super) fn run_twice(&self, board: &Board, program: &Path) -> Result<String, String> {
        let mut command = self.command(board, program);
        if let Self::Node = self {
            command.args(["--twice", "--quiet"]);
            return Ok(capture_within(PATIENCE, &mut command)?.trim_end().to_owned());
        }
        let [first, second] = [(), ()].map(|()| capture_within(PATIENCE, &mut command));
        let (first, second) = (first?, second?);
        if first != second {
            return Err(format!("two runs differ\n{first}\n{second}"));
        }
        let rows: Vec<_> = first.lines().filter(|line| line.starts_with('{')).collect();
        if rows.is_empty() {
            // What is told of each step is for who looks at one program.
            return Ok(first.lines().last().unwrap_or_default().to_owned());
        }
        Ok(format!("\n{}", rows.join("\n")))
    }

    /// Runs a program whose output is the user's.
    pub(super) fn show(
        &self,
        board: &Board,
        program: &Path,
        args: &[OsString],
    ) -> Result<(), String> {
        show(self.command(board, program).args(args))
    }

    fn command(&self, board: &Board, program: &Path) -> Command {
        let programs = board.builds.iter().flat_map(|build| build.programs);
        let own = programs.filter(|(name, _)| program.ends_with(name)).flat_map(|(_, args)| *args);
        match self {
            Self::Node => {
                let mut node = Command::new("node");
                node.arg(board.folder().join("emulator/run.mjs")).arg(program).args(own);
                node
            }
            Self::Qemu { system, machine, .. } => {
                let mut qemu = Command::new(system);
                qemu.args(*machine).args(QEMU).args(own).arg("-kernel").arg(program);
                qemu
            }
        }
    }
}

/// Whether npm has installed what it is told to, and to the end: then it writes down what.
fn is_installed(folder: &Path) -> bool {
    let written = |file| folder.join(file).metadata().and_then(|data| data.modified());
    let [told, done] = ["package-lock.json", "node_modules/.package-lock.json"].map(written);
    told.is_ok_and(|told| done.is_ok_and(|done| told <= done))
}
