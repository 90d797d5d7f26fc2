//! The file that says where the parts of a board are.

mod brightness;
mod controls;

use std::fmt;
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use tickwire_exec_std::gpio;

use crate::options::USUAL_BAUD;
pub(crate) use brightness::{Brightness, Potentiometer};
pub(crate) use controls::{Knob, Remote};

/// Where the parts of a board are. A board may lack any of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) button: Option<Button>,
    pub(crate) climate: Option<Climate>,
    pub(crate) display: Option<Display>,
    pub(crate) gps: Option<Gps>,
    pub(crate) knob: Option<Knob>,
    pub(crate) remote: Option<Remote>,
    pub(crate) brightness: Option<Brightness>,
}

/// A button to ground.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
pub(crate) struct Button {
    pub(crate) line: Line,
    /// Whether the chip's own resistor is switched on.
    #[serde(default = "yes", rename = "pull-up")]
    pub(crate) pull_up: bool,
}

/// An HTU21D.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
pub(crate) struct Climate {
    pub(crate) bus: PathBuf,
}

/// An HD44780 display.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Ways")]
pub(crate) enum Display {
    Lines(DisplayLines),
    Backpack(Backpack),
}

/// The ways to a display, of which it has one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
struct Ways {
    lines: Option<DisplayLines>,
    backpack: Option<Backpack>,
}

/// The lines of a display whose R/W is grounded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
pub(crate) struct DisplayLines {
    pub(crate) rs: Line,
    pub(crate) e: Line,
    pub(crate) d4: Line,
    pub(crate) d5: Line,
    pub(crate) d6: Line,
    pub(crate) d7: Line,
}

/// A PCF8574 at a display.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
pub(crate) struct Backpack {
    pub(crate) bus: PathBuf,
    #[serde(default)]
    pub(crate) address: Address,
}

/// A GPS receiver.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
pub(crate) struct Gps {
    pub(crate) port: PathBuf,
    #[serde(default = "usual_baud")]
    pub(crate) baud: NonZeroU32,
    /// The line with its pulses, if it is connected.
    pub(crate) pps: Option<Line>,
}

/// A GPIO line: its name, or its chip and offset.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    Named(String),
    At(Place),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    chip: PathBuf,
    offset: u32,
}

/// An address of seven bits that no bus reserves.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Address(pub(crate) u8);

/// No board file is as long.
const MOST_BYTES: u64 = 64 * 1024;

/// Reads the file at `path`.
///
/// # Errors
///
/// What is wrong with it, in one line.
pub(crate) fn read(path: &Path) -> Result<File, String> {
    let shown = path.display();
    let is_short = |it: fs::Metadata| it.is_file() && it.len() <= MOST_BYTES;
    let text = match fs::metadata(path).map(is_short) {
        Ok(false) => return Err(format!("{shown}: not a file of at most {MOST_BYTES} bytes")),
        Ok(true) => fs::read_to_string(path),
        Err(error) => Err(error),
    };
    parse(&text.map_err(|error| format!("{shown}: {error}"))?)
        .map_err(|(line, why)| format!("{shown}:{line}: {why}"))
}

/// Parses a board file.
///
/// # Errors
///
/// The number of the line, and what is wrong there.
fn parse(text: &str) -> Result<File, (usize, String)> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.as_bytes().iter().take(start);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        (line, error.message().lines().collect::<Vec<_>>().join("; "))
    })
}

impl Line {
    /// Finds the line.
    pub(crate) fn find(&self) -> Result<gpio::Line, gpio::Error> {
        match self {
            Self::Named(name) => gpio::Line::named(name),
            Self::At(Place { chip, offset }) => Ok(gpio::Line::at(chip, *offset)),
        }
    }
}

impl Default for Address {
    /// That of most backpacks.
    fn default() -> Self {
        Self(0x27)
    }
}

impl TryFrom<i64> for Address {
    type Error = String;

    fn try_from(address: i64) -> Result<Self, String> {
        let address = u8::try_from(address).ok().filter(|it| (0x08..=0x77).contains(it));
        address.map(Self).ok_or_else(|| "an address is between 0x08 and 0x77".to_owned())
    }
}

impl TryFrom<Ways> for Display {
    type Error = &'static str;

    fn try_from(ways: Ways) -> Result<Self, &'static str> {
        match (ways.lines, ways.backpack) {
            (Some(lines), None) => Ok(Self::Lines(lines)),
            (None, Some(backpack)) => Ok(Self::Backpack(backpack)),
            _ => Err("a display has either `lines` or a `backpack`"),
        }
    }
}

/// Written by hand: a derived one could only say that no variant fits.
impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Line;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a line's name, or { chip = \"/dev/gpiochip0\", offset = 17 }")
            }

            fn visit_str<E>(self, name: &str) -> Result<Line, E> {
                Ok(Line::Named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Line, A::Error> {
                Place::deserialize(MapAccessDeserializer::new(map)).map(Line::At)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

fn yes() -> bool {
    true
}

fn usual_baud() -> NonZeroU32 {
    NonZeroU32::new(USUAL_BAUD).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests;
