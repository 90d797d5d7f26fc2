//! The station with devices of a Linux kernel: `station --board`.
//!
//! It runs in `cargo xtask linux-rig`. Elsewhere it does nothing, and says so.
#![cfg(target_os = "linux")]

#[path = "drivers/display.rs"]
#[allow(dead_code, reason = "the drivers use more of it")]
mod display;
#[path = "drivers/recorder.rs"]
mod recorder;
#[path = "../../../exec-std/tests/rig/mod.rs"]
#[allow(dead_code, reason = "the tests of exec-std use more of it")]
mod rig;

use std::fs;
use std::io::{BufRead, BufReader};
use std::iter;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use embedded_io_async::{Read, Write};
use rustix::process::{Pid, setpriority_process};
use tickwire_drivers::nec::Frame;
use tickwire_exec_std::gpio::{Input, InputSettings, Output, OutputSettings};
use tickwire_exec_std::run;
use tickwire_exec_std::serial::{self, Settings};
use tickwire_linux_rig::i2c_bus::{PATH, tell};
use tickwire_sim::models::hd44780::Controller;

use display::{Wiring, play};
use recorder::Recorder;
use rig::{Chip, in_rig, with_chip};

/// The most time that the guest may take for an event.
const PATIENCE: Duration = Duration::from_secs(60);

const BUTTON: u32 = 17;
const RS: u32 = 2;
const E: u32 = 3;
const DATA: [u32; 4] = [4, 5, 6, 7];
const KNOB: [u32; 3] = [20, 21, 26];
const REMOTE: u32 = 27;
const PPS: u32 = 16;

const PWM: &str = "/sys/class/pwm/pwmchip0";

/// The date is 2011-09-24.
const RMC: &[u8] = b"$GPRMC,180049.896,A,3749.1808,N,08338.7869,W,001.8,156.3,240911,,,A*70\r\n";

/// What a receiver that was heard is asked, and an answer that it is not of MediaTek.
const QUESTION: &[u8; 13] = b"$PMTK605*31\r\n";
const ANSWER: &[u8] = b"$PMTK001,605,1*31\r\n";

struct Station {
    child: Child,
    lines: Receiver<String>,
}

impl Station {
    /// Starts it. The test has the one processor first: it makes edges that have to be in time.
    fn start(board: &str) -> Self {
        let mut command = Command::new("station");
        command.args(["--headless", "--board", board]).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the rig has a station");
        setpriority_process(Pid::from_raw(child.id().cast_signed()), 19).unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    /// Waits for a line with this text, and returns it.
    #[track_caller]
    fn wait_for(&self, text: &str) -> String {
        let mut seen = Vec::new();
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("{text} never came, after {seen:?}");
            };
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
    }

    /// Whether a line with this text comes before there was none for `pause`.
    fn has_told(&self, text: &str, pause: Duration) -> bool {
        let mut lines = iter::from_fn(|| self.lines.recv_timeout(pause).ok());
        lines.any(|line| line.contains(text))
    }

    /// Asks it to stop, and waits for its end in good order.
    #[track_caller]
    fn stop(&mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("busybox").args(["kill", "-TERM", &id]).status().unwrap().success());
        self.wait_for("\"event\":\"end\"");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }

    /// Returns a number of the process, as the kernel counts it.
    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_matches(|it: char| !it.is_ascii_digit()).parse().unwrap()
    }
}

#[test]
fn the_station_runs_with_all_parts_and_leaves_nothing_claimed() {
    with_chip(|chip| {
        tell("temperature 2381");
        let path = chip.line(0).chip().display().to_string();
        let at = |offset: u32| format!("{{ chip = '{path}', offset = {offset} }}");
        let lines = ["rs", "e", "d4", "d5", "d6", "d7"].into_iter().zip(RS..);
        let lines = lines.map(|(name, offset)| format!("{name} = {}\n", at(offset)));
        let file = format!(
            "[button]\nline = 'GPIO17'\n[climate]\nbus = '{PATH}'\n[gps]\nport = '/dev/ttyS1'\n\
             pps = {}\n{}[display.lines]\n{}",
            at(PPS),
            controls(&chip),
            lines.collect::<String>()
        );
        let board = "/tmp/board.toml";
        fs::write(board, file).unwrap();
        let recorder = Recorder::start("pinctrl-rig");
        let mut station = Station::start(board);

        station.wait_for("\"centi_celsius\":2381");
        run(async |_| {
            let mut receiver = serial::open("/dev/ttyS2", Settings::new(9_600)).unwrap();
            receiver.write_all(RMC).await.unwrap();
            receiver.flush().await.unwrap();
            let mut question = [0; 13];
            receiver.read_exact(&mut question).await.unwrap();
            assert_eq!(&question, QUESTION);
            receiver.write_all(ANSWER).await.unwrap();
            receiver.flush().await.unwrap();
        });
        station.wait_for("\"lat_e7\":378196800");
        station.wait_for("\"command\":\"PMTK605\",\"outcome\":\"unsupported\"");
        chip.pull(PPS, true);
        station.wait_for("\"event\":\"lock\",\"state\":\"tentative\",\"pulses\":1");
        for is_up in [false, true] {
            chip.pull(BUTTON, is_up);
            sleep(Duration::from_millis(100));
        }
        station.wait_for("\"event\":\"click\"");
        station.wait_for("\"page\":\"time\"");
        // Until it is drawn.
        sleep(Duration::from_secs(2));

        // Another one finds the first line taken.
        let other = Command::new("station").args(["--headless", "--board", board]).output();
        let other = other.unwrap();
        let told = String::from_utf8(other.stderr).unwrap();
        assert_eq!(
            (other.status.code(), other.stdout.len(), told.lines().count()),
            (Some(1), 0, 1)
        );
        let busy = format!("station: {board}: button: line 17 of {path} is in use by `station");
        assert!(told.starts_with(&busy), "{told}");

        let (kib, threads) = (station.status("VmHWM:"), station.status("Threads:"));
        println!("counted: {kib} KiB resident at most, {threads} threads");
        // The run loop's, and those of both buses.
        assert!(kib < 10 * 1_024 && threads == 3, "{kib} KiB, {threads} threads");

        station.stop();

        let wiring = Wiring { rs: RS, e: E, data: DATA };
        let display = play(&recorder.stop(), wiring);
        assert_eq!((display.violations(), display.log()), (0, &[][..]));
        assert_eq!(first_row(&display), *b"2011-09-24          ");
        Input::open(&chip.line(BUTTON), InputSettings::DEFAULT).unwrap();
        Output::open(&chip.line(E), OutputSettings::DEFAULT).unwrap();
    });
}

#[test]
fn a_knob_a_remote_control_and_a_dial_are_obeyed() {
    with_chip(|chip| {
        let [a, b, push] = KNOB;
        [a, b, push, REMOTE].into_iter().for_each(|line| chip.pull(line, true));
        set_dial(512);
        let file = format!("{}[display.backpack]\nbus = '{PATH}'\n", controls(&chip));
        let board = "/tmp/controls.toml";
        fs::write(board, file).unwrap();
        let mut station = Station::start(board);
        station.wait_for("\"event\":\"brightness\",\"percent\":50");
        assert_eq!(duty(), 499_992);
        set_dial(1_020);
        station.wait_for("\"percent\":100");
        assert_eq!(duty(), 1_000_000);

        // A detent against the clock, from the first page to the last.
        for (line, is_up) in [(b, false), (a, false), (b, true), (a, true)] {
            chip.pull(line, is_up);
        }
        station.wait_for("\"delta\":-1,\"illegal\":0");
        station.wait_for("\"page\":\"limits\"");
        for is_up in [false, true] {
            chip.pull(push, is_up);
            sleep(Duration::from_millis(100));
        }
        station.wait_for("\"on\":\"limit\",\"limit\":\"cold\"");
        // Until it is drawn.
        sleep(Duration::from_secs(2));
        assert_eq!(tell("row 0"), ">cold below  10.");

        press(&chip, 0x18, &station);
        station.wait_for("\"page\":\"time\"");
        station.stop();
        assert!(!Path::new(PWM).join("pwm0").exists(), "the channel is given back");
    });
}

/// The sections of all controls.
fn controls(chip: &Chip) -> String {
    let path = chip.line(0).chip().display().to_string();
    let at = |offset: u32| format!("{{ chip = '{path}', offset = {offset} }}");
    let [a, b, push] = KNOB.map(at);
    format!(
        "[knob]\na = {a}\nb = {b}\npush = {push}\n[remote]\nline = 'GPIO27'\n\
         [brightness.mcp3008]\ndevice = '/dev/spidev0.0'\nchannel = 0\n\
         [brightness.pwm]\nchip = '{PWM}'\nchannel = 0\n"
    )
}

fn set_dial(value: u32) {
    fs::write("/sys/module/tickwire_board/parameters/inputs", format!("{value},0,0,0,0,0,0,0"))
        .unwrap();
}

/// Returns how many nanoseconds of a millisecond the backlight is on.
fn duty() -> u32 {
    let told = fs::read_to_string(format!("{PWM}/device/pwm_told")).unwrap();
    let fields: Vec<_> = told.lines().next().unwrap().split(' ').collect();
    let ["1000000", duty, "normal", "on"] = fields[..] else { panic!("{told}") };
    duty.parse().unwrap()
}

/// Presses a key of the remote control until the station has seen it. A frame is lost if other
/// work of the guest makes an edge late.
#[track_caller]
fn press(chip: &Chip, command: u8, station: &Station) {
    let bits = Frame::new(0, command).to_bits();
    let spaces = (0..32).map(|bit| if bits >> bit & 1 == 1 { 1_687 } else { 562 });
    let spans = [9_000, 4_500].into_iter().chain(spaces.flat_map(|space| [562, space]));
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let (start, mut at) = (Instant::now(), Duration::ZERO);
        for (edge, span) in spans.clone().chain([562, 0]).enumerate() {
            chip.pull(REMOTE, edge % 2 == 1);
            at += Duration::from_micros(span);
            // It spins for no long time: the kernel keeps 16 edges of a line for the station.
            sleep(at.saturating_sub(start.elapsed() + Duration::from_micros(150)));
            while start.elapsed() < at {}
        }
        if station.has_told("\"event\":\"remote\",\"at_us\":", Duration::from_millis(200)) {
            return;
        }
    }
    panic!("no frame was received");
}

#[test]
fn a_sensor_and_a_display_share_a_bus() {
    in_rig(|| {
        tell("temperature 1999");
        let board = "/tmp/bus.toml";
        let file = format!("[climate]\nbus = '{PATH}'\n[display.backpack]\nbus = '{PATH}'\n");
        fs::write(board, file).unwrap();
        let mut station = Station::start(board);
        station.wait_for("\"part\":\"gps\"");
        station.wait_for("\"centi_celsius\":1999");
        // Until it is drawn.
        sleep(Duration::from_secs(2));
        assert_eq!(tell("row 0").trim_end(), "Searching");
        assert_eq!(station.status("Threads:"), 2, "one for the bus");
        station.stop();
    });
}

/// Returns the first row of a display of 20 columns.
fn first_row(display: &Controller) -> [u8; 20] {
    std::array::from_fn(|column| display.ddram(column as u8))
}
