//! A chip of a real kernel, whose lines the test pulls.
//!
//! `cargo xtask linux-rig` runs the tests in a kernel that has such chips. Elsewhere they
//! do nothing, and say so.

use std::env;
use std::process::{Child, Command};
use std::thread;

use gpiosim::{Bank, Sim};
use tickwire_exec_std::gpio::Line;

/// Runs `test` in the rig. Elsewhere, says that it was skipped.
pub(crate) fn in_rig(test: impl FnOnce()) {
    if env::var_os("TICKWIRE_RIG").is_some() {
        return test();
    }
    let name = thread::current().name().unwrap_or("a test").to_owned();
    println!("skipped: {name}: it runs in `cargo xtask linux-rig`");
}

/// Runs `test` in the rig, with a chip of 32 lines, of which some have names. A chip that
/// cannot be had fails the test.
pub(crate) fn with_chip(test: impl FnOnce(Chip)) {
    in_rig(|| {
        let bank = Bank::new(32, "pinctrl-rig").name(17, "GPIO17").name(27, "GPIO27").clone();
        let sim = gpiosim::builder().with_bank(&bank).live().expect("a simulated chip");
        test(Chip(sim));
    });
}

/// A chip that is removed when it is dropped.
pub(crate) struct Chip(Sim);

impl Chip {
    pub(crate) fn line(&self, offset: u32) -> Line {
        Line::at(self.chip().dev_path(), offset)
    }

    /// Pulls a line up or down, and returns when the kernel has seen it.
    pub(crate) fn pull(&self, offset: u32, up: bool) {
        let pulled = if up { self.chip().pullup(offset) } else { self.chip().pulldown(offset) };
        pulled.expect("a line can be pulled");
    }

    /// Makes `edges` edges on a line that is low, or was left so by an even number.
    pub(crate) fn toggle(&self, offset: u32, edges: u32) {
        (0..edges).for_each(|edge| self.pull(offset, edge % 2 == 0));
    }

    /// Whether a line that is an output is high.
    pub(crate) fn is_high(&self, offset: u32) -> bool {
        self.chip().get_level(offset).expect("a level") == gpiosim::Level::High
    }

    /// Has another process pull a line: up for odd entries of `pauses`, beginning with
    /// down, each after a pause in milliseconds.
    pub(crate) fn hand(&self, offset: u32, pauses: &[u32]) -> Child {
        let pull = self.pull_file(offset);
        let steps = pauses.iter().zip(["pull-down", "pull-up"].into_iter().cycle());
        let script = steps.map(|(millis, to)| {
            format!("sleep {}.{:03}; echo {to} > {pull}\n", millis / 1_000, millis % 1_000)
        });
        Command::new("sh").arg("-ec").arg(script.collect::<String>()).spawn().expect("a shell")
    }

    /// Returns the path of a file that pulls a line when `pull-up` or `pull-down` is written.
    pub(crate) fn pull_file(&self, offset: u32) -> String {
        let gpiosim::Chip { dev_name, chip_name, .. } = self.chip();
        format!("/sys/devices/platform/{dev_name}/{chip_name}/sim_gpio{offset}/pull")
    }

    fn chip(&self) -> &gpiosim::Chip {
        &self.0.chips()[0]
    }
}
