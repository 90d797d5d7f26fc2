//! The sections of controls besides the button.

use serde::Deserialize;
use tickwire_drivers::encoder::Division;
use tickwire_station::Keymap;

use super::{Line, yes};

/// A knob of two lines to ground, with a push button to ground.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
pub(crate) struct Knob {
    pub(crate) a: Line,
    pub(crate) b: Line,
    pub(crate) push: Line,
    #[serde(default, rename = "detents-per-cycle")]
    pub(crate) detents: Detents,
    /// Whether the chip's own resistors are switched on.
    #[serde(default = "yes", rename = "pull-up")]
    pub(crate) pull_up: bool,
}

/// How many detents a knob has per cycle of its lines.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Detents(pub(crate) Division);

/// A receiver of a remote control, and what the keys send. Those of [`Keymap`] by default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
pub(crate) struct Remote {
    pub(crate) line: Line,
    address: Option<u16>,
    digits: Option<[u8; 10]>,
    minus: Option<u8>,
    plus: Option<u8>,
    enter: Option<u8>,
    /// Whether the chip's own resistor is switched on.
    #[serde(default = "yes", rename = "pull-up")]
    pub(crate) pull_up: bool,
}

impl Default for Detents {
    /// That of most knobs.
    fn default() -> Self {
        Self(Division::X1)
    }
}

impl TryFrom<i64> for Detents {
    type Error = &'static str;

    fn try_from(detents: i64) -> Result<Self, &'static str> {
        let division = u8::try_from(detents).ok().and_then(Division::detents_per_cycle);
        division.map(Self).ok_or("a cycle has 1, 2 or 4 detents")
    }
}

impl Remote {
    pub(crate) fn keymap(&self) -> Keymap {
        let usual = Keymap::default();
        Keymap {
            address: self.address.unwrap_or(usual.address),
            digits: self.digits.unwrap_or(usual.digits),
            minus: self.minus.unwrap_or(usual.minus),
            plus: self.plus.unwrap_or(usual.plus),
            enter: self.enter.unwrap_or(usual.enter),
        }
    }
}
