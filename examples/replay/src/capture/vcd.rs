//! Captures as VCD files (IEEE 1364, clause 18).

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use vcd::{Command, IdCode, ParseError, Parser};

use super::signals::{Signal, Signals};
use super::{LONGEST, Sample, Value, unit};
use crate::failure::{Failure, quoted};

/// One signal of a VCD file.
pub(super) struct Vcd {
    parser: Parser<Bounded>,
    id: IdCode,
    /// In femtoseconds.
    tick: u128,
    now: i64,
    /// How many times were read.
    number: u64,
}

/// A file of which the parser takes no more than [`LONGEST`] bytes at a time, and
/// which keeps the start of the present line.
struct Bounded {
    // The parser wants a line end, which not every writer puts behind the last line.
    file: io::Chain<BufReader<File>, &'static [u8]>,
    left: usize,
    line: Vec<u8>,
    is_line_over: bool,
}

/// The most bytes of a line that are kept.
const KEPT: usize = 200;

/// The deepest scope that is followed.
const DEEPEST: usize = 100;

impl Vcd {
    pub(super) fn open<V: Value>(file: BufReader<File>, asked: &Signal) -> Result<Self, Failure> {
        let file = file.chain(&b"\n"[..]);
        let bounded = Bounded { file, left: 0, line: Vec::new(), is_line_over: false };
        let mut parser = Parser::new(bounded);
        let mut search = Search::new(asked, V::has);
        let mut timescale = None;
        loop {
            let Some(command) = command(&mut parser).map_err(Failure::Capture)? else {
                return Err(Failure::Capture("the file ends before $enddefinitions".into()));
            };
            match command {
                Command::Enddefinitions => break,
                Command::Timescale(count, unit) => timescale = Some((count, unit)),
                Command::ScopeDef(_, name) if search.scopes.len() < DEEPEST => search.enter(&name),
                Command::ScopeDef(..) => {
                    let message = format!("line {}: scopes are too deep", parser.line());
                    return Err(Failure::Capture(message));
                }
                Command::Upscope => search.leave(),
                Command::VarDef(_, bits, id, name, index) => {
                    let index = index.map_or(String::new(), |index| index.to_string());
                    search.look_at(&name, &index, bits, id);
                }
                Command::Comment(_) | Command::Date(_) | Command::Version(_) => {}
                _ => {
                    let line = quoted(parser.reader().line.trim_ascii());
                    let message = format!("line {}: no definition: {line}", parser.line());
                    return Err(Failure::Capture(message));
                }
            }
        }
        let (count, unit) =
            timescale.ok_or_else(|| Failure::Capture("it has no timescale".into()))?;
        let id = search.found()?;
        let tick = u128::from(count) * (1_000_000_000_000_000 / u128::from(unit.divisor()));
        Ok(Self { parser, id, tick, now: 0, number: 0 })
    }

    pub(super) fn next<V: Value>(&mut self) -> Result<Option<Sample<V>>, String> {
        while let Some(command) = command(&mut self.parser)? {
            let value = match command {
                Command::Timestamp(ticks) => {
                    let late = || {
                        let line = quoted(self.parser.reader().line.trim_ascii());
                        format!("line {}: too late: {line}", self.parser.line())
                    };
                    self.number += 1;
                    self.now = unit::of_ticks(ticks, self.tick).ok_or_else(late)?;
                    Ok(None)
                }
                Command::ChangeScalar(id, bit) if id == self.id => V::of_bits(&[bit]),
                Command::ChangeVector(id, bits) if id == self.id => {
                    V::of_bits(&bits.iter().collect::<Vec<_>>())
                }
                Command::ChangeReal(id, real) if id == self.id => V::of_real(real),
                _ => continue,
            };
            let value = value.map_err(|what| format!("line {}: {what}", self.parser.line()))?;
            return Ok(Some(Sample { at: self.now, value, number: self.number }));
        }
        Ok(None)
    }

    /// Returns the number and the start of the present line.
    pub(super) fn line(&mut self) -> (u64, &[u8]) {
        (self.parser.line(), &self.parser.reader().line)
    }
}

/// Reads the next command.
fn command(parser: &mut Parser<Bounded>) -> Result<Option<Command>, String> {
    parser.reader().left = LONGEST;
    let command = parser.next().transpose();
    command.map_err(|error| {
        let parsed = error.get_ref().and_then(|error| error.downcast_ref::<ParseError>());
        let what = parsed.map_or_else(|| error.to_string(), |error| error.kind().to_string());
        let line = quoted(parser.reader().line.trim_ascii());
        format!("line {}: {what}: {line}", parser.line())
    })
}

/// The search for a signal, by its name, its path with dots, or its number.
struct Search<'a> {
    asked: &'a Signal,
    /// Whether a signal of so many bits is wanted.
    has: fn(u32) -> bool,
    scopes: Vec<String>,
    /// The signals that may be wanted.
    signals: Signals,
    /// Those of the name that is asked for, told apart by code, with their bits.
    named: Vec<(IdCode, u32)>,
    /// That of the number that is asked for.
    numbered: Option<IdCode>,
}

impl<'a> Search<'a> {
    fn new(asked: &'a Signal, has: fn(u32) -> bool) -> Self {
        let (scopes, named) = (Vec::new(), Vec::new());
        Self { asked, has, scopes, signals: Signals::default(), named, numbered: None }
    }

    fn enter(&mut self, scope: &str) {
        self.scopes.push(scope.to_owned());
    }

    fn leave(&mut self) {
        self.scopes.pop();
    }

    fn look_at(&mut self, name: &str, index: &str, bits: u32, id: IdCode) {
        let indexed = format!("{name}{index}");
        let path = self.scopes.iter().map(String::as_str).chain([&*indexed]);
        let path = path.collect::<Vec<_>>().join(".");
        if let Signal::Named(wanted) = self.asked {
            let is_wanted = [name, &*indexed, &*path].contains(&wanted.as_str())
                || path.strip_suffix(index) == Some(wanted.as_str());
            // One that goes through several scopes is one: it has one code. Of
            // several, two are enough to know.
            if is_wanted && self.named.len() < 2 && !self.named.contains(&(id, bits)) {
                self.named.push((id, bits));
            }
        }
        if (self.has)(bits) {
            let number = self.signals.add(&path);
            let wanted = match self.asked {
                Signal::Any => Some(1),
                Signal::Numbered(number) => Some(*number),
                Signal::Named(name) => name.parse().ok(),
            };
            if wanted == Some(number) {
                self.numbered = Some(id);
            }
        }
    }

    fn found(self) -> Result<IdCode, Failure> {
        let name = match self.asked {
            Signal::Named(name) => quoted(name.as_bytes()),
            Signal::Any | Signal::Numbered(_) => String::new(),
        };
        match self.named[..] {
            [(id, bits)] if (self.has)(bits) => Ok(id),
            [(_, 1)] => Err(Failure::Usage(format!("signal {name} has one bit"))),
            [(_, bits)] => Err(Failure::Usage(format!("signal {name} has {bits} bits"))),
            [_, _, ..] => Err(Failure::Usage(format!(
                "there are several signals {name}: name it with its scopes",
            ))),
            // One that is not asked for is found if it is the only one.
            [] => self
                .numbered
                .filter(|_| !matches!(self.asked, Signal::Any) || self.signals.count() == 1)
                .ok_or_else(|| self.signals.unknown(self.asked)),
        }
    }
}

impl Read for Bounded {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buf)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Bounded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.file.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            let message = format!("a command of more than {LONGEST} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, length: usize) {
        let bytes = self.file.fill_buf().unwrap_or_default();
        for byte in bytes.iter().take(length) {
            if self.is_line_over {
                self.line.clear();
            }
            self.is_line_over = *byte == b'\n';
            if self.line.len() < KEPT {
                self.line.push(*byte);
            }
        }
        self.left = self.left.saturating_sub(length);
        self.file.consume(length);
    }
}
