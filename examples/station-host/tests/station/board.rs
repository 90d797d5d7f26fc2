//! A board, which lacks the parts that this machine cannot have.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};

use serial2::SerialPort;

use crate::lines::check_question;
use crate::refusals::refused;
use crate::{Ended, RMC, Station, file, is_fix, path, text};

/// The parts of which the station says that the board lacks them, in order.
fn absent(ended: &Ended) -> Vec<&str> {
    let told = ended.lines.iter().filter(|line| line["event"] == "absent");
    told.map(|line| line["part"].as_str().unwrap()).collect()
}

#[test]
fn a_board_without_parts_says_so_and_runs() {
    let board = file("empty.toml", "");
    let ended = Station::start(&["--board", &board, "--for", "2.5"]).end();
    assert_eq!(ended.well()["sentences"], 0);
    assert_eq!(
        absent(&ended),
        ["button", "climate", "display", "gps", "knob", "remote", "brightness"]
    );
    // What is not there does not fail, either.
    assert_eq!(ended.lines.len(), 8, "{:?}", ended.lines);
}

#[test]
fn a_receiver_alone_is_enough() {
    let (far, near) = SerialPort::pair().unwrap();
    let (mut far, near) = (File::from(OwnedFd::from(far)), File::from(OwnedFd::from(near)));
    let tty = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
    let board = file("gps.toml", format!("[gps]\nport = '{}'\nbaud = 4_800\n", tty.display()));
    let mut station = Station::start(&["--board", &board]);
    station.wait_for("that a part is absent", |line| line["part"] == "display");
    // The port is raw when there is a fix: a cooked one would hold the line back.
    let fix = loop {
        far.write_all(RMC.as_bytes()).unwrap();
        let next = station.wait_for("a fix", |line| is_fix(line) || line["event"] == "gps_line");
        if is_fix(&next) {
            break next;
        }
    };
    assert_eq!(fix["lat_e7"], 378_196_800);
    check_question(&mut station, &mut far);
    let high = resident_kib(station.child.id());
    assert!(high < 10 * 1_024, "{high} KiB");
    station.signal("TERM");
    let ended = station.end();
    assert_eq!(ended.well()["valid"], true);
    assert_eq!(absent(&ended), ["button", "climate", "display", "knob", "remote", "brightness"]);
}

/// The most memory that a process has had so far, of which a station takes less than 10 MB.
pub(crate) fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let high = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    high.trim().trim_end_matches(" kB").parse().unwrap()
}

#[track_caller]
fn check(board: &str, expected: &str) {
    refused(&["--headless", "--for", "9", "--board", board], 1, expected);
}

#[test]
fn a_wrong_file_is_named_with_its_line() {
    let missing = text(path("missing.toml"));
    check(&missing, &format!("{missing}: No such file or directory (os error 2)"));
    check("\u{1b}[2J\n", "\\u{1b}[2J\\n: No such file or directory (os error 2)");
    let not_a_file = "not a file of at most 65536 bytes";
    for it in [env!("CARGO_TARGET_TMPDIR"), "/dev/zero"] {
        check(it, &format!("{it}: {not_a_file}"));
    }
    let long = file("long.toml", "#".repeat(65_537));
    check(&long, &format!("{long}: {not_a_file}"));
    let latin = file("latin.toml", b"# \xe9");
    check(&latin, &format!("{latin}: stream did not contain valid UTF-8"));
    let key = file("key.toml", "[gps]\nport = '/dev/null'\nbuad = 9600\n");
    check(&key, &format!("{key}:3: unknown field `buad`, expected one of `port`, `baud`, `pps`"));
    let value = file("value.toml", "[display.backpack]\nbus = '/dev/null'\naddress = 0x78\n");
    check(&value, &format!("{value}:3: an address is between 0x08 and 0x77"));
}

#[test]
fn a_part_that_cannot_be_opened_is_named() {
    let part = |name: &str, text: &str, expected: &str| {
        let board = file(&format!("{name}.toml"), text);
        check(&board, &format!("{board}: {expected}"));
    };
    part(
        "chip",
        "[button]\nline = { chip = '/dev/null', offset = 4 }\n",
        "button: /dev/null is not a GPIO chip",
    );
    part(
        "knob",
        "[knob]\na = { chip = '/dev/null', offset = 4 }\nb = { chip = '/dev/null', offset = 5 }\n\
         push = { chip = '/dev/null', offset = 6 }\n",
        "knob: /dev/null is not a GPIO chip",
    );
    part(
        "remote",
        "[remote]\nline = { chip = '/dev/null', offset = 4 }\n",
        "remote: /dev/null is not a GPIO chip",
    );
    let lines = ["rs", "e", "d4", "d5", "d6", "d7"]
        .map(|name| format!("{name} = {{ chip = '/dev/gpiochip99', offset = 1 }}\n"));
    part(
        "lines",
        &format!("[display.lines]\n{}", lines.concat()),
        "display: /dev/gpiochip99 is not a GPIO chip",
    );
    let brightness = |dial: &str| {
        format!("[brightness.{dial}\n[brightness.pwm]\nchip = '/dev/null'\nchannel = 0\n")
    };
    part(
        "spi",
        &brightness("mcp3008]\ndevice = '/dev/null'\nchannel = 0"),
        "brightness: /dev/null is not an SPI device; is SPI enabled, and `spidev` loaded?",
    );
    let no_bus = "/dev/null is not an I2C bus";
    for (part_, section) in [("climate", "climate"), ("display", "display.backpack")] {
        let board = file(&format!("bus-{part_}.toml"), format!("[{section}]\nbus = '/dev/null'\n"));
        let seen = crate::station(&["--headless", "--board", &board]);
        let err = String::from_utf8(seen.stderr).unwrap();
        assert_eq!((seen.status.code(), err.lines().count()), (Some(1), 1), "{err}");
        assert!(err.starts_with(&format!("station: {board}: {part_}: {no_bus}")), "{err}");
    }
    part("port", "[gps]\nport = '/dev/null'\n", "gps: /dev/null: neither a file, a FIFO nor a tty");
}

#[test]
fn a_board_has_no_models() {
    let board = file("models.toml", "");
    for (option, value) in [("--gps", "/dev/null"), ("--baud", "4800"), ("--vcd", "wires.vcd")] {
        let expected = "--board has no models: leave out --gps, --baud and --vcd; try --help";
        refused(&["--headless", "--board", &board, option, value], 2, expected);
    }
}
