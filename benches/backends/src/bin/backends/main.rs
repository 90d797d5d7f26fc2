//! Does the operations of [`tickwire_backends`] on one executor of the host, and counts.
//!
//! `backends NAME` prints, for each operation and amount of work, a line of what was counted,
//! the operation, the amount and the count, separated by tabs. `--instructions` and
//! `--system-calls` count by valgrind; `--polls` counts polls and wakes, in a build with the
//! feature `watched`, and tells by how many microseconds sleeps were too long.
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod count;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod embassy;
#[cfg(target_os = "linux")]
mod ours;
#[cfg(target_os = "linux")]
mod smol;
#[cfg(target_os = "linux")]
mod tokio;

#[cfg(target_os = "linux")]
fn main() -> Result<(), lexopt::Error> {
    use count::{Count, Counter};
    use lexopt::prelude::*;

    let mut args = lexopt::Parser::from_env();
    let (mut name, mut count, mut is_inside) = (None, None, false);
    while let Some(arg) = args.next()? {
        match arg {
            Value(value) if name.is_none() => name = Some(value.string()?),
            Long("instructions") => count = Some(Count::Instructions),
            Long("system-calls") => count = Some(Count::SystemCalls),
            Long("polls") => count = Some(Count::Polls),
            Long("inside") => is_inside = true,
            other => return Err(other.unexpected()),
        }
    }
    let name = name.ok_or("which executor?")?;
    let count = count.ok_or("what is to be counted?")?;
    let known = EXECUTORS.iter().find(|(known, _)| *known == name);
    let (_, run) = known.ok_or_else(|| {
        let names: Vec<_> = EXECUTORS.iter().map(|(name, _)| *name).collect();
        format!("no such executor: {name}; there is {}", names.join(", "))
    })?;
    if is_inside || matches!(count, Count::Polls) {
        run(Counter::new(count));
        Ok(())
    } else {
        Ok(count::print(&name, count)?)
    }
}

/// A name, and what does everything on that executor.
#[cfg(target_os = "linux")]
type Executor = (&'static str, fn(count::Counter));

#[cfg(target_os = "linux")]
const EXECUTORS: [Executor; 6] = [
    ("sim", ours::sim),
    ("exec-std", ours::exec_std),
    ("exec-embassy", ours::exec_embassy),
    ("embassy", embassy::run),
    ("tokio", tokio::run),
    ("smol", smol::run),
];

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("not run here: executors are counted on Linux");
}
