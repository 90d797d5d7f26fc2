//! The terminal that the station draws on: taken, given back, gone.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr,
    tcsetwinsize,
};
use serial2::SerialPort;

use crate::board::resident_kib;
use crate::wires::changes;
use crate::{PATIENCE, file, path, text};

/// A terminal of 80 x 24, with a session of its own in it. The session does not
/// outlive the test.
pub(crate) struct Session {
    /// The side of who looks and types; none when the window is closed.
    far: Option<File>,
    near: File,
    child: Child,
    screen: vt100::Parser,
}

impl Session {
    /// Runs `program`, which leads the session.
    fn start(program: &str, args: &[&str]) -> Self {
        let (far, near) = SerialPort::pair().unwrap();
        let [far, near] = [far, near].map(|end| File::from(OwnedFd::from(end)));
        // A pair comes the other way round.
        fcntl_setfl(&far, OFlags::NONBLOCK).unwrap();
        fcntl_setfl(&near, OFlags::empty()).unwrap();
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&near, size).unwrap();
        // As a shell leaves it to its commands; a pair comes raw.
        let mut modes = tcgetattr(&near).unwrap();
        modes.local_modes.insert(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        modes.input_modes.insert(InputModes::ICRNL);
        modes.output_modes.insert(OutputModes::OPOST | OutputModes::ONLCR);
        tcsetattr(&near, OptionalActions::Now, &modes).unwrap();
        let end = || near.try_clone().unwrap();
        let mut command = Command::new("setsid");
        command.args(["--ctty", program]).args(args);
        let child = command.stdin(end()).stdout(end()).stderr(end()).spawn().unwrap();
        Self { far: Some(far), near, child, screen: vt100::Parser::default() }
    }

    /// Runs a station by itself.
    pub(crate) fn station(args: &[&str]) -> Self {
        Self::start(env!("CARGO_BIN_EXE_station"), args)
    }

    /// Runs a station as a job of a shell, which continues it when it was stopped
    /// and gets a line. Returns the process of the station, too.
    fn job() -> (Self, String) {
        let script = "set -m; sh -c 'echo pid $$ .; read line; exec \"$0\"' \"$0\"; status=$?
                      while [ $status -gt 128 ]; do
                          echo stopped; read line; fg; status=$?
                      done
                      echo ended $status .";
        let mut session = Self::start("sh", &["-c", script, env!("CARGO_BIN_EXE_station")]);
        let told = session.see(" .");
        let pid = told.split_whitespace().nth(1).unwrap().to_owned();
        session.type_in("\n");
        session.see_the_station();
        (session, pid)
    }

    /// Waits until the screen shows `text`, and returns what it shows.
    #[track_caller]
    pub(crate) fn see(&mut self, text: &str) -> String {
        self.wait_for(text, |screen| screen.contents().contains(text))
    }

    #[track_caller]
    fn wait_for(&mut self, what: &str, fits: impl Fn(&vt100::Screen) -> bool) -> String {
        let latest = Instant::now() + PATIENCE;
        loop {
            let shown = self.screen.screen();
            if fits(shown) {
                return shown.contents();
            }
            let mut bytes = [0; 4_096];
            match self.far.as_mut().unwrap().read(&mut bytes) {
                Ok(len) => self.screen.process(&bytes[..len]),
                Err(error) => {
                    let waits = error.kind() == ErrorKind::WouldBlock && Instant::now() < latest;
                    assert!(waits, "{error}, and no {what:?}:\n{}", shown.contents());
                    sleep(Duration::from_millis(1));
                }
            }
        }
    }

    /// Waits for the whole picture, on a screen of its own.
    #[track_caller]
    pub(crate) fn see_the_station(&mut self) {
        self.wait_for("picture", |screen| {
            let all = ["HD44780", " events ", " counters ", "q quit   space click"];
            screen.alternate_screen() && all.iter().all(|text| screen.contents().contains(text))
        });
        assert!(self.is_raw());
    }

    pub(crate) fn type_in(&mut self, keys: &str) {
        self.far.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    fn is_raw(&self) -> bool {
        let modes = tcgetattr(&self.near).unwrap().local_modes;
        !modes.intersects(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
    }

    /// Waits until the leader of the session ends.
    #[track_caller]
    fn end(&mut self) -> ExitStatus {
        let latest = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < latest, "it does not end");
            sleep(Duration::from_millis(1));
        }
    }

    /// Waits for the end in good order: the terminal is as it was.
    #[track_caller]
    pub(crate) fn end_well(&mut self) {
        self.wait_for("end of the picture", is_given_back);
        assert_eq!(self.end().code(), Some(0));
        assert!(!self.is_raw());
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_given_back(screen: &vt100::Screen) -> bool {
    !screen.alternate_screen() && !screen.hide_cursor()
}

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
