//! Outputs.

use std::fmt;

use embedded_hal::digital::{ErrorType, OutputPin, PinState, StatefulOutputPin};
use gpiocdev::Request;
use gpiocdev::line::{Bias, Drive, Value};

use super::request::claim;
use super::{Error, Line};

/// How an output is claimed.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_exec_std::gpio::{Drive, OutputSettings};
///
/// let released = OutputSettings {
///     drive: Drive::OpenDrain,
///     initial: PinState::High,
///     ..OutputSettings::DEFAULT
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputSettings {
    /// The levels that the chip drives. The kernel emulates the drives that the chip does
    /// not have.
    pub drive: Drive,
    /// The resistor of the chip that is switched on, for open lines; `None` leaves it as
    /// it is. A chip that has none ignores this: the kernel reports no error.
    pub bias: Option<Bias>,
    /// Whether `High` means that the line is low; see [the module](super#active-low).
    pub active_low: bool,
    /// The level from the moment of the claim.
    pub initial: PinState,
}

/// An output: `OutputPin` and `StatefulOutputPin`.
///
/// `is_set_high` and `is_set_low` return what was set last, whatever the line is at.
///
/// The level after the output is dropped is up to the chip: some keep it, others make the
/// line an input.
///
/// ```no_run
/// use embedded_hal::digital::OutputPin;
/// use tickwire_exec_std::gpio::{Line, Output, OutputSettings};
///
/// // Not run: it needs a board.
/// let mut relay = Output::open(&Line::named("GPIO27")?, OutputSettings::DEFAULT)?;
/// relay.set_high()?;
/// # Ok::<_, tickwire_exec_std::gpio::Error>(())
/// ```
pub struct Output {
    request: Request,
    offset: u32,
    level: PinState,
}

impl OutputSettings {
    /// Push-pull, no bias change, active high, low at first.
    pub const DEFAULT: Self =
        Self { drive: Drive::PushPull, bias: None, active_low: false, initial: PinState::Low };
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Output {
    /// Claims `line` until the output is dropped.
    ///
    /// # Errors
    ///
    /// If there is no such line, it may not be opened, is in use, or is no output. Nothing
    /// is left claimed; try again, with what the error asks for.
    pub fn open(line: &Line, settings: OutputSettings) -> Result<Self, Error> {
        let OutputSettings { drive, bias, active_low, initial } = settings;
        let request = claim(&[line], |request| {
            request.as_output(value(initial)).with_drive(drive).with_bias(bias);
            if active_low {
                request.as_active_low();
            }
        })?;
        Ok(Self { request, offset: line.offset(), level: initial })
    }
}

fn value(level: PinState) -> Value {
    match level {
        PinState::Low => Value::Inactive,
        PinState::High => Value::Active,
    }
}

impl ErrorType for Output {
    type Error = Error;
}

impl OutputPin for Output {
    fn set_low(&mut self) -> Result<(), Error> {
        self.set_state(PinState::Low)
    }

    fn set_high(&mut self) -> Result<(), Error> {
        self.set_state(PinState::High)
    }

    fn set_state(&mut self, level: PinState) -> Result<(), Error> {
        self.request.set_value(self.offset, value(level)).map_err(Error::of_call)?;
        self.level = level;
        Ok(())
    }
}

impl StatefulOutputPin for Output {
    fn is_set_high(&mut self) -> Result<bool, Error> {
        Ok(self.level == PinState::High)
    }

    fn is_set_low(&mut self) -> Result<bool, Error> {
        Ok(self.level == PinState::Low)
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, offset, level } = self;
        let mut output = f.debug_struct("Output");
        output.field("chip", &request.chip_path()).field("offset", offset);
        output.field("level", level).finish()
    }
}
