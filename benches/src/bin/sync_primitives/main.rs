//! What our primitives cost beside those of others: instructions for each
//! operation, and polls while nothing can move.
//!
//! The program runs itself under valgrind, once. What a row is named for happens
//! inside of one function call, [`counted`](tickwire_counting::counted), and only
//! that is counted, by callgrind's `--toggle-collect`; getting ready for it, as
//! enrolling who waits, happens outside. All contenders are driven by the same
//! generic functions (`harness`), with a waker that does nothing, whose cost is the
//! row "a plain wake". What the call saves and restores is part of each figure, so
//! they compare with one another, and not with those of another harness.
//!
//! It fails when one of ours takes more than its bound, or with critical sections
//! more than embassy-sync's does with the same; and when somebody is polled who was
//! not woken.
//!
//! `--counted` only does the work, for a profiler; `--polls` prints only polls.
#![forbid(unsafe_code)]

mod groups;
mod harness;
mod idle;
mod locks;
mod queues;
mod signals;
mod table;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};

use lexopt::prelude::*;
use tickwire_counting::{phase_ends, phases};

use table::Raw::{Critical, Noop, Own};
use table::Who::{AsyncLock, Embassy, Futures, Gather, JoinAll, Maitake, Tickwire, Tokio};
use table::{Case, Operation, Raw, Who};

const TIMES: u32 = 200;
const COLUMNS: [(&str, Who); 6] = [
    ("tickwire", Tickwire),
    ("embassy", Embassy),
    ("maitake", Maitake),
    ("async-lock", AsyncLock),
    ("tokio", Tokio),
    ("futures", Futures),
];

fn main() -> Result<ExitCode, lexopt::Error> {
    let mut args = lexopt::Parser::from_env();
    let mut table = true;
    while let Some(arg) = args.next()? {
        match arg {
            Long("counted") => {
                count();
                return Ok(ExitCode::SUCCESS);
            }
            Long("polls") => table = false,
            other => return Err(other.unexpected()),
        }
    }
    let mut exceeded = Vec::new();
    if table {
        check_wakes();
        exceeded = print(&Counts::measure()?);
    }
    exceeded.extend(groups::print_polls());
    exceeded.extend(idle::print());
    for row in &exceeded {
        println!("OVER: {row}");
    }
    Ok(if exceeded.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn cases() -> impl Iterator<Item = &'static Case> {
    [signals::CASES, locks::CASES, queues::CASES, groups::CASES].into_iter().flatten()
}

/// Does everything once, so that whatever happens the first time has, and then
/// again to be counted.
fn count() {
    for Case(.., work) in cases() {
        for times in [1, TIMES] {
            work(times, Waker::noop());
            phase_ends();
        }
    }
}

/// Sees that each wakes whom it should: the waker of the count could not tell.
fn check_wakes() {
    struct Wakes(AtomicU32);
    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    for Case(operation, _, who, work) in cases() {
        let wakes = Arc::new(Wakes(AtomicU32::new(0)));
        work(TIMES, &wakes.clone().into());
        let woken = wakes.0.load(Ordering::Relaxed);
        let enough = if operation.wakes() { woken >= TIMES } else { woken == 0 };
        assert!(enough, "{}, {who:?}: {woken} of {TIMES} woken", operation.name());
    }
}

/// Instructions of each case, in their order.
struct Counts(Vec<u64>);

impl Counts {
    fn measure() -> Result<Self, String> {
        let counted = phases(&["--counted"])?;
        let each = counted.chunks_exact(2).map(|pair| pair[1] / u64::from(TIMES));
        let each: Vec<_> = each.collect();
        let expected = cases().count();
        if each.len() == expected {
            return Ok(Self(each));
        }
        Err(format!("valgrind told {} counts in place of {expected}", each.len()))
    }

    fn find(&self, wanted: Operation, behind: Raw, whose: Who) -> Option<u64> {
        let matches = |Case(operation, raw, who, _): &Case| {
            *operation == wanted && (*raw == behind || *raw == Own) && *who == whose
        };
        cases().position(matches).map(|at| self.0[at])
    }
}

/// Prints the table, and returns what exceeds its bound.
fn print(counts: &Counts) -> Vec<String> {
    let titles = COLUMNS.map(|(title, _)| format!("{title:>12}"));
    println!("{:44}{:18}{:>7}{}", "instructions", "raw mutex", "bound", titles.concat());
    let mut exceeded = Vec::new();
    for operation in Operation::ALL {
        let raws: &[Raw] = match operation {
            Operation::PlainWake | Operation::Child => &[Own],
            _ => &[Noop, Critical],
        };
        for &raw in raws {
            let ours = counts.find(operation, raw, Tickwire);
            let bound = match raw {
                Noop => operation.bound(),
                Critical => counts.find(operation, raw, Embassy),
                Own => None,
            };
            let cells = COLUMNS.map(|(_, who)| number(counts.find(operation, raw, who)));
            let name = operation.name();
            println!("{name:44}{:18}{:>7}{}", raw.name(), number(bound).trim(), cells.concat());
            if let (Some(ours), Some(bound)) = (ours, bound)
                && ours > bound
            {
                exceeded.push(format!("{name}, {}: {ours} of {bound}", raw.name()));
            }
        }
    }
    for (name, who) in [("tickwire's gather", Gather), ("futures' join_all", JoinAll)] {
        let count = number(counts.find(Operation::Child, Own, who));
        println!("{:44}{name:18}{:>7}{count}", Operation::Child.name(), "");
    }
    exceeded
}

fn number(count: Option<u64>) -> String {
    count.map_or_else(|| format!("{:>12}", "–"), |count| format!("{count:>12}"))
}
