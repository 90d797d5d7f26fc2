//! The controller's pins on an I²C expander.

use core::fmt;
use core::pin::pin;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::{self, I2c};

use super::{Bus, Width, Write};
use crate::within::within;

/// The usual I²C backpack: a PCF8574 with RS on P0, R/W on P1, E on P2, the backlight's
/// transistor on P3 and D4 to D7 on P4 to P7.
///
/// A character takes one transfer of six bytes: 0.55 ms at 100 kHz.
///
/// ```
/// use tickwire_drivers::hd44780::{Lcd, Pcf8574};
/// use tickwire_sim::{Sim, i2c, models::hd44780::Display};
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let display = Display::new(sim.clock(), 20, 4);
/// let mut bus = i2c::Bus::new(sim.clock()).with_speed(100_000);
/// bus.attach(0x27, display.backpack());
///
/// let mut lcd = Lcd::<_, _, 20, 4>::new(Pcf8574::new(bus), Delay(sim.clock()));
/// lcd.set_line(2, "third");
/// lcd.set_backlight(false);
/// sim.run(lcd.flush()).unwrap();
/// assert_eq!(display.row(2), "third               ");
/// assert!(!display.backlight());
/// ```
#[derive(Debug)]
pub struct Pcf8574<I> {
    i2c: I,
    address: u8,
    timeout_ms: u32,
    pub(super) backlight: bool,
}

/// An error of a transfer to a [`Pcf8574`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The bus reported an error.
    I2c(E),
    /// The transfer did not end in [time](Pcf8574::with_timeout_ms).
    Timeout,
}

const RS: u8 = 0x01;
const E: u8 = 0x04;
const BACKLIGHT: u8 = 0x08;

impl<I> Pcf8574<I> {
    /// Creates a backpack at the usual address, 0x27. The first write turns the backlight
    /// on.
    pub fn new(i2c: I) -> Self {
        Self { i2c, address: 0x27, timeout_ms: 100, backlight: true }
    }

    /// Sets the address: 0x20 to 0x27 for a PCF8574, 0x38 to 0x3f for a PCF8574A.
    pub fn with_address(mut self, address: u8) -> Self {
        self.address = address;
        self
    }

    /// Sets the limit of a transfer, 100 ms by default: enough for six bytes at 10 kHz
    /// while another device stretches the clock. On a bus that is shared by a lock, add the
    /// time of the other users.
    ///
    /// The driver makes that many waits of a millisecond, at least one, and polls the transfer
    /// after each. A late executor therefore does not make a healthy bus time out. A stuck bus
    /// is reported after as many waits, however late each ends.
    pub fn with_timeout_ms(mut self, milliseconds: u32) -> Self {
        self.timeout_ms = milliseconds;
        self
    }

    /// Returns the bus.
    pub fn release(self) -> I {
        self.i2c
    }
}

impl<I: I2c> Bus for Pcf8574<I> {
    type Error = Error<I::Error>;

    const WIDTH: Width = Width::Four;

    /// The progress of a dropped transfer is unknown.
    const RESUMES: bool = false;

    async fn send(&mut self, write: Write, delay: &mut impl DelayNs) -> Result<(), Self::Error> {
        let rs = if write.is_data() { RS } else { 0 };
        let steady = if self.backlight { rs | BACKLIGHT } else { rs };
        let high = write.bits() & 0xf0 | steady;
        let low = write.bits() << 4 | steady;
        // The first byte lets RS settle before E rises. All lines change together after that,
        // but RS and the data are held while E falls.
        let steps = [high, high | E, high, low | E, low];
        let count = match write {
            Write::Rest => 1,
            Write::Half(_) => 3,
            Write::Instruction(_) | Write::Data(_) => 5,
        };
        let steps = steps.get(..count).unwrap_or(&steps);
        let transfer = self.i2c.write(self.address, steps);
        match within(delay, self.timeout_ms, pin!(transfer)).await {
            Some(result) => result.map_err(Error::I2c),
            None => Err(Error::Timeout),
        }
    }
}

impl<E: i2c::Error> i2c::Error for Error<E> {
    fn kind(&self) -> i2c::ErrorKind {
        match self {
            Self::I2c(error) => error.kind(),
            Self::Timeout => i2c::ErrorKind::Other,
        }
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I2c(_) => "the transfer to the display failed",
            Self::Timeout => "the transfer to the display did not end in time",
        })
    }
}

impl<E: core::error::Error + 'static> core::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::I2c(error) => Some(error),
            Self::Timeout => None,
        }
    }
}
