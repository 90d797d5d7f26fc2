//! Reading what a logic analyser wrote, a change at a time.

mod fields;
mod layout;
mod samples;
mod signals;
mod text;
mod unit;
mod value;
mod vcd;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use embedded_hal::digital::PinState;
use tickwire_sim::uart::Nanos;

use crate::failure::{Failure, note, quoted};
use text::Text;
use vcd::Vcd;

pub(crate) use fields::{Lines, fields, is_comment, labels};
pub(crate) use signals::Signal;
pub(crate) use text::is_time;
pub(crate) use unit::Unit;
pub(crate) use value::{Number, Value};

/// A file, and which of its signals is wanted.
pub(crate) struct Source {
    pub(crate) file: PathBuf,
    pub(crate) signal: Signal,
    /// The unit of the times, if the file is not to be asked.
    pub(crate) unit: Option<Unit>,
}

/// One signal of a capture. It is read as it is asked for, in constant memory.
pub(crate) struct Capture<V = PinState> {
    form: Form,
    file: String,
    /// The line or command that was read ahead, at opening.
    ahead: Option<Sample<V>>,
    last: i64,
    origin: i64,
    has_value: bool,
    /// The number of the moment that was returned last.
    number: u64,
}

/// When a level changed: changes of several signals with one time may still have an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    pub(crate) at: Nanos,
    /// The number of the line of a text, or of the time of a VCD file.
    number: u64,
}

/// What a capture says of one moment.
#[derive(Clone, Copy)]
pub(crate) struct Sample<V> {
    /// In nanoseconds, as the file counts them.
    at: i64,
    /// None where it is unknown, floating, or that of another signal: it is what it
    /// was.
    value: Option<V>,
    /// See [`Moment`].
    number: u64,
}

enum Form {
    Text(Text),
    Vcd(Vcd),
}

/// The longest line of text or command of a VCD file.
const LONGEST: usize = 1 << 20;

/// Times in nanoseconds are within 146 years of zero, so that more can come after.
const LONGEST_NANOS: i64 = i64::MAX / 2;

impl<V: Value> Capture<V> {
    /// Opens a file, finds the signal in it, and reads until the first moment.
    pub(crate) fn open(source: &Source) -> Result<Self, Failure> {
        let file = source.file.display().to_string();
        let mut capture = Form::open::<V>(source)
            .map(|form| Self {
                form,
                file: file.clone(),
                ahead: None,
                last: i64::MIN,
                origin: 0,
                has_value: false,
                number: 0,
            })
            .map_err(|failure| failure.in_file(&file))?;
        capture.ahead = capture.read()?;
        let first = capture.ahead.map_or(0, |sample| sample.at);
        capture.origin = first.div_euclid(1_000).min(0);
        Ok(capture)
    }

    /// Returns the next moment, counted from [`origin`](Self::origin), and what is
    /// known of the signal from it on; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(Nanos, Option<V>)>, Failure> {
        let sample = match self.ahead.take() {
            Some(sample) => Some(sample),
            None => self.read()?,
        };
        let Some(Sample { at, value, number }) = sample else {
            return if self.has_value {
                Ok(None)
            } else {
                Err(self.failure(format!("an empty capture: there is no {} in it", V::NAME)))
            };
        };
        self.has_value |= value.is_some();
        self.number = number;
        let since_origin = at - self.origin * 1_000;
        Ok(Some((Nanos(since_origin.cast_unsigned()), value)))
    }

    /// Returns the moment that was returned last, at `at`.
    pub(crate) fn moment(&self, at: Nanos) -> Moment {
        Moment { at, number: self.number }
    }

    /// Returns the time of the file, in microseconds, that counts as zero: zero, or
    /// the first one if it is before that.
    pub(crate) fn origin(&self) -> i64 {
        self.origin
    }

    fn read(&mut self) -> Result<Option<Sample<V>>, Failure> {
        let sample = match &mut self.form {
            Form::Text(text) => text.next(),
            Form::Vcd(vcd) => vcd.next(),
        };
        let Some(sample) = sample.map_err(|message| self.failure(message))? else {
            return Ok(None);
        };
        if let Form::Text(text) = &mut self.form
            && let Some(doubt) = text.take_doubt()
        {
            note(format_args!("{}: {doubt}", self.file));
        }
        if sample.at < self.last {
            let (line, found) = self.form.line();
            let found = quoted(found.trim_ascii());
            return Err(self.failure(format!("line {line}: time goes back: {found}")));
        }
        self.last = sample.at;
        Ok(Some(sample))
    }

    /// Returns a failure in the line that was read last.
    pub(crate) fn failure_here(&mut self, message: String) -> Failure {
        let (line, _) = self.form.line();
        self.failure(format!("line {line}: {message}"))
    }

    fn failure(&self, message: String) -> Failure {
        Failure::Capture(message).in_file(&self.file)
    }
}

impl Form {
    fn open<V: Value>(source: &Source) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| Failure::Capture(error.to_string());
        let mut file = opened(&source.file).map_err(unreadable)?;
        let start = file.fill_buf().map_err(unreadable)?;
        let has_command = start.trim_ascii_start().starts_with(b"$");
        // The commands of a VCD file are in small letters.
        let is_nmea = matches!(start, [b'$', b'A'..=b'Z', ..]);
        if is_vcd(&source.file) {
            return Ok(Self::Vcd(Vcd::open::<V>(file, &source.signal)?));
        }
        if is_nmea {
            return Err(Failure::Capture(
                "NMEA text, not a capture: nmea reads it without --signal, --column, --unit and \
                 --pps"
                    .into(),
            ));
        }
        if !has_command {
            return Ok(Self::Text(Text::open::<V>(file, source)?));
        }
        let vcd = Vcd::open::<V>(file, &source.signal).map_err(|failure| match failure {
            Failure::Capture(message) => Failure::Capture(format!(
                "taken for a VCD file because it begins with $: {message}",
            )),
            other => other,
        });
        Ok(Self::Vcd(vcd?))
    }

    /// Returns the number and the bytes of the last line.
    fn line(&mut self) -> (u64, &[u8]) {
        match self {
            Self::Text(text) => text.line(),
            Self::Vcd(vcd) => vcd.line(),
        }
    }
}

/// Opens a file, behind a mark of the byte order.
pub(crate) fn opened(path: &Path) -> io::Result<BufReader<File>> {
    let mut file = BufReader::new(File::open(path)?);
    if file.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
        file.consume('\u{feff}'.len_utf8());
    }
    Ok(file)
}

/// Refuses a file that cannot be read once for each signal, such as a pipe: each reader would see
/// another part of it.
pub(crate) fn check_is_lasting(path: &Path) -> Result<(), Failure> {
    // What cannot be opened is told by whoever opens it.
    let is_lasting = path.metadata().map_or(true, |file| file.is_file() || file.is_dir());
    let message = || "not a file: a pipe cannot be read once for each signal".into();
    let failure = || Failure::Capture(message()).in_file(&path.display().to_string());
    if is_lasting { Ok(()) } else { Err(failure()) }
}

/// Whether a file is a VCD file, by its name.
pub(crate) fn is_vcd(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("vcd"))
}
