//! One line a step, and a verdict.

use std::io::{self, IsTerminal, Write};
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

/// Counts the steps and prints each as it ends.
pub(crate) struct Report {
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

impl Report {
    pub(crate) fn new(all: bool, only: &str) -> Self {
        Self {
            all,
            only: only.to_owned(),
            chosen: 0,
            passed: 0,
            skipped: 0,
            failed: Vec::new(),
            started: Instant::now(),
        }
    }

    /// Runs a step, if it is asked for, and prints its line, and its output if it failed.
    pub(crate) fn step(&mut self, name: &str, step: impl FnOnce() -> Outcome) {
        if name.contains(&self.only) {
            self.chosen += 1;
            self.run(name, step);
        }
    }

    /// Runs a step also if others were asked for: what they lean on.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Outcome) {
        if io::stdout().is_terminal() {
            print!("...                {name}\r");
            let _ = io::stdout().flush();
        }
        let started = Instant::now();
        let outcome = step();
        for line in self.note(name, outcome, started.elapsed()) {
            println!("{line}");
        }
    }

    /// Prints the summary and returns the exit status.
    pub(crate) fn finish(self) -> ExitCode {
        let Self { chosen, passed, skipped, failed, started, .. } = self;
        println!("\nin {:.0} s", started.elapsed().as_secs_f32());
        if !failed.is_empty() {
            println!("failed: {}", failed.join(", "));
        }
        println!("{passed} passed, {} failed, {skipped} skipped", failed.len());
        if chosen == 0 {
            println!("no step is named so");
            return ExitCode::FAILURE;
        }
        if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn note(&mut self, name: &str, outcome: Outcome, took: Duration) -> Vec<String> {
        let took = format!("{:>6.1} s", took.as_secs_f32());
        match outcome {
            Outcome::Passed(seen) => {
                self.passed += 1;
                let mut seen = seen.lines();
                let first = seen.next().map(|first| format!(": {first}")).unwrap_or_default();
                let rest = seen.map(|line| format!("                   {line}"));
                [format!("ok       {took}  {name}{first}")].into_iter().chain(rest).collect()
            }
            Outcome::Skipped(why) if self.all => {
                self.failed.push(name.to_owned());
                vec![format!("FAILED   {took}  {name}: skipped, {why}")]
            }
            Outcome::Skipped(why) | Outcome::Absent(why) => {
                self.skipped += 1;
                vec![format!("skipped            {name}: {why}")]
            }
            Outcome::Failed(output) => {
                self.failed.push(name.to_owned());
                vec![format!("FAILED   {took}  {name}"), output]
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
    use super::*;

    #[track_caller]
    fn check(all: bool, outcome: Outcome, line: &str, failures: usize) {
        let mut report = Report::new(all, "");
        let lines = report.note("docs", outcome, Duration::from_millis(1_250));
        assert_eq!((lines.join("|").as_str(), report.failed.len()), (line, failures));
    }

    #[test]
    fn a_skip_fails_only_when_all_was_asked_for_and_setup_could_help() {
        let why = || "no docs".to_owned();
        check(false, Outcome::Skipped(why()), "skipped            docs: no docs", 0);
        check(true, Outcome::Skipped(why()), "FAILED      1.2 s  docs: skipped, no docs", 1);
        check(true, Outcome::Absent(why()), "skipped            docs: no docs", 0);
    }

    #[test]
    fn who_asks_for_some_steps_gets_these_and_what_they_lean_on() {
        let mut report = Report::new(false, "firm");
        let passed = || Outcome::Passed(String::new());
        report.run("setup", passed);
        report.step("docs", || panic!("nobody has asked for it"));
        report.step("firmware", passed);
        assert_eq!((report.passed, report.chosen), (2, 1));
    }

    #[test]
    fn a_failure_shows_its_output() {
        let output = "line 7".to_owned();
        check(false, Outcome::Failed(output), "FAILED      1.2 s  docs|line 7", 1);
    }

    #[test]
    fn what_was_seen_follows_the_name() {
        check(true, Outcome::Passed(String::new()), "ok          1.2 s  docs", 0);
        let seen = "2 files\na\nb".to_owned();
        let lines = "ok          1.2 s  docs: 2 files|                   a|                   b";
        check(true, Outcome::Passed(seen), lines, 0);
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
