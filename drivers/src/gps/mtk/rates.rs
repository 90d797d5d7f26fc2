//! Which sentences a receiver sends, and how often.

use core::fmt;

/// The number of fields of the commands 314 and 514.
const FIELDS: usize = 19;

/// How often a receiver sends each sentence: the command 314, and its report 514.
///
/// ```
/// use tickwire_drivers::gps::mtk::{Every, Output, Rates};
///
/// let rates = Rates::NONE.with(Output::Rmc, Every::Fix).with(Output::Gsv, Every::FiveFixes);
/// assert_eq!(rates.of(Output::Gsv), Every::FiveFixes);
/// assert_eq!(rates.of(Output::Gga), Every::Never);
/// assert_eq!(format!("{rates:?}"), "{Rmc: Fix, Gsv: FiveFixes}");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rates([Every; FIELDS]);

/// A sentence that a receiver may send, by its field of the command 314.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Output {
    /// Geographic position.
    Gll = 0,
    /// Recommended minimum data.
    Rmc = 1,
    /// Course and speed over ground.
    Vtg = 2,
    /// Fix data.
    Gga = 3,
    /// Active satellites and dilution of precision.
    Gsa = 4,
    /// Satellites in view.
    Gsv = 5,
    /// Residuals of the ranges. Not every receiver has it.
    Grs = 6,
    /// Errors of the position. Not every receiver has it.
    Gst = 7,
    /// Time and date. Not every receiver has it.
    Zda = 17,
    /// `PMTKCHN`: the channels. Not every receiver has it.
    Channels = 18,
}

/// How often a sentence is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Every {
    /// Never.
    #[default]
    Never = 0,
    /// At each fix.
    Fix = 1,
    /// At each second fix.
    TwoFixes = 2,
    /// At each third fix.
    ThreeFixes = 3,
    /// At each fourth fix.
    FourFixes = 4,
    /// At each fifth fix.
    FiveFixes = 5,
}

impl Rates {
    /// No sentence at all.
    pub const NONE: Self = Self([Every::Never; FIELDS]);

    /// RMC, VTG, GGA and GSA at each fix, and GSV at each fifth.
    pub const USUAL: Self = Self::NONE
        .with(Output::Rmc, Every::Fix)
        .with(Output::Vtg, Every::Fix)
        .with(Output::Gga, Every::Fix)
        .with(Output::Gsa, Every::Fix)
        .with(Output::Gsv, Every::FiveFixes);

    /// Sets how often a sentence is sent.
    #[must_use]
    pub const fn with(mut self, output: Output, every: Every) -> Self {
        self.0[output as usize] = every;
        self
    }

    /// Returns how often a sentence is sent.
    pub const fn of(&self, output: Output) -> Every {
        self.0[output as usize]
    }

    pub(super) fn digits(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(|every| b'0' + *every as u8)
    }

    /// Reads the fields of a report. Further fields, which newer receivers send, are not read.
    pub(super) fn read<'a>(mut fields: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let mut rates = Self::NONE;
        for slot in &mut rates.0 {
            *slot = Every::read(fields.next()?)?;
        }
        Some(rates)
    }
}

impl Output {
    /// All sentences, in the order of their fields.
    pub const ALL: [Self; 10] = [
        Self::Gll,
        Self::Rmc,
        Self::Vtg,
        Self::Gga,
        Self::Gsa,
        Self::Gsv,
        Self::Grs,
        Self::Gst,
        Self::Zda,
        Self::Channels,
    ];
}

impl Every {
    fn read(field: &[u8]) -> Option<Self> {
        Some(match field {
            b"0" => Self::Never,
            b"1" => Self::Fix,
            b"2" => Self::TwoFixes,
            b"3" => Self::ThreeFixes,
            b"4" => Self::FourFixes,
            b"5" => Self::FiveFixes,
            _ => return None,
        })
    }
}

/// Writes the sentences that are sent.
impl fmt::Debug for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = Output::ALL.into_iter().filter(|output| self.of(*output) != Every::Never);
        f.debug_map().entries(sent.map(|output| (output, self.of(output)))).finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Rates {
    /// Writes the fields of the command.
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[?]}", &self.0[..]);
    }
}
