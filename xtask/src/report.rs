//! One line per step, and a verdict.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How a step ended: with a word on what was seen, or nothing; or not as it should.
pub(crate) type Outcome = Result<String, Stop>;

/// A step: its name, and what it does.
pub(crate) type Step<'a> = (String, Box<dyn FnOnce() -> Outcome + Send + 'a>);

/// Why a step did not pass.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// Not run, for lack of something that `--setup` can bring.
    Skipped(String),
    /// Not run, for lack of something that only people can bring.
    Absent(String),
    /// With the output that says why.
    Failed(String),
}

impl From<String> for Stop {
    fn from(output: String) -> Self {
        Self::Failed(output)
    }
}

/// Passed if there is no problem, with a word on what was looked at.
pub(crate) fn of_problems(problems: &[String], seen: String) -> Outcome {
    if problems.is_empty() { Ok(seen) } else { Err(Stop::Failed(problems.join("\n"))) }
}

/// Prints the name, the result and the time of each step. Each step is one line, in a log
/// file too. Failures and tables follow on lines of their own.
#[derive(Debug)]
pub(crate) struct Report {
    /// Whether [`Stop::Skipped`] counts as failed.
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
        let only = only.to_owned();
        let started = Instant::now();
        Self { all, only, chosen: 0, passed: 0, skipped: 0, failed: vec![], started }
    }

    /// Runs a step if it is asked for, and prints its line, and its output if it failed.
    pub(crate) fn step(&mut self, name: &str, step: impl FnOnce() -> Outcome) {
        if name.contains(&self.only) {
            self.chosen += 1;
            self.run(name, step);
        }
    }

    /// Runs a step even if others were asked for: what they lean on. Its name is printed
    /// as it begins.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Outcome) {
        print(format_args!("{name:<32} "));
        let started = Instant::now();
        let outcome = step();
        print(format_args!("{}\n", self.note(name, &seconds(started.elapsed()), outcome)));
    }

    /// Runs the steps that are asked for, two at a time, those of one sequence after one another.
    /// Sequences are begun in the order given. A step is printed as it ends.
    pub(crate) fn at_once(&mut self, sequences: Vec<Vec<Step<'_>>>) {
        let left = sequences.into_iter().map(|steps| {
            let asked_for = steps.into_iter().filter(|(name, _)| name.contains(&self.only));
            Some(asked_for.collect())
        });
        let (left, report) = (Mutex::new(Left(left.collect())), Mutex::new(self));
        thread::scope(|scope| {
            scope.spawn(|| in_turn(&report, &left));
            in_turn(&report, &left);
        });
    }

    /// Prints the summary and returns the exit status.
    pub(crate) fn finish(self) -> ExitCode {
        let (passed, skipped, failed) = (self.passed, self.skipped, self.failed.len());
        print(format_args!("\nin {:.0} s\n", self.started.elapsed().as_secs_f32()));
        if failed > 0 {
            print(format_args!("failed: {}\n", self.failed.join(", ")));
        }
        print(format_args!("{passed} passed, {failed} failed, {skipped} skipped\n"));
        if self.chosen == 0 {
            print(format_args!("no step is named so\n"));
        }
        if self.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn is_well(&self) -> bool {
        self.failed.is_empty() && self.chosen > 0
    }

    /// Counts a step, and returns what follows its name.
    fn note(&mut self, name: &str, took: &str, outcome: Outcome) -> String {
        match outcome {
            Ok(seen) => {
                self.passed += 1;
                format!("ok     {took}  {}", seen.replace('\n', "\n    ")).trim_end().to_owned()
            }
            Err(Stop::Skipped(why)) if self.all => {
                self.failed.push(name.to_owned());
                format!("FAILED {took}  skipped, {why}")
            }
            Err(Stop::Skipped(why) | Stop::Absent(why)) => {
                self.skipped += 1;
                format!("skipped           {why}")
            }
            Err(Stop::Failed(output)) => {
                self.failed.push(name.to_owned());
                format!("FAILED {took}\n{output}")
            }
        }
    }
}

/// The steps of each sequence that were not begun; nothing for a sequence of which a step runs.
struct Left<'a>(Vec<Option<VecDeque<Step<'a>>>>);

impl<'a> Left<'a> {
    /// Takes the next step of the first sequence of which none runs, and the others of it.
    fn take(&mut self) -> Option<(usize, Step<'a>, VecDeque<Step<'a>>)> {
        self.0.iter_mut().enumerate().find_map(|(nth, sequence)| {
            let step = sequence.as_mut()?.pop_front()?;
            Some((nth, step, sequence.take()?))
        })
    }
}

fn in_turn<'a>(report: &Mutex<&mut Report>, left: &Mutex<Left<'a>>) {
    let left = || left.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        // A guard in the loop's head would be held while the step runs.
        let Some((nth, (name, step), others)) = left().take() else { break };
        let started = Instant::now();
        let outcome = step();
        let took = seconds(started.elapsed());
        let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
        report.chosen += 1;
        let noted = report.note(&name, &took, outcome);
        print(format_args!("{name:<32} {noted}\n"));
        left().0[nth] = Some(others);
    }
}

fn seconds(time: Duration) -> String {
    format!("{:>7.1} s", time.as_secs_f32())
}

/// Prints at once, even if the line goes on. A reader that is gone misses it, and the
/// verdict is still the exit status.
fn print(text: fmt::Arguments<'_>) {
    let mut out = io::stdout();
    let _ = out.write_fmt(text).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(all: bool, outcome: Outcome, result: &str, failures: usize) {
        let mut report = Report { chosen: 1, ..Report::new(all, "") };
        let noted = report.note("docs", "1.2 s", outcome);
        assert_eq!((noted.as_str(), report.failed.len()), (result, failures));
        assert_eq!(report.is_well(), failures == 0);
    }

    #[test]
    fn a_skip_fails_only_when_all_was_asked_for_and_setup_could_help() {
        let why = || "no docs".to_owned();
        check(false, Err(Stop::Skipped(why())), "skipped           no docs", 0);
        check(true, Err(Stop::Skipped(why())), "FAILED 1.2 s  skipped, no docs", 1);
        check(true, Err(Stop::Absent(why())), "skipped           no docs", 0);
    }

    #[test]
    fn a_failure_shows_its_output_and_a_table_follows_the_time() {
        check(false, Err("line 7".to_owned().into()), "FAILED 1.2 s\nline 7", 1);
        check(true, Ok(String::new()), "ok     1.2 s", 0);
        check(true, Ok("2 files\na".to_owned()), "ok     1.2 s  2 files\n    a", 0);
    }

    #[test]
    fn a_step_that_is_not_asked_for_does_not_run_and_none_is_a_failure() {
        let mut report = Report::new(false, "doc");
        report.step("sizes", || unreachable!());
        report.at_once(vec![vec![("sizes".to_owned(), Box::new(|| unreachable!()))], vec![]]);
        assert!(!report.is_well());
    }

    #[test]
    fn steps_of_one_sequence_run_in_order_while_those_of_others_do() {
        fn tell<'a>(name: &str, told: &'a Mutex<Vec<String>>) -> Step<'a> {
            let name = name.to_owned();
            let tell = name.clone();
            (
                name,
                Box::new(move || {
                    told.lock().unwrap().push(tell);
                    Ok(String::new())
                }),
            )
        }
        let (sender, receiver) = std::sync::mpsc::channel();
        let waits: Step<'_> = ("waits".to_owned(), Box::new(move || Ok(receiver.recv().unwrap())));
        let sends: Step<'_> = (
            "sends".to_owned(),
            Box::new(move || {
                sender.send("a word".to_owned()).unwrap();
                Err("a failure".to_owned().into())
            }),
        );
        let mut report = Report::new(true, "");
        let told = Mutex::new(Vec::new());
        // A worker waits for a step that another has to run, and which is behind one more.
        let [first, second, third] = ["first", "second", "third"].map(|name| tell(name, &told));
        report.at_once(vec![vec![waits, third], vec![first, sends], vec![second]]);
        assert_eq!((report.chosen, report.passed, report.failed.len()), (5, 4, 1));
        let told = told.into_inner().unwrap();
        let at = |name: &str| told.iter().position(|it| it == name).unwrap();
        assert!(at("first") < at("third"), "{told:?}");
    }
}
