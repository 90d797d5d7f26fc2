//! The station's devices, as parts of a board.

mod controls;
mod dimmer;
mod file;
mod lines;
mod parts;
mod watched;

use std::error::Error;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tickwire_drivers::hd44780::{FourBit, Pcf8574};
use tickwire_exec_std::StdClock;
use tickwire_exec_std::gpio::{self, Bias, Input, InputSettings, Output, OutputSettings};
use tickwire_exec_std::i2c::{self, Bus};
use tickwire_station::{Commands, Parts, Pulses};

use crate::gps_line::{GpsLine, Source};
use crate::record::Record;
use crate::world::{CommandPart, Hand, World};
use controls::BoardControls;
use file::{Backpack, DisplayLines, File, Gps, Line};
use lines::{Contact, Lines};
use parts::{Glass, SensorBus, Wires};
use watched::Watched;

/// What the station is given.
pub(crate) type BoardParts = Parts<
    Contact,
    SensorBus,
    Glass,
    GpsLine,
    StdClock,
    BoardControls,
    Option<Pulses<Contact>>,
    CommandPart,
>;

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
    let File { button, climate, display, gps, knob, remote, brightness } = file::read(path)?;
    let mut buses = Buses { open: Vec::new(), record };
    let button = opened(path, "button", button.map(open_button))?;
    let sensor = opened(path, "climate", climate.map(|it| buses.open(&it.bus)))?;
    let wires = opened(path, "display", display.map(|it| open_display(it, &mut buses)))?;
    let pps = gps.as_ref().and_then(|it| it.pps.as_ref()).map(|it| open_contact(it, false));
    let pps = opened(path, "gps", pps)?.map(|line| Pulses { line });
    let gps = opened(path, "gps", gps.map(|it| open_gps(it, record)))?;
    let commands = gps.as_ref().and_then(GpsLine::input).map(|line| Commands { line });
    let mut controls = controls::open(path, knob, remote, brightness)?;

    let is_there = [
        ("button", button.is_some()),
        ("climate", sensor.is_some()),
        ("display", wires.is_some()),
        ("gps", gps.is_some()),
        ("knob", controls.knob.is_some()),
        ("remote", controls.remote.is_some()),
        ("brightness", controls.dimmer.is_some()),
    ];
    for (part, _) in is_there.into_iter().filter(|(_, is_there)| !is_there) {
        record.lacks(part);
    }
    // Without a screen, there are no keys.
    let hand = if is_drawn { controls::add_keys(&mut controls) } else { Hand::default() };
    let (world, keys, shown) = World::of_board(button.is_none(), hand);
    let parts = Parts {
        button: button.unwrap_or(Lines::Keys(keys)),
        i2c: SensorBus(sensor),
        lcd: Glass { wires, shown: is_drawn.then_some(shown) },
        gps: gps.unwrap_or(GpsLine::Absent),
        pps,
        commands,
        clock: StdClock::new(),
        controls,
    };
    Ok((world, parts))
}

/// Names the file and the part of an error.
fn opened<T, E: Display>(
    path: &Path,
    part: &str,
    result: Option<Result<T, E>>,
) -> Result<Option<T>, String> {
    result.transpose().map_err(|error| format!("{}: {part}: {error}", path.display()))
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

fn open_button(button: file::Button) -> Result<Contact, gpio::Error> {
    open_contact(&button.line, button.pull_up)
}

fn open_contact(line: &Line, pull_up: bool) -> Result<Contact, gpio::Error> {
    let input = Input::open(&line.find()?, settings(pull_up))?;
    Ok(Lines::Real(Box::new(input)))
}

fn settings(pull_up: bool) -> InputSettings {
    InputSettings { bias: pull_up.then_some(Bias::PullUp), ..InputSettings::DEFAULT }
}

fn open_display(display: file::Display, buses: &mut Buses<'_>) -> Result<Wires, Box<dyn Error>> {
    match display {
        file::Display::Lines(DisplayLines { rs, e, d4, d5, d6, d7 }) => {
            let open = |line: Line| Output::open(&line.find()?, OutputSettings::DEFAULT);
            let (rs, e, d4, d5) = (open(rs)?, open(e)?, open(d4)?, open(d5)?);
            let lines = FourBit::new(rs, e, d4, d5, open(d6)?, open(d7)?);
            Ok(Wires::Lines(Box::new(lines)))
        }
        file::Display::Backpack(Backpack { bus, address }) => {
            let bus = buses.open(&bus)?;
            Ok(Wires::Backpack(Pcf8574::new(bus).with_address(address.0)))
        }
    }
}

fn open_gps(gps: Gps, record: &Rc<Record>) -> Result<GpsLine, String> {
    let source = Source { baud: gps.baud.get(), fast: false };
    let opened = GpsLine::open(&gps.port, source, record.clone());
    opened.map_err(|error| format!("{}: {error}", gps.port.display()))
}
