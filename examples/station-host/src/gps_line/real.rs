//! Lines that others may take away, and bring back.

use std::fs::File;
use std::future::poll_fn;
use std::io::{self, Read as _};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use embedded_io_async::Read as _;
use rustix::fs::OFlags;
use tickwire_exec_std::serial::{self, ReadHalf};
use tickwire_exec_std::{Fd, StdClock};
use tickwire_traits::{Clock, Duration, Instant, Interest, Readiness, Timer};

use super::LineState;
use super::input::PortInput;
use crate::record::Record;

const CLOCK: StdClock = StdClock::new();

/// How often a line that is not there is looked for.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A serial port or a FIFO, by its path: whatever of its kind is there next time
/// is the same line.
pub(crate) struct Real {
    path: PathBuf,
    kind: Kind,
    line: Line,
    /// When to look for the line again, while nobody is at its other end.
    look_at: Instant,
    record: Rc<Record>,
    input: PortInput,
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Tty { baud: u32 },
    Fifo,
}

enum Line {
    Tty(ReadHalf),
    Fifo { fifo: Fd<File>, has_writer: bool },
    Gone,
}

impl Real {
    pub(crate) fn open(path: &Path, kind: Kind, record: Rc<Record>) -> io::Result<Self> {
        let input = PortInput::default();
        let line = kind.open(path, &input)?;
        let look_at = CLOCK.now() + LOOK_EVERY;
        Ok(Self { path: path.into(), kind, line, look_at, record, input })
    }

    /// Returns the way back, of a serial port. It leads to the port that is open.
    pub(crate) fn input(&self) -> Option<PortInput> {
        matches!(self.kind, Kind::Tty { .. }).then(|| self.input.clone())
    }

    /// Waits for bytes, and for the line if it is not there.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: bytes are taken only by resolving.
    pub(crate) async fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            match &mut self.line {
                Line::Tty(port) => match port.read(buf).await {
                    Err(serial::Error::Gone) => self.lose(None),
                    read => return Ok(read?),
                },
                Line::Fifo { fifo, has_writer: true } => match fifo.read(buf).await? {
                    // The last writer has left. A descriptor that has seen that
                    // never waits again; a new one does.
                    0 => self.look(),
                    len => {
                        self.record.gps_line(LineState::Open);
                        return Ok(len);
                    }
                },
                Line::Fifo { fifo, has_writer } => match fifo.get_ref().read(buf) {
                    Ok(0) => {
                        self.record.gps_line(LineState::NoWriter);
                        let ready = poll_fn(|cx| fifo.poll_ready(Interest::Read, cx));
                        match CLOCK.timeout_at(self.look_at, ready).await {
                            // Bytes, or a writer that has left already.
                            Ok(ready) => {
                                ready?;
                                *has_writer = true;
                            }
                            // The path may lead to another FIFO by now.
                            Err(_) => self.look(),
                        }
                    }
                    Ok(len) => {
                        *has_writer = true;
                        self.record.gps_line(LineState::Open);
                        return Ok(len);
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        *has_writer = true;
                        self.record.gps_line(LineState::Open);
                    }
                    Err(error) => return Err(error),
                },
                Line::Gone => {
                    CLOCK.sleep_until(self.look_at).await;
                    self.look();
                }
            }
        }
    }

    /// Opens the path anew. What is told of a FIFO comes when it is read.
    fn look(&mut self) {
        self.look_at = CLOCK.now() + LOOK_EVERY;
        match self.kind.open(&self.path, &self.input) {
            Ok(line) => {
                if let Line::Tty(_) = line {
                    self.record.gps_line(LineState::Open);
                }
                self.line = line;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.lose(None),
            Err(error) => self.lose(Some(error.to_string())),
        }
    }

    fn lose(&mut self, why: Option<String>) {
        self.look_at = CLOCK.now() + LOOK_EVERY;
        self.line = Line::Gone;
        self.input.replace(None);
        self.record.gps_line(LineState::Gone(why));
    }
}

impl Kind {
    fn open(self, path: &Path, input: &PortInput) -> io::Result<Line> {
        match self {
            Self::Tty { baud } => match serial::open(path, serial::Settings::new(baud)) {
                Ok(port) => {
                    let (reader, writer) = port.split()?;
                    input.replace(Some(writer));
                    Ok(Line::Tty(reader))
                }
                Err(serial::Error::NoTty(_)) => {
                    Err(io::Error::other("neither a file, a FIFO nor a tty"))
                }
                Err(error) => Err(error.into()),
            },
            Self::Fifo => {
                // Opening does not wait for a writer.
                let flags = OFlags::NONBLOCK.bits().cast_signed();
                let file = File::options().read(true).custom_flags(flags).open(path)?;
                if !file.metadata()?.file_type().is_fifo() {
                    return Err(io::Error::other("no FIFO any more"));
                }
                Ok(Line::Fifo { fifo: Fd::new(file)?, has_writer: false })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::Future;
    use std::os::fd::{AsRawFd, OwnedFd};
    use std::pin::pin;
    use std::process::Command;
    use std::{env, fs, process};

    use serial2::SerialPort;
    use tickwire_exec_std::run;

    use super::*;

    const BAUD: u32 = 9_600;

    /// Reads for two and a half looks. Returns how often that was polled.
    async fn polls(line: &mut Real) -> u32 {
        let polls = Cell::new(0);
        let mut buf = [0; 8];
        let mut read = pin!(line.read(&mut buf));
        let counted = poll_fn(|cx| {
            polls.set(polls.get() + 1);
            read.as_mut().poll(cx)
        });
        let read = CLOCK.timeout(LOOK_EVERY * 5 / 2, counted).await;
        assert!(read.is_err(), "nobody wrote: {read:?}");
        polls.get()
    }

    #[test]
    fn a_tty_that_is_gone_is_not_looked_for_in_a_spin() {
        let (far, near) = SerialPort::pair().unwrap();
        let near = File::from(OwnedFd::from(near));
        let path = fs::read_link(format!("/proc/self/fd/{}", near.as_raw_fd())).unwrap();
        let record = Rc::new(Record::new(false));
        let mut line = Real::open(&path, Kind::Tty { baud: BAUD }, record.clone()).unwrap();
        drop((far, near));
        let polls = run(async |_| polls(&mut line).await);
        assert!((2..=20).contains(&polls), "{polls}");
        assert!(matches!(record.gps_line_state(), LineState::Gone(_)));
    }

    #[test]
    fn a_fifo_whose_writer_has_left_is_not_read_in_a_spin() {
        let path = env::temp_dir().join(format!("tickwire-station-{}", process::id()));
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let record = Rc::new(Record::new(false));
        let mut line = Real::open(&path, Kind::Fifo, record.clone()).unwrap();
        run(async |_| {
            // Nobody was there yet; somebody comes and leaves; nobody comes back.
            for _ in 0..2 {
                let polls = polls(&mut line).await;
                assert!((2..=20).contains(&polls), "{polls}");
                assert_eq!(record.gps_line_state(), LineState::NoWriter);
                drop(File::options().write(true).open(&path).unwrap());
            }
            fs::remove_file(&path).unwrap();
            let polls = polls(&mut line).await;
            assert!((2..=20).contains(&polls), "{polls}");
            assert_eq!(record.gps_line_state(), LineState::Gone(None));
        });
    }
}
