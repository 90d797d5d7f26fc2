//! GPIO lines of a real kernel, which other processes and users want as well.
#![cfg(all(target_os = "linux", feature = "gpio"))]

#[allow(dead_code, reason = "`gpio.rs` uses more of it")]
mod rig;

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use rig::{Chip, in_rig, with_chip};
use tickwire_exec_std::gpio::{Error, Input, InputSettings, Line, Output, OutputSettings};
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Clock, Edges, Instant};

const PLAIN: InputSettings = InputSettings::DEFAULT;
/// Tells a process that it is the other one of its test, and on which chip.
const CHIP: &str = "TICKWIRE_CHIP";
/// A group of the rig's `/etc/group`.
const GPIO: u32 = 997;
const NOBODY: u32 = 65_534;
const NO_GROUP: &str = ", and no group has it: let a rule of udev grant it, or be root";

/// Returns the chip if this process is the other one of its test.
fn is_other() -> Option<PathBuf> {
    env::var_os(CHIP).map(PathBuf::from)
}

/// Returns a command that runs the current test in another process, where
/// [`is_other`] returns `chip`.
fn other(chip: &Chip) -> Command {
    let mut command = Command::new(env::current_exe().expect("a path"));
    let current = thread::current();
    command.args([current.name().expect("a test"), "--exact", "--nocapture"]);
    command.env(CHIP, chip.line(0).chip()).stdout(Stdio::piped());
    command
}

/// Returns what the other process has told.
fn told(command: &mut Command) -> String {
    let output = command.output().expect("a process");
    let output = String::from_utf8(output.stdout).expect("text");
    let mut told = output.lines().filter_map(|line| line.split_once("told: "));
    told.next().unwrap_or_else(|| panic!("it has told nothing: {output}")).1.to_owned()
}

#[test]
fn another_user_is_told_which_group_to_join() {
    if let Some(chip) = is_other() {
        let error = Input::open(&Line::at(&chip, 4), PLAIN).unwrap_err();
        // The name may be on that chip, or on another one.
        assert!(matches!(Line::named("GPIO17"), Err(Error::Denied { .. })));
        println!("told: {error}");
        return;
    }
    with_chip(|chip| {
        let path = chip.line(4).chip().to_owned();
        let shown = path.display();
        chown(&path, None, Some(GPIO)).unwrap();
        let mut nobody = other(&chip);
        nobody.uid(NOBODY).gid(NOBODY);
        for (mode, then) in [(0o660, ": join the group `gpio` and log in again"), (0o600, NO_GROUP)]
        {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            let expected = format!("no permission to open {shown}{then}");
            assert_eq!(told(&mut nobody), expected, "{mode:o}");
        }
    });
}

#[test]
fn a_line_that_another_process_has_is_free_when_that_ends() {
    if let Some(chip) = is_other() {
        let _light = Output::open(&Line::at(chip, 4), OutputSettings::DEFAULT).unwrap();
        println!("told: it is mine");
        // Until it is killed.
        loop {
            thread::park();
        }
    }
    with_chip(|chip| {
        let mut holder = other(&chip).spawn().unwrap();
        let output = BufReader::new(holder.stdout.take().unwrap());
        assert!(output.lines().any(|line| line.unwrap().ends_with("it is mine")));
        let busy = Input::open(&chip.line(4), PLAIN).unwrap_err();
        let Error::Busy { holder: Some(name), .. } = &busy else { panic!("{busy}") };
        assert!(name.ends_with(&format!("[{}]", holder.id())), "{name}");
        holder.kill().unwrap();
        holder.wait().unwrap();
        Input::open(&chip.line(4), PLAIN).expect("nobody has it");
    });
}

#[test]
fn edges_before_the_first_look_at_the_clock_have_their_times() {
    if let Some(chip) = is_other() {
        let mut pin = Input::open(&Line::at(chip, 4), PLAIN).unwrap();
        pin.arm().unwrap();
        println!("told: armed");
        // Both edges are there before `run` looks at the clock.
        thread::sleep(std::time::Duration::from_millis(100));
        run(async |_| {
            let first = pin.edge().await.unwrap().at;
            let second = pin.edge().await.unwrap().at;
            assert!(Instant::EPOCH < first && first < second, "{first:?}, {second:?}");
            assert!(second < StdClock::new().now());
        });
        return;
    }
    with_chip(|chip| {
        let mut child = other(&chip).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(output.any(|line| line.unwrap().ends_with("armed")));
        chip.toggle(4, 2);
        assert!(child.wait().unwrap().success());
    });
}

#[test]
fn a_line_without_an_interrupt_reports_no_edges_and_stays_free() {
    in_rig(|| {
        let line = Line::named("NO-IRQ").unwrap();
        for _ in 0..2 {
            let error = Input::open(&line, PLAIN).unwrap_err();
            assert!(matches!(&error, Error::NoEdges(it) if *it == line), "{error}");
            let expected = format!("{line} has no interrupt, so it reports no edges");
            assert_eq!(error.to_string(), expected);
        }
    });
}
