//! The terminal that the station draws on: taken, given back, gone.

use std::num::NonZero;
use std::process::Command;

use rustix::termios::{Winsize, tcsetwinsize};

use crate::board::resident_kib;
use crate::session::{Session, is_given_back};
use crate::wires::changes;
use crate::{file, path, text};

fn kill(name: &str, pid: &str) {
    assert!(Command::new("kill").args(["-s", name, pid]).status().unwrap().success());
}

/// What the board has not: the keys press a button, and there is nothing to unplug.
#[test]
fn a_board_is_drawn_too() {
    let board = file("drawn.toml", "");
    let mut session = Session::station(&["--board", &board]);
    session.see_the_station();
    session.see("gps: none on this board");
    session.type_in(" ");
    session.see("page time, metric");
    session.type_in("u");
    session.see("a real sensor is not ours");
    session.type_in("\x1b[C");
    session.see("page climate, metric");
    session.type_in("5");
    session.see("page limits, metric");
    let high = resident_kib(session.child.id());
    assert!(high < 10 * 1_024, "{high} KiB");
    session.type_in("q");
    session.end_well();
}

#[test]
fn keys_are_obeyed_and_the_terminal_is_given_back() {
    for quit in ["q", "\x1b", "\x03"] {
        let mut session = Session::station(&[]);
        session.see_the_station();
        session.type_in("\x1b[A"); // No key of ours, and not Escape.
        session.type_in(" ");
        session.see("button: click");
        session.type_in("u");
        session.see("(sensor unplugged)");
        session.type_in(quit);
        session.end_well();
    }
}

#[test]
fn a_signal_gives_the_terminal_back() {
    for name in ["TERM", "INT", "HUP"] {
        let vcd = text(path(&format!("screen-{name}.vcd")));
        let mut session = Session::station(&["--vcd", &vcd]);
        session.see_the_station();
        session.see("°C"); // By then the bus has moved.
        kill(name, &session.child.id().to_string());
        session.end_well();
        assert!(changes(&vcd).0["SCL"] > 0);
    }
}

#[test]
fn a_window_that_is_closed_ends_the_station() {
    let closed = |how: &str, program: &str, args: &[&str]| {
        let vcd = text(path(&format!("closed-{how}.vcd")));
        let mut session = Session::start(program, &[args, &["--vcd", &vcd]].concat());
        session.see(if how.contains("headless") { "climate" } else { "°C" });
        session.far = None;
        let status = session.end();
        assert_eq!(status.code(), Some(0), "{how}: {status}");
        assert!(changes(&vcd).0["SCL"] > 0, "{how}");
    };
    let station = env!("CARGO_BIN_EXE_station");
    closed("drawing", station, &[]);
    closed("headless", station, &["--headless"]);
    // Without the signal: it is the terminal itself that is missed.
    let nohup = ["-c", "trap '' HUP; exec \"$0\" \"$@\"", station];
    closed("nohup", "sh", &nohup);
    closed("nohup-headless", "sh", &[&nohup[..], &["--headless"]].concat());
}

#[test]
fn a_job_that_is_stopped_leaves_the_terminal_to_the_shell() {
    let (mut session, pid) = Session::job();
    for how in ["^Z", "TSTP", "STOP"] {
        match how {
            "^Z" => session.type_in("\x1a"),
            signal => kill(signal, &pid),
        }
        if how == "STOP" {
            // Nobody can give anything back before that; the shell sets its own mode.
            session.wait_for("a stopped job", |screen| screen.contents().contains("stopped"));
        } else {
            session.wait_for("the screen of the shell", |screen| {
                is_given_back(screen) && screen.contents().contains("stopped")
            });
            assert!(!session.is_raw(), "{how}");
        }
        session.screen.process(b"\x1b[2J"); // As if another program had used it.
        session.type_in("\n");
        session.see_the_station();
    }
    session.type_in("q");
    session.see("ended 0 .");
    assert!(!session.is_raw());
}

#[test]
fn without_a_shell_nothing_stops() {
    let mut session = Session::station(&[]);
    session.see_the_station();
    kill("TSTP", &session.child.id().to_string());
    session.type_in("\x1a");
    session.see("no shell to continue");
    session.type_in("q");
    session.end_well();
}

#[test]
fn another_size_is_another_picture() {
    let mut session = Session::station(&[]);
    session.see_the_station();
    let size = Winsize { ws_row: 12, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&session.near, size).unwrap();
    let cells = |count| NonZero::new(count).unwrap();
    session.screen.screen_mut().set_size(cells(12), cells(40));
    session.wait_for("smaller picture", |screen| {
        let rows: Vec<_> = screen.rows(0, 40).collect();
        rows[11].trim() == "q quit   space click   d double" && rows[0].contains("HD44780")
    });
    session.type_in(" ");
    session.see("button: click");
}
