//! The bus that carries bytes to the controller's pins.

use embedded_hal_async::delay::DelayNs;

/// A connection to the controller's pins.
///
/// [`FourBit`](super::FourBit) and [`EightBit`](super::EightBit) move the pins
/// themselves; [`Pcf8574`](super::Pcf8574) uses an I²C expander. R/W is grounded or
/// kept low: the driver never reads.
///
/// # For implementers
///
/// Set RS. After the address set-up time (60 ns) raise E for 450 ns, with the data on
/// the lines for the last 195 ns, and let a cycle of E take 1000 ns. After E has
/// fallen, hold the data for 10 ns and RS for 20 ns. (Data sheet, bus timing
/// characteristics at 2.7 V.) After the last fall of E, return without a further `await`:
/// a latched write must be known to be latched. The caller waits while the controller is
/// busy.
///
/// After a dropped [`send`](Self::send), the next one has the same argument if
/// [`RESUMES`](Self::RESUMES) is true, and otherwise is a [`Write::Rest`]. After an
/// error it is always a `Rest`. A `Rest` abandons a half-done write.
///
/// ```
/// use core::convert::Infallible;
/// use embedded_hal_async::delay::DelayNs;
/// use tickwire_drivers::hd44780::{Bus, Lcd, Width, Write};
/// use tickwire_sim::Sim;
/// use tickwire_traits::Delay;
///
/// /// A bus that records its writes.
/// #[derive(Default)]
/// struct Notes(Vec<Write>);
///
/// impl Bus for Notes {
///     type Error = Infallible;
///     const WIDTH: Width = Width::Eight;
///     const RESUMES: bool = true; // It never waits.
///     async fn send(&mut self, write: Write, _: &mut impl DelayNs) -> Result<(), Infallible> {
///         self.0.push(write);
///         Ok(())
///     }
/// }
///
/// let sim = Sim::new();
/// let mut lcd = Lcd::<_, _, 8, 2>::new(Notes::default(), Delay(sim.clock()));
/// lcd.print(1, 3, "Hi");
/// sim.run(lcd.flush()).unwrap();
/// let (notes, _) = lcd.release();
/// assert!(notes.0.ends_with(&[
///     Write::Instruction(0x80 | 0x43), // Second line, fourth column.
///     Write::Data(b'H'),
///     Write::Data(b'i'),
///     Write::Instruction(0x0c), // On, without a cursor.
/// ]));
/// ```
///
/// # For implementers
///
/// Use the given delay for the waits of the data sheet. After a failure, leave the
/// recovery to the next [`Write::Rest`].
///
/// # For driver authors
///
/// Not needed: [`Lcd`](super::Lcd) does the writing.
pub trait Bus {
    /// The error of a write.
    type Error;

    /// The number of data lines.
    const WIDTH: Width;

    /// Whether a dropped `send` resumes when it is called again. If not, the controller is
    /// synchronized again instead.
    const RESUMES: bool;

    /// Writes to the controller.
    ///
    /// # Errors
    ///
    /// Errors of the pins or of the bus. Whether E has fallen is unknown then; the next
    /// call must be a [`Write::Rest`].
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, provided that the next call is the same again if the bus
    /// [`RESUMES`](Self::RESUMES), and otherwise a [`Write::Rest`].
    async fn send(&mut self, write: Write, delay: &mut impl DelayNs) -> Result<(), Self::Error>;
}

/// A write to the controller's pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Write {
    /// Lowers E from any state, without latching a byte on purpose. Also sets other
    /// outputs, such as the backlight.
    Rest,
    /// Pulses E once with these bits on D7 to D4 and RS low, which works for a controller
    /// in an unknown state. D3 to D0 are low, where connected.
    Half(u8),
    /// Writes a whole byte with RS low. With four lines, that takes two pulses of E, the
    /// high half first.
    Instruction(u8),
    /// Writes a whole byte with RS high.
    Data(u8),
}

/// The number of data lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Width {
    /// D4 to D7.
    Four,
    /// D0 to D7.
    Eight,
}

impl Write {
    /// Returns whether RS is high.
    pub(super) fn is_data(self) -> bool {
        matches!(self, Self::Data(_))
    }

    /// Returns the bits for the data lines.
    pub(super) fn bits(self) -> u8 {
        match self {
            Self::Rest => 0,
            Self::Half(bits) | Self::Instruction(bits) | Self::Data(bits) => bits,
        }
    }
}
