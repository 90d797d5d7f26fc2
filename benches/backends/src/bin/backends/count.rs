//! Counting what work costs, from inside and from outside of the program.

use std::env;
use std::fmt::{self, Debug, Formatter};
use std::process::Command;
use std::time::Instant;

use rustix::process::getppid;
use tickwire_backends::{Meter, Operation, polls, wakes};
use tickwire_counting::{phase_ends, phases_of_all_threads};

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    Instructions,
    SystemCalls,
    Polls,
}

/// Counts, or marks what valgrind counts.
pub(crate) struct Counter {
    count: Count,
    /// Polls and wakes when work began.
    before: (u64, Option<u64>),
    now_us: Box<dyn Fn() -> u64>,
}

impl Debug for Counter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Counter {
    pub(crate) fn new(count: Count) -> Self {
        let start = Instant::now();
        let now_us = Box::new(move || start.elapsed().as_micros() as u64);
        Self { count, before: (0, None), now_us }
    }

    /// Tells the time by another clock than the machine's.
    pub(crate) fn by(self, now_us: impl Fn() -> u64 + 'static) -> Self {
        Self { now_us: Box::new(now_us), ..self }
    }

    fn mark(&self) {
        match self.count {
            Count::Instructions => phase_ends(),
            // A call that nothing else makes.
            Count::SystemCalls => drop(getppid()),
            Count::Polls => {}
        }
    }
}

impl Meter for Counter {
    fn begin(&mut self) {
        self.before = (polls(), wakes());
        self.mark();
    }

    fn end(&mut self, operation: Operation, times: u32) {
        self.mark();
        if let Count::Polls = self.count {
            let polls = polls() - self.before.0;
            println!("polls\t{operation}\t{times}\t{polls}");
            if let (Some(before), Some(wakes)) = (self.before.1, wakes()) {
                println!("wakes\t{operation}\t{times}\t{}", wakes - before);
            }
        } else {
            println!("{operation}\t{times}");
        }
    }

    fn now_us(&mut self) -> Option<u64> {
        // Valgrind, which counts the others, slows the program.
        matches!(self.count, Count::Polls).then(&self.now_us)
    }

    fn overshot(&mut self, times: u32, micros: u64) {
        println!("overshoot\t{}\t{times}\t{micros}", Operation::Sleep);
    }
}

/// Runs this program under valgrind, and prints what that counts.
pub(crate) fn print(name: &str, count: Count) -> Result<(), String> {
    let (unit, told, marks) = match count {
        Count::Instructions => {
            let args = [name, "--instructions", "--inside"];
            let (told, counts) = phases_of_all_threads(&args)?;
            ("instructions", told, counts)
        }
        Count::SystemCalls => {
            let (told, counts) = system_calls(name)?;
            ("system calls", told, counts)
        }
        Count::Polls => unreachable!("these are counted inside"),
    };
    // What lies between the end of one work and the beginning of the next does not count.
    let counts = marks.iter().skip(1).step_by(2);
    let done: Vec<_> = told.lines().filter(|line| line.contains('\t')).collect();
    if counts.len() < done.len() || done.is_empty() {
        return Err(format!("{} counts of {} pieces of work", counts.len(), done.len()));
    }
    for (done, count) in done.iter().zip(counts) {
        println!("{unit}\t{done}\t{count}");
    }
    Ok(())
}

/// Returns what the program prints, and how many system calls it makes up to each mark. The
/// time is read without a system call where valgrind does not run the program, and the
/// program's own output is not the executor's.
fn system_calls(name: &str) -> Result<(String, Vec<u64>), String> {
    let program = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=none", "--trace-syscalls=yes"])
        .arg(program)
        .args([name, "--system-calls", "--inside"])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !output.status.success() {
        return Err(format!("valgrind: {}", output.status));
    }
    let listed = String::from_utf8_lossy(&output.stderr);
    let mut counts = vec![0];
    for call in listed.lines().filter_map(name_of_call) {
        match (call, counts.last_mut()) {
            ("sys_getppid", _) => counts.push(0),
            ("sys_clock_gettime", _) => {}
            (_, count) => *count.expect("there is one from the start") += 1,
        }
    }
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), counts))
}

/// Returns the name of the system call whose begin a line lists, as valgrind calls it: most
/// names begin with `sys_`, not all.
fn name_of_call(line: &str) -> Option<&str> {
    let (_, call) = line.strip_prefix("SYSCALL[")?.split_once("](")?;
    let name = call.split_once(") ")?.1.split(['(', ' ']).next()?;
    // The end of a call that may block is a line of its own.
    (name != "...").then_some(name)
}
