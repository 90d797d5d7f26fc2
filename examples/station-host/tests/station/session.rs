//! A terminal with a station in it.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
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

use crate::PATIENCE;

/// A station that has measured so often runs: what it has not shown by then does not come.
const MEASUREMENTS: u32 = 10;
/// A measurement comes two seconds after the one before it. What is sooner is no other one.
const MEASURE_AFTER: f64 = 1.5;

/// A terminal of 80 x 24, with a session of its own in it. The session does not
/// outlive the test.
pub(crate) struct Session {
    /// The side of who looks and types; none when the window is closed.
    pub(crate) far: Option<File>,
    pub(crate) near: File,
    pub(crate) child: Child,
    pub(crate) screen: vt100::Parser,
}

impl Session {
    /// Runs `program`, which leads the session.
    pub(crate) fn start(program: &str, args: &[&str]) -> Self {
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
    pub(crate) fn job() -> (Self, String) {
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
    pub(crate) fn wait_for(&mut self, what: &str, fits: impl Fn(&vt100::Screen) -> bool) -> String {
        let latest = Instant::now() + PATIENCE;
        let (mut measurements, mut last) = (0, 0.0);
        let mut seen = fits(self.screen.screen()).then(|| self.screen.screen().contents());
        loop {
            if let Some(seen) = seen {
                return seen;
            }
            let mut bytes = [0; 4_096];
            match self.far.as_mut().unwrap().read(&mut bytes) {
                Ok(len) => seen = self.process(&bytes[..len], &fits),
                Err(error) => {
                    let waits = error.kind() == ErrorKind::WouldBlock && Instant::now() < latest;
                    assert!(
                        waits,
                        "{error}, and no {what:?}:\n{}",
                        self.screen.screen().contents()
                    );
                    sleep(Duration::from_millis(1));
                }
            }
            if let Some(at) = self.last_measurement().filter(|at| *at > last + MEASURE_AFTER) {
                (measurements, last) = (measurements + 1, at);
                let contents = || self.screen.screen().contents();
                assert!(measurements <= MEASUREMENTS, "no {what:?}:\n{}", contents());
            }
        }
    }

    /// Shows what came, which may be several pictures. Returns the first that fits.
    fn process(&mut self, bytes: &[u8], fits: impl Fn(&vt100::Screen) -> bool) -> Option<String> {
        let mut seen = None;
        for part in bytes.chunks(256) {
            self.screen.process(part);
            let shown = self.screen.screen();
            if seen.is_none() && fits(shown) {
                seen = Some(shown.contents());
            }
        }
        seen
    }

    /// Returns the time, in seconds, of the last measurement among the events that are shown. A
    /// row that is being drawn may have digits of two times.
    fn last_measurement(&self) -> Option<f64> {
        let rows = self.screen.screen().rows(0, 80).filter(|row| row.contains(" °C, "));
        rows.filter_map(|row| row.split_once(" s  ")?.0.trim_matches(['│', ' ']).parse().ok())
            .last()
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

    pub(crate) fn is_raw(&self) -> bool {
        let modes = tcgetattr(&self.near).unwrap().local_modes;
        !modes.intersects(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
    }

    /// Waits until the leader of the session ends.
    #[track_caller]
    pub(crate) fn end(&mut self) -> ExitStatus {
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

/// Whether the terminal shows what it did before the station.
pub(crate) fn is_given_back(screen: &vt100::Screen) -> bool {
    !screen.alternate_screen() && !screen.hide_cursor()
}
