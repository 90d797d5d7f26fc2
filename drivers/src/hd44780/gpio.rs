//! The controller's pins, moved one by one.

use embedded_hal::digital::OutputPin;
use embedded_hal_async::delay::DelayNs;

use super::{Bus, Width, Write};

/// A controller on output pins: RS, E, and a tuple of four or eight data pins.
/// See [`FourBit`] and [`EightBit`].
#[derive(Debug)]
pub struct Gpio<RS, E, D> {
    rs: RS,
    e: E,
    data: D,
    /// E was raised, and has not been lowered yet.
    raised: bool,
    /// The high half has been latched, the low half has not.
    second_half: bool,
}

/// RS, E, and D4 to D7. R/W is grounded.
///
/// The pins are outputs that are low. All have one error type.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::hd44780::{FourBit, Lcd};
/// use tickwire_sim::{Sim, Wire, models::hd44780::Display};
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let [rs, e, d4, d5, d6, d7] = [(); 6].map(|()| Wire::new(sim.clock(), PinState::Low));
/// let display = Display::new(sim.clock(), 16, 2);
/// display.wire_four(&rs, &e, [&d4, &d5, &d6, &d7]);
///
/// let bus = FourBit::new(
///     rs.output(), e.output(), d4.output(), d5.output(), d6.output(), d7.output(),
/// );
/// let mut lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(sim.clock()));
/// lcd.set_line(0, "21.5 °C");
/// sim.run(lcd.flush()).unwrap();
/// assert_eq!(display.row(0), "21.5 °C         ");
/// ```
pub type FourBit<RS, E, D4, D5, D6, D7> = Gpio<RS, E, (D4, D5, D6, D7)>;

/// RS, E, and D0 to D7. R/W is grounded.
///
/// The pins are outputs that are low. All have one error type. Half as many pulses
/// as with four lines, but it is the controller that takes the time: a refresh is
/// hardly faster.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::hd44780::{EightBit, Lcd};
/// use tickwire_sim::{Sim, Wire, models::hd44780::Display};
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let [rs, e] = [(); 2].map(|()| Wire::new(sim.clock(), PinState::Low));
/// let data = [(); 8].map(|()| Wire::new(sim.clock(), PinState::Low));
/// let display = Display::new(sim.clock(), 20, 4);
/// display.wire_eight(&rs, &e, data.each_ref());
///
/// let [d0, d1, d2, d3, d4, d5, d6, d7] = data.each_ref().map(Wire::output);
/// let bus = EightBit::new(rs.output(), e.output(), (d0, d1, d2, d3, d4, d5, d6, d7));
/// let mut lcd = Lcd::<_, _, 20, 4>::new(bus, Delay(sim.clock()));
/// lcd.set_line(3, "the last row");
/// sim.run(lcd.flush()).unwrap();
/// assert_eq!(display.row(3), "the last row        ");
/// ```
pub type EightBit<RS, E, D0, D1, D2, D3, D4, D5, D6, D7> =
    Gpio<RS, E, (D0, D1, D2, D3, D4, D5, D6, D7)>;

impl<RS, E, D4, D5, D6, D7> FourBit<RS, E, D4, D5, D6, D7> {
    /// Takes the pins. None is moved yet.
    pub fn new(rs: RS, e: E, d4: D4, d5: D5, d6: D6, d7: D7) -> Self {
        Gpio { rs, e, data: (d4, d5, d6, d7), raised: false, second_half: false }
    }
}

impl<RS, E, D0, D1, D2, D3, D4, D5, D6, D7> EightBit<RS, E, D0, D1, D2, D3, D4, D5, D6, D7> {
    /// Takes the pins, D0 first. None is moved yet.
    pub fn new(rs: RS, e: E, data: (D0, D1, D2, D3, D4, D5, D6, D7)) -> Self {
        Gpio { rs, e, data, raised: false, second_half: false }
    }
}

impl<RS, E, D> Gpio<RS, E, D> {
    /// Gives the pins back.
    pub fn release(self) -> (RS, E, D) {
        (self.rs, self.e, self.data)
    }
}

/// Four or eight data pins, as a tuple.
///
/// # For implementers
///
/// Nothing to do: tuples of four and of eight pins have it.
///
/// # For driver authors
///
/// Name it where you are generic over [`Gpio`].
pub trait DataPins {
    /// Why a pin could not be set.
    type Error;

    /// How many they are.
    const WIDTH: Width;

    /// Sets the pins: eight to all bits, four to the upper ones.
    ///
    /// # Errors
    ///
    /// That of the first pin that fails. Those before it are set.
    fn set(&mut self, bits: u8) -> Result<(), Self::Error>;
}

/// E is low for so long before it rises: the rest of its cycle of 1000 ns. RS
/// settles meanwhile, for which it needs 60 ns, and the data of the pulse before
/// are held, which takes 10 ns. (Bus timing characteristics, 2.7 V: t_cycE, t_AS,
/// t_H.)
const LOW_NS: u32 = 550;

/// E is high for so long, and the data are set up for as long before it falls, for
/// which they need 195 ns. (Bus timing characteristics, 2.7 V: PW_EH, t_DSW.)
const HIGH_NS: u32 = 450;

impl<RS, E, D> Bus for Gpio<RS, E, D>
where
    RS: OutputPin,
    E: OutputPin<Error = RS::Error>,
    D: DataPins<Error = RS::Error>,
{
    type Error = RS::Error;

    const WIDTH: Width = D::WIDTH;

    /// A pin is moved at once, so a `send` can only be dropped in a delay. The
    /// next call waits for that delay again, in full, and goes on.
    const RESUMES: bool = true;

    async fn send(&mut self, write: Write, delay: &mut impl DelayNs) -> Result<(), RS::Error> {
        if write == Write::Rest {
            (self.raised, self.second_half) = (false, false);
            return self.e.set_low();
        }
        let in_halves = D::WIDTH == Width::Four && !matches!(write, Write::Half(_));
        loop {
            if !self.raised {
                // The same for both halves; a new byte comes after the controller
                // was busy, which holds it for longer than the 20 ns of t_AH.
                self.rs.set_state(write.is_data().into())?;
            }
            // One place to wait for both spans: each would be a sleep in flash.
            delay.delay_ns(if self.raised { HIGH_NS } else { LOW_NS }).await;
            if !self.raised {
                // Not before the wait: the last half is being held until then.
                let bits = write.bits();
                self.data.set(if self.second_half { bits << 4 } else { bits })?;
                self.e.set_high()?;
                self.raised = true;
                continue;
            }
            self.e.set_low()?;
            self.raised = false;
            self.second_half ^= in_halves;
            if !self.second_half {
                // No await between the latch and this: who is not told does not
                // know.
                return Ok(());
            }
        }
    }
}

macro_rules! data_pins {
    ($width:ident: $first:ident $bit:literal $(, $pin:ident $bits:literal)+) => {
        impl<$first: OutputPin, $($pin: OutputPin<Error = $first::Error>),+> DataPins
            for ($first, $($pin),+)
        {
            type Error = $first::Error;

            const WIDTH: Width = Width::$width;

            // The pins have the names of their types.
            #[expect(non_snake_case, reason = "a tuple's fields have no names of their own")]
            fn set(&mut self, bits: u8) -> Result<(), Self::Error> {
                let ($first, $($pin),+) = self;
                $first.set_state((bits >> $bit & 1 == 1).into())?;
                $($pin.set_state((bits >> $bits & 1 == 1).into())?;)+
                Ok(())
            }
        }
    };
}

data_pins!(Four: D4 4, D5 5, D6 6, D7 7);
data_pins!(Eight: D0 0, D1 1, D2 2, D3 3, D4 4, D5 5, D6 6, D7 7);
