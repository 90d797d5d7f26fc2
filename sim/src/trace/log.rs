//! What a trace has recorded.

use std::io;

use embedded_hal::digital::PinState;
use tickwire_traits::Instant;
use vcd::{IdCode, VarType};

/// The signals of a trace, and their changes.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) signals: Vec<Signal>,
    /// By signal; the changes of one signal are in order.
    pub(super) changes: Vec<(Instant, usize, Value)>,
}

#[derive(Debug)]
pub(super) struct Signal {
    pub(super) name: String,
    /// The time and value before all changes that are kept.
    pub(super) since: Instant,
    pub(super) initial: Value,
}

/// A value of a signal, of which the kind never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Level(PinState),
    /// `None` before the first one.
    Number(Option<u32>),
}

impl Log {
    /// Adds a signal. Returns its index.
    pub(super) fn add(&mut self, name: &str, initial: Value) -> usize {
        let name = self.unique(name);
        self.signals.push(Signal { name, since: Instant::EPOCH, initial });
        self.signals.len() - 1
    }

    /// Returns the values of the signal `name`, the initial one included, or nothing if there is
    /// no such signal.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = (Instant, Value)> {
        let wanted = self.signals.iter().position(|signal| signal.name == name);
        let initial = wanted.map(|wanted| &self.signals[wanted]);
        let initial = initial.map(|signal| (signal.since, signal.initial));
        let of_wanted = self.changes.iter().filter(move |(_, signal, _)| Some(*signal) == wanted);
        initial.into_iter().chain(of_wanted.map(|(at, _, value)| (*at, *value)))
    }

    fn unique(&self, wanted: &str) -> String {
        let taken =
            |name: &str| self.signals.iter().any(|known| in_vcd(&known.name) == in_vcd(name));
        let suffixed = (2..).map(|n| format!("{}_{n}", in_vcd(wanted)));
        let mut names = [wanted.to_owned()].into_iter().chain(suffixed);
        names.find(|name| !taken(name)).unwrap_or_default() // They do not run out.
    }

    /// Writes the names of the signals, and their initial values at `#0`.
    pub(super) fn declare(&self, vcd: &mut vcd::Writer<impl io::Write>) -> io::Result<Vec<IdCode>> {
        vcd.timescale(1, vcd::TimescaleUnit::US)?;
        vcd.add_module("tickwire")?;
        let mut add = |Signal { name, initial, .. }: &Signal| match initial {
            Value::Level(_) => vcd.add_wire(1, &in_vcd(name)),
            // PulseView draws an integer as a curve, and a vector as its bits.
            Value::Number(_) => vcd.add_var(VarType::Integer, 32, &in_vcd(name), None),
        };
        let ids = self.signals.iter().map(&mut add).collect::<io::Result<Vec<_>>>()?;
        vcd.upscope()?;
        vcd.enddefinitions()?;
        vcd.timestamp(Instant::EPOCH.as_micros())?;
        vcd.begin(vcd::SimulationCommand::Dumpvars)?;
        for (id, signal) in ids.iter().zip(&self.signals) {
            signal.initial.write(vcd, *id)?;
        }
        vcd.end()?;
        Ok(ids)
    }

    /// Takes the changes of the first `signals` up to and including `until`.
    pub(super) fn take_until(
        &mut self,
        until: Instant,
        signals: usize,
    ) -> Vec<(Instant, usize, Value)> {
        let due = |(at, signal, _): &mut _| *at <= until && *signal < signals;
        let taken: Vec<_> = self.changes.extract_if(.., due).collect();
        for (at, signal, value) in &taken {
            let Signal { since, initial, .. } = &mut self.signals[*signal];
            (*since, *initial) = (*at, *value);
        }
        taken
    }
}

impl Value {
    pub(super) fn write(self, vcd: &mut vcd::Writer<impl io::Write>, id: IdCode) -> io::Result<()> {
        match self {
            Self::Level(level) => vcd.change_scalar(id, level == PinState::High),
            Self::Number(None) => vcd.change_vector(id, [vcd::Value::X]),
            Self::Number(Some(number)) => {
                let bits = (u32::BITS - number.leading_zeros()).max(1);
                let bit = |bit: u32| (number >> bit & 1 == 1).into();
                vcd.change_vector(id, (0..bits).rev().map(bit))
            }
        }
    }
}

/// Returns the name of a signal in a VCD file.
fn in_vcd(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join("_");
    if name.is_empty() { "_".into() } else { name }
}
