//! What carries bytes to the controller's pins.

use embedded_hal_async::delay::DelayNs;

/// A way to the controller's pins.
///
/// [`FourBit`](super::FourBit) and [`EightBit`](super::EightBit) move the pins
/// themselves, [`Pcf8574`](super::Pcf8574) lets an I²C expander do it. R/W is
/// grounded, or kept low: nothing is ever read.
///
/// # For implementers
///
/// Put RS on its line; after the address set-up time (60 ns) raise E for 450 ns,
/// the last 195 ns of which with the data on the lines, and let a cycle of E take
/// 1000 ns. After E has fallen, hold the data for 10 ns and RS for 20 ns. (Data
/// sheet, bus timing characteristics at 2.7 V.) Return without a further `await` when E has fallen
/// for the last time: what was latched must be known to be. How long the
/// controller is busy then is not your concern.
///
/// When a [`send`](Self::send) is dropped, the next one has the same argument if
/// you [`RESUME`](Self::RESUMES), or else is a [`Write::Rest`]. After an error
/// it always is a `Rest`. A `Rest` forgets what was half done.
///
/// ```
/// use core::convert::Infallible;
/// use embedded_hal_async::delay::DelayNs;
/// use tickwire_drivers::hd44780::{Bus, Lcd, Width, Write};
/// use tickwire_sim::Sim;
/// use tickwire_traits::Delay;
///
/// /// Keeps what it is given.
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
/// Wait where the data sheet says so, by the delay that is given. Whatever fails,
/// leave it to the next [`Write::Rest`] to put right.
///
/// # For driver authors
///
/// Not for you: [`Lcd`](super::Lcd) is the one that writes.
pub trait Bus {
    /// Why a write failed.
    type Error;

    /// How many data lines there are.
    const WIDTH: Width;

    /// Whether a `send` that was dropped goes on where it was when it is called
    /// again. If not, the controller is synchronised again instead.
    const RESUMES: bool;

    /// Writes to the controller.
    ///
    /// # Errors
    ///
    /// What the pins or the bus report. Whether E has fallen is not known then;
    /// the next call must be a [`Write::Rest`].
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe, in that the next call puts it right: the same again if the
    /// bus [`RESUMES`](Self::RESUMES), or else a [`Write::Rest`].
    async fn send(&mut self, write: Write, delay: &mut impl DelayNs) -> Result<(), Self::Error>;
}

/// One thing to do at the controller's pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Write {
    /// Lowers E, wherever it was, and latches nothing on purpose. Whatever else
    /// there is to set, such as a backlight, is set.
    Rest,
    /// Pulses E once with these bits on D7 to D4, RS low: how a controller of
    /// which nothing is known is spoken to. D3 to D0 are low, where connected.
    Half(u8),
    /// Writes a whole byte with RS low. By four lines that takes two pulses of E,
    /// the high half first.
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
    /// Whether RS is high.
    pub(super) fn is_data(self) -> bool {
        matches!(self, Self::Data(_))
    }

    /// What is put on the data lines.
    pub(super) fn bits(self) -> u8 {
        match self {
            Self::Rest => 0,
            Self::Half(bits) | Self::Instruction(bits) | Self::Data(bits) => bits,
        }
    }
}
