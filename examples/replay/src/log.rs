//! Texts whose lines begin with a time, and of which a malformed line is counted.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::capture::{Lines, Unit, fields, is_comment, is_time, labels, opened};
use crate::failure::{Failure, note, quoted};

/// What is in the lines of a [`Log`].
pub(crate) trait Rows {
    /// What a line says.
    type Row;

    /// What there is none of in an empty log.
    const NAME: &'static str;

    /// Takes a header: the words behind that of the time.
    fn header(&mut self, header: Header<'_>) -> Result<(), String>;

    /// Reads the fields behind the time.
    fn row(&mut self, fields: &[&str]) -> Result<Self::Row, String>;
}

/// The words that say what the columns are.
pub(crate) enum Header<'a> {
    /// In a comment. More words may follow.
    Comment(&'a [&'a str]),
    /// In a line of its own.
    Labels(&'a [&'a str]),
}

/// A text, read line by line in constant memory.
///
/// The lines of an analyzer that are cut or garbled do not hide the others: they are noted on
/// standard error, counted, and left out. So is one whose time is wrong. Where time goes back, the
/// line after that tells which of the two it is: a garbled time that lies ahead would make all
/// that follow too early. Two of them with at most one line in between, in order, still do.
pub(crate) struct Log<R: Rows> {
    rows: R,
    lines: Lines<BufReader<File>>,
    file: String,
    unit: Unit,
    /// The time of the row that was returned last.
    last: i64,
    /// Is returned when a row follows that is not before it.
    held: Option<Timed<R::Row>>,
    /// The row behind `held`, if it is before it. One of the two is wrong.
    early: Option<Timed<R::Row>>,
    /// Is returned after `held`: nothing can be read any more.
    failure: Option<Failure>,
    /// Whether no row was read, so that a header may follow.
    is_start: bool,
    bad: u64,
}

/// What a line says, and where it is.
struct Timed<T> {
    nanos: i64,
    row: T,
    line: u64,
    text: String,
}

/// Why a line is no row.
enum Refusal {
    /// The line is left out.
    Line(String),
    /// Nothing can be read.
    Header(String),
}

/// The most malformed lines that are noted. The others are only counted.
const NOTED: u64 = 8;

impl<R: Rows + Default> Log<R> {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let file = path.display().to_string();
        let reader =
            opened(path).map_err(|error| Failure::Capture(error.to_string()).in_file(&file))?;
        Ok(Self {
            rows: R::default(),
            lines: Lines::new(reader),
            file,
            unit: Unit::MICROSECONDS,
            last: i64::MIN,
            held: None,
            early: None,
            failure: None,
            is_start: true,
            bad: 0,
        })
    }
}

impl<R: Rows> Log<R> {
    /// Returns the next row, with its time in nanoseconds; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(i64, R::Row)>, Failure> {
        while self.advance() {
            match self.read() {
                Ok(None) => {}
                Ok(Some(row)) => {
                    if let Some(before) = self.follow(row) {
                        return Ok(Some(self.returned(before)));
                    }
                }
                Err(Refusal::Header(message)) => return Err(self.failure(message)),
                Err(Refusal::Line(message)) => self.leave_out(&message),
            }
        }
        let early = self.early.take();
        self.leave_out_time(early, "time goes back");
        if let Some(held) = self.held.take() {
            return Ok(Some(self.returned(held)));
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.is_start {
            let message = format!("an empty capture: there is no {} in it", R::NAME);
            return Err(self.failure(message));
        }
        Ok(None)
    }

    /// Reads the next line; none at the end, and after a failure.
    fn advance(&mut self) -> bool {
        if self.failure.is_some() {
            return false;
        }
        self.lines.advance().unwrap_or_else(|message| {
            self.failure = Some(self.failure(message));
            false
        })
    }

    /// Returns the number of malformed lines.
    pub(crate) fn bad(&self) -> u64 {
        self.bad
    }

    /// Fails if a line was malformed.
    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        match self.bad {
            0 => Ok(()),
            1 => Err(self.failure("1 malformed line was left out".into())),
            bad => Err(self.failure(format!("{bad} malformed lines were left out"))),
        }
    }

    /// Takes the next row. Returns the one that is known to be right by it.
    fn follow(&mut self, row: Timed<R::Row>) -> Option<Timed<R::Row>> {
        let Some(held) = self.held.take() else {
            self.held = Some(row);
            return None;
        };
        if row.nanos >= held.nanos {
            let early = self.early.take();
            self.leave_out_time(early, "time goes back");
            self.held = Some(row);
            return Some(held);
        }
        if row.nanos < self.last {
            self.held = Some(held);
            self.leave_out_time(Some(row), "time goes back");
            return None;
        }
        let Some(early) = self.early.take() else {
            (self.held, self.early) = (Some(held), Some(row));
            return None;
        };
        // Two rows in succession are before it.
        self.leave_out_time(Some(held), "time is after that of the next two lines");
        self.held = Some(early);
        self.follow(row)
    }

    fn leave_out_time(&mut self, row: Option<Timed<R::Row>>, why: &str) {
        if let Some(Timed { line, text, .. }) = row {
            self.leave_out(&format!("line {line}: {why}: {text}"));
        }
    }

    fn returned(&mut self, row: Timed<R::Row>) -> (i64, R::Row) {
        self.last = row.nanos;
        (row.nanos, row.row)
    }

    fn leave_out(&mut self, why: &str) {
        self.bad += 1;
        match self.bad {
            ..=NOTED => note(format_args!("{}: {why}", self.file)),
            _ if self.bad == NOTED + 1 => {
                note(format_args!("{}: more malformed lines follow", self.file));
            }
            _ => {}
        }
    }

    /// Reads the present line; none if it is a comment or a header.
    fn read(&mut self) -> Result<Option<Timed<R::Row>>, Refusal> {
        let number = self.lines.line().0;
        let line = self.lines.text().map_err(Refusal::Line)?;
        let said = |what| format!("line {number}: {what}");
        let bad = |what| Refusal::Line(said(what));
        let wrong = |what| Refusal::Header(said(what));
        if is_comment(line) {
            let words: Vec<_> = line.split_whitespace().map(bare).collect();
            let time = words.iter().position(|word| unit_of(word).is_some());
            if let Some((time, behind)) = time.and_then(|at| words.get(at..)?.split_first())
                && self.is_start
            {
                self.unit = unit_of(time).unwrap_or(self.unit);
                self.rows.header(Header::Comment(behind)).map_err(wrong)?;
            }
            return Ok(None);
        }
        if self.is_start && line.starts_with(|first: char| first.is_alphabetic() || first == '"') {
            let labels = labels(line);
            let (time, behind) = labels.split_first().ok_or_else(|| bad("no label".into()))?;
            if !is_time(time) && !time.starts_with("start") {
                let time = quoted(time.as_bytes());
                return Err(wrong(format!("the first column, {time}, is not labelled as a time")));
            }
            self.unit = Unit::of_label(time).unwrap_or(self.unit);
            self.rows.header(Header::Labels(behind)).map_err(wrong)?;
            return Ok(None);
        }
        let fields = fields(line);
        let (time, behind) = fields.split_first().ok_or_else(|| bad("no time".into()))?;
        let nanos = self.unit.nanos(time).ok_or_else(|| {
            bad(format!("{} is not a time in {}", quoted(time.as_bytes()), self.unit))
        })?;
        let row = self.rows.row(behind).map_err(bad)?;
        self.is_start = false;
        Ok(Some(Timed { nanos, row, line: number, text: quoted(line.as_bytes()) }))
    }

    fn failure(&self, message: String) -> Failure {
        Failure::Capture(message).in_file(&self.file)
    }
}

/// Returns the unit of a word like `time_us` or `start_us`.
fn unit_of(word: &str) -> Option<Unit> {
    let unit = word.strip_prefix("time_").or_else(|| word.strip_prefix("start_"))?;
    Unit::named(unit)
}

/// Returns a word of a sentence without what is around it.
fn bare(word: &str) -> &str {
    word.trim_matches(['.', ',', ':', ';', '#', '`', '"'])
}
