//! Runs the programs that count.

use super::figures::{What, figures};
use super::table::{COLUMNS, Column, Machine, SECTIONS, Section, Table};
use crate::instructions::can_count;
use crate::process::{capture, cargo};

const PACKAGE: [&str; 2] = ["--package", "tickwire-backends"];

/// Whose columns are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Ours,
    Everyones,
}

impl Whose {
    fn columns(self, names: &[&str]) -> impl Iterator<Item = Column> {
        let is_asked = move |it: &Column| it.is_ours || self == Self::Everyones;
        COLUMNS.into_iter().filter(is_asked).filter(|column| names.contains(&column.name))
    }
}

/// The executors that run on the host.
const ON_HOST: [&str; 6] = ["sim", "exec-std", "exec-embassy", "embassy", "tokio", "smol"];

/// Counts on this machine. Returns what failed: the others are in the table.
pub(super) fn on_host(table: &mut Table, whose: Whose) -> Vec<String> {
    let mut counts = vec![("--polls", &["--features", "watched"][..])];
    if can_count() {
        counts.extend(["--instructions", "--system-calls"].map(|it| (it, &["--release"][..])));
    } else {
        for what in [What::Instructions, What::SystemCalls] {
            let section = Section { machine: Machine::Host, what };
            table.is_missing(section, "apt-get install valgrind");
        }
    }
    if cfg!(not(target_os = "linux")) {
        for section in SECTIONS.iter().filter(|it| it.machine == Machine::Host) {
            table.is_missing(*section, "executors of the host are counted on Linux");
        }
        return Vec::new();
    }
    if cfg!(not(target_arch = "x86_64")) {
        table.has_no_bounds.push(Machine::Host);
    }
    let mut failed = Vec::new();
    for (count, options) in counts {
        let build = [&["build", "--quiet"], options, &PACKAGE].concat();
        if let Err(told) = capture(&mut cargo(&build)) {
            failed.push(told);
            continue;
        }
        for Column { name, .. } in whose.columns(&ON_HOST) {
            eprintln!("{name} {count}");
            let run = [&["run", "--quiet"], options, &PACKAGE, &["--", name, count]].concat();
            let counted = capture(&mut cargo(&run)).and_then(|told| figures(&told));
            let counted = counted.map(|mut figures| {
                // That of the real clock is compared with the kernel's by `sleep_overshoot`.
                figures.retain(|figure| figure.what != What::Overshoot);
                figures
            });
            let added = counted.and_then(|figures| table.add(Machine::Host, name, figures));
            failed.extend(added.err().map(|told| format!("{name} {count}: {told}")));
        }
    }
    failed
}
