//! One line per step, and a verdict.

use std::fmt;
use std::io::{Stdout, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How a step ended.
pub(crate) enum Outcome {
    /// With a word on what was seen, or nothing.
    Passed(String),
    /// Not run, for lack of something that `--setup` can bring.
    Skipped(String),
    /// Not run, for lack of something that only people can bring.
    Absent(String),
    /// With the output that says why.
    Failed(String),
}

impl Outcome {
    /// Passed without a word, or failed with the output.
    pub(crate) fn of(result: Result<String, String>) -> Self {
        match result {
            Ok(_) => Self::Passed(String::new()),
            Err(output) => Self::Failed(output),
        }
    }

    /// Passed with how many tests did, or failed with the output of those that did
    /// not.
    pub(crate) fn of_tests(result: Result<String, String>) -> Self {
        match result {
            Ok(output) => Self::Passed(tally(&output)),
            Err(output) => Self::Failed(without_passes(&output)),
        }
    }

    /// Passed if there is no problem, with a word on what was looked at.
    pub(crate) fn of_problems(problems: &[String], seen: String) -> Self {
        if problems.is_empty() { Self::Passed(seen) } else { Self::Failed(problems.join("\n")) }
    }
}

/// Prints the name of each step as it begins, and its result and time as it ends. Each
/// step is one line, in a log file too. Failures and tables follow on lines of their own.
pub(crate) struct Report<W = Stdout> {
    out: W,
    /// Whether [`Outcome::Skipped`] counts as failed.
    all: bool,
    /// What a step's name has to contain, or it is left out.
    only: String,
    /// How many steps have it.
    chosen: u32,
    passed: u32,
    skipped: u32,
    failed: Vec<String>,
    started: Instant,
}

/// The room for a step's name.
const NAME: usize = 32;

impl<W: Write> Report<W> {
    pub(crate) fn new(out: W, all: bool, only: &str) -> Self {
        Self {
            out,
            all,
            only: only.to_owned(),
            chosen: 0,
            passed: 0,
            skipped: 0,
            failed: Vec::new(),
            started: Instant::now(),
        }
    }

    /// Runs a step if it is asked for, and prints its line, and its output if it failed.
    pub(crate) fn step(&mut self, name: &str, step: impl FnOnce() -> Outcome) {
        if name.contains(&self.only) {
            self.chosen += 1;
            self.run(name, step);
        }
    }

    /// Runs a step even if others were asked for: what they lean on.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Outcome) {
        self.print(format_args!("{name:<NAME$} "));
        let started = Instant::now();
        let outcome = step();
        let result = self.note(name, outcome, started.elapsed());
        self.print(format_args!("{result}\n"));
    }

    /// Prints the summary and returns the exit status.
    pub(crate) fn finish(mut self) -> ExitCode {
        let took = self.started.elapsed().as_secs_f32();
        let (passed, skipped, failed) = (self.passed, self.skipped, self.failed.len());
        self.print(format_args!("\nin {took:.0} s\n"));
        if failed > 0 {
            let names = self.failed.join(", ");
            self.print(format_args!("failed: {names}\n"));
        }
        self.print(format_args!("{passed} passed, {failed} failed, {skipped} skipped\n"));
        if self.chosen == 0 {
            self.print(format_args!("no step is named so\n"));
            return ExitCode::FAILURE;
        }
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Prints at once, even if the line goes on. A reader that is gone misses it, and
    /// the verdict is still the exit status.
    fn print(&mut self, text: fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(text).and_then(|()| self.out.flush());
    }

    /// Counts a step, and returns what follows its name.
    fn note(&mut self, name: &str, outcome: Outcome, took: Duration) -> String {
        let took = format!("{:>7.1} s", took.as_secs_f32());
        match outcome {
            Outcome::Passed(seen) => {
                self.passed += 1;
                let lines = seen.lines().collect::<Vec<_>>().join("\n    ");
                format!("ok     {took}  {lines}").trim_end().to_owned()
            }
            Outcome::Skipped(why) if self.all => {
                self.failed.push(name.to_owned());
                format!("FAILED {took}  skipped, {why}")
            }
            Outcome::Skipped(why) | Outcome::Absent(why) => {
                self.skipped += 1;
                format!("skipped           {why}")
            }
            Outcome::Failed(output) => {
                self.failed.push(name.to_owned());
                format!("FAILED {took}\n{output}")
            }
        }
    }
}

fn without_passes(output: &str) -> String {
    let told = |line: &&str| !(line.starts_with("test ") && line.ends_with(" ... ok"));
    output.lines().filter(told).collect::<Vec<_>>().join("\n")
}

/// Adds up the closing lines of the test programs.
fn tally(output: &str) -> String {
    let sum = |what: &str| {
        let closing = output.lines().filter(|line| line.starts_with("test result:"));
        let counts = closing.flat_map(|line| line.split([';', '.']));
        let ours = counts.filter_map(|count| count.trim().strip_suffix(what));
        ours.filter_map(|count| count.trim().parse::<u32>().ok()).sum::<u32>()
    };
    let ignored = match sum("ignored") {
        0 => String::new(),
        count => format!(", {count} ignored"),
    };
    format!("{} passed{ignored}", sum("passed"))
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufWriter, Read};

    use super::*;

    fn report(all: bool, only: &str) -> Report<Vec<u8>> {
        Report::new(Vec::new(), all, only)
    }

    #[track_caller]
    fn check(all: bool, outcome: Outcome, result: &str, failures: usize) {
        let mut report = report(all, "");
        let noted = report.note("docs", outcome, Duration::from_millis(1_250));
        assert_eq!((noted.as_str(), report.failed.len()), (result, failures));
    }

    #[test]
    fn a_skip_fails_only_when_all_was_asked_for_and_setup_could_help() {
        let why = || "no docs".to_owned();
        check(false, Outcome::Skipped(why()), "skipped           no docs", 0);
        check(true, Outcome::Skipped(why()), "FAILED     1.2 s  skipped, no docs", 1);
        check(true, Outcome::Absent(why()), "skipped           no docs", 0);
    }

    #[test]
    fn who_asks_for_some_steps_gets_these_and_what_they_lean_on() {
        let mut report = report(false, "firm");
        let passed = || Outcome::Passed(String::new());
        report.run("setup", passed);
        report.step("docs", || panic!("nobody has asked for it"));
        report.step("firmware", passed);
        assert_eq!((report.passed, report.chosen), (2, 1));
    }

    /// A pipe: what was written is there to be read, before the step has ended.
    #[test]
    fn a_name_is_printed_when_its_step_begins_and_the_result_beside_it_when_it_ends() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut report = Report::new(BufWriter::new(writer), false, "");
        let mut read = |length| {
            let mut bytes = vec![0; length];
            reader.read_exact(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        report.step("docs", || {
            assert_eq!(read(NAME + 1), format!("{:<NAME$} ", "docs"));
            Outcome::Passed("414 pages".to_owned())
        });
        drop(report);
        let mut result = String::new();
        reader.read_to_string(&mut result).unwrap();
        assert!(result.starts_with("ok ") && result.ends_with(" s  414 pages\n"), "{result:?}");
        assert!(!result.contains('\x1b') && !result.contains('\r'), "{result:?}");
    }

    #[test]
    fn a_failure_shows_its_output() {
        let output = "line 7".to_owned();
        check(false, Outcome::Failed(output), "FAILED     1.2 s\nline 7", 1);
    }

    #[test]
    fn what_was_seen_follows_the_time() {
        check(true, Outcome::Passed(String::new()), "ok         1.2 s", 0);
        let seen = "2 files\na\nb".to_owned();
        check(true, Outcome::Passed(seen), "ok         1.2 s  2 files\n    a\n    b", 0);
    }

    #[test]
    fn counts_are_added_up_over_all_programs() {
        let check = |output, expected| assert_eq!(tally(output), expected);
        check(
            "test a ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\
             test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; finished in 1.30s\n",
            "15 passed, 1 ignored",
        );
        check("", "0 passed");
    }
}
