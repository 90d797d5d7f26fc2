//! Programs of `examples/raspberry-pi`, as they are, on devices of the kernel.
//!
//! They run in `cargo xtask linux-rig`. Elsewhere they do nothing, and say so.
#![cfg(target_os = "linux")]

#[path = "../../../exec-std/tests/rig/mod.rs"]
#[allow(dead_code, reason = "the tests of exec-std use more of it")]
mod rig;

use std::io::{BufRead, BufReader, Lines, Read};
use std::os::unix::fs::symlink;
use std::process::{self, Child, ChildStdout, Command, Stdio};

use embedded_io_async::Write;
use rig::{in_rig, with_chip};
use tickwire_exec_std::gpio::{Output, OutputSettings};
use tickwire_exec_std::run;
use tickwire_exec_std::serial::{self, Settings};
use tickwire_linux_rig::i2c_bus::tell;
use tickwire_sim::models::gps::demo_log;

/// A program that runs.
struct Program {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(name: &str) -> Self {
        let mut command = Command::new(name);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program is in the rig");
        let output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, output }
    }

    /// Returns the next line.
    fn line(&mut self) -> String {
        self.output.next().expect("the program runs").expect("text")
    }

    /// Asks the program to stop. It does so without a word.
    #[track_caller]
    fn stop(self) {
        let kill = format!("kill {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        assert_eq!(self.end(), (Some(0), String::new()));
    }

    /// Waits until the program ends. Returns its status and what it has told as errors.
    fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().expect("it was started");
        let mut told = String::new();
        self.child.stderr.expect("a pipe").read_to_string(&mut told).expect("text");
        (status.code(), told)
    }
}

#[test]
fn a_thermometer_prints_what_it_measures_until_it_is_stopped() {
    in_rig(|| {
        tell("temperature 2381");
        tell("humidity 5072");
        let mut program = Program::start("htu21d");
        assert_eq!(program.line(), "23.81 \u{b0}C, 50.73 %");
        tell("temperature -512");
        assert_eq!(program.line(), "-5.12 \u{b0}C, 50.73 %");
        program.stop();
    });
}

#[test]
fn a_sensor_that_is_unplugged_is_told_of_and_returns() {
    in_rig(|| {
        tell("temperature 2381");
        tell("humidity 5072");
        let measured = "23.81 \u{b0}C, 50.73 %";
        let mut program = Program::start("htu21d_sampler");
        assert_eq!(program.line(), measured);
        tell("unplug");
        while !program.line().starts_with("error ") {}
        tell("plug");
        while program.line() != "works again" {}
        assert_eq!(program.line(), measured);
        program.stop();
    });
}

#[test]
fn a_bus_that_is_removed_ends_the_program_with_one_line() {
    in_rig(|| {
        let mut program = Program::start("htu21d");
        program.line();
        tell("gone");
        let (status, told) = program.end();
        tell("back");
        assert_eq!(status, Some(1), "{told}");
        assert!(told.starts_with("htu21d: ") && told.lines().count() == 1, "{told}");
    });
}

#[test]
fn a_light_follows_a_switch() {
    with_chip(|chip| {
        chip.pull(17, true);
        let mut program = Program::start("switch");
        let mut hand = chip.hand(17, &[500, 500]);
        assert_eq!(program.line(), "Closed");
        assert_eq!(program.line(), "Open");
        assert!(hand.wait().unwrap().success());
        chip.pull(17, false);
        assert_eq!(program.line(), "Closed");
        program.stop();
    });
}

#[test]
fn a_line_that_cannot_be_had_is_one_line_and_a_status() {
    in_rig(|| {
        let missing = "switch: no GPIO line is named `GPIO17`\n";
        assert_eq!(Program::start("switch").end(), (Some(1), missing.to_owned()));
    });
    with_chip(|chip| {
        let line = chip.line(27);
        let _holder = Output::open(&line, OutputSettings::DEFAULT).unwrap();
        let (status, told) = Program::start("switch").end();
        assert_eq!(status, Some(1), "{told}");
        assert!(told.starts_with(&format!("switch: {line} is in use by `programs-")), "{told}");
        assert!(told.ends_with(&format!("[{}]`\n", process::id())), "{told}");
    });
}

#[test]
fn positions_of_a_receiver_are_printed() {
    in_rig(|| {
        let _ = symlink("/dev/ttyS1", "/dev/serial0");
        let mut program = Program::start("gps");
        run(async |_| {
            let mut receiver = serial::open("/dev/ttyS2", Settings::new(9_600)).unwrap();
            receiver.write_all(&demo_log(5)).await.unwrap();
            receiver.flush().await.unwrap();
        });
        assert_eq!(program.line(), "fix Found");
        assert_eq!(program.line(), "51.4767867\u{b0} N, 0.0000000\u{b0} E");
        program.stop();
    });
}
