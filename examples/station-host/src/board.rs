//! The station's devices, as parts of a board.

mod file;
mod parts;
mod watched;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use tickwire_drivers::hd44780::{FourBit, Pcf8574};
use tickwire_exec_std::StdClock;
use tickwire_exec_std::gpio::{Bias, Error, Input, InputSettings, Output, OutputSettings};
use tickwire_exec_std::i2c::{self, Bus};
use tickwire_station::Parts;

use crate::gps_line::{GpsLine, Source};
use crate::record::Record;
use crate::world::World;
use file::{DisplayLines, Line};
use parts::{Button, Glass, SensorBus, Wires};
use watched::Watched;

/// What the station is given.
pub(crate) type BoardParts = Parts<Button, SensorBus, Glass, GpsLine, StdClock>;

/// Opens the parts that the file at `path` names. `record` is told which are not there.
///
/// # Errors
///
/// Why a part cannot be opened, in one line. Nothing is left claimed.
pub(crate) fn open(
    path: &Path,
    record: &Rc<Record>,
    is_drawn: bool,
) -> Result<(World, BoardParts), String> {
    let file = file::read(path)?;
    let mut buses = Buses { open: Vec::new(), record };
    let of =
        |part: &'static str| move |error: String| format!("{}: {part}: {error}", path.display());
    let (button, bus, display, gps) = (file.button, file.climate, file.display, file.gps);

    let line = button.as_ref().map(open_button).transpose().map_err(text).map_err(of("button"))?;
    let sensor = bus.as_ref().map(|it| buses.open(&it.bus)).transpose();
    let sensor = sensor.map_err(text).map_err(of("climate"))?;
    let wires = match &display {
        Some(file::Display::Lines(lines)) => {
            Some(open_lines(lines).map_err(text).map_err(of("display"))?)
        }
        Some(file::Display::Backpack(it)) => {
            let bus = buses.open(&it.bus).map_err(text).map_err(of("display"))?;
            Some(Wires::Backpack(Pcf8574::new(bus).with_address(it.address.0)))
        }
        None => None,
    };
    let gps = match &gps {
        Some(it) => {
            let source = Source { baud: it.baud.get(), fast: false };
            let opened = GpsLine::open(&it.port, source, record.clone());
            opened.map_err(|e| format!("{}: {e}", it.port.display())).map_err(of("gps"))?
        }
        None => GpsLine::Absent,
    };
    let is_there = [
        ("button", line.is_some()),
        ("climate", sensor.is_some()),
        ("display", wires.is_some()),
        ("gps", !matches!(gps, GpsLine::Absent)),
    ];
    for (part, _) in is_there.into_iter().filter(|(_, is_there)| !is_there) {
        record.lacks(part);
    }
    let (world, keys, shown) = World::of_board(line.is_none());
    let parts = Parts {
        button: line.map_or_else(|| Button::Keys(keys), |it| Button::Line(Box::new(it))),
        i2c: SensorBus(sensor),
        lcd: Glass { wires, shown: is_drawn.then_some(shown) },
        gps,
        clock: StdClock::new(),
    };
    Ok((world, parts))
}

/// The buses that are open, so that two devices share one.
struct Buses<'a> {
    open: Vec<(PathBuf, Bus)>,
    record: &'a Rc<Record>,
}

impl Buses<'_> {
    fn open(&mut self, path: &Path) -> Result<Watched, i2c::Error> {
        let open = self.open.iter().find(|(it, _)| it == path).map(|(_, bus)| bus.clone());
        let bus = open.map_or_else(|| Bus::open(path), Ok)?;
        self.open.push((path.to_owned(), bus.clone()));
        Ok(Watched { bus, record: self.record.clone() })
    }
}

fn open_button(button: &file::Button) -> Result<Input, Error> {
    let bias = button.pull_up.then_some(Bias::PullUp);
    Input::open(&button.line.find()?, InputSettings { bias, ..InputSettings::DEFAULT })
}

fn open_lines(lines: &DisplayLines) -> Result<Wires, Error> {
    let open = |line: &Line| Output::open(&line.find()?, OutputSettings::DEFAULT);
    let DisplayLines { rs, e, d4, d5, d6, d7 } = lines;
    let (rs, e, d4, d5) = (open(rs)?, open(e)?, open(d4)?, open(d5)?);
    let lines = FourBit::new(rs, e, d4, d5, open(d6)?, open(d7)?);
    Ok(Wires::Lines(Box::new(lines)))
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
