//! The controller's pins on GPIO.

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
    /// E has been raised, and not yet lowered.
    raised: bool,
    /// The high half has been latched, and the low half has not.
    second_half: bool,
}

/// A controller on RS, E, and D4 to D7. R/W is grounded.
///
/// The pins are outputs and low. All have one error type.
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

/// A controller on RS, E, and D0 to D7. R/W is grounded.
///
/// The pins are outputs and low. All have one error type. A byte takes half as many
/// pulses as with four lines, but the controller dominates the time: a refresh is
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
    /// Creates a bus from its pins, without moving them.
    pub fn new(rs: RS, e: E, d4: D4, d5: D5, d6: D6, d7: D7) -> Self {
        Gpio { rs, e, data: (d4, d5, d6, d7), raised: false, second_half: false }
    }
}

impl<RS, E, D0, D1, D2, D3, D4, D5, D6, D7> EightBit<RS, E, D0, D1, D2, D3, D4, D5, D6, D7> {
    /// Creates a bus from its pins, D0 first, without moving them.
    pub fn new(rs: RS, e: E, data: (D0, D1, D2, D3, D4, D5, D6, D7)) -> Self {
        Gpio { rs, e, data, raised: false, second_half: false }
    }
}

impl<RS, E, D> Gpio<RS, E, D> {
    /// Returns the pins.
    pub fn release(self) -> (RS, E, D) {
        (self.rs, self.e, self.data)
    }
}

/// Four or eight data pins, as a tuple.
///
/// # For implementers
///
/// Nothing to do: tuples of four and of eight pins implement it.
///
/// # For driver authors
///
/// Use it as a bound in code generic over [`Gpio`].
pub trait DataPins {
    /// The error of a pin.
    type Error;

    /// The number of pins.
    const WIDTH: Width;

    /// Sets the pins: eight pins to all bits, four pins to the upper ones.
    ///
    /// # Errors
    ///
    /// The error of the first pin that fails. The pins before it are set.
    fn set(&mut self, bits: u8) -> Result<(), Self::Error>;
}

/// The time for which E is low before it rises: the rest of its cycle of 1000 ns. In it,
/// RS settles, which takes 60 ns, and the data of the previous pulse are held for
/// 10 ns. (Bus timing characteristics, 2.7 V: t_cycE, t_AS, t_H.)
const LOW_NS: u32 = 550;

/// The time for which E is high. The data are set up as long before E falls, and need
/// 195 ns. (Bus timing characteristics, 2.7 V: PW_EH, t_DSW.)
const HIGH_NS: u32 = 450;

impl<RS, E, D> Bus for Gpio<RS, E, D>
where
    RS: OutputPin,
    E: OutputPin<Error = RS::Error>,
    D: DataPins<Error = RS::Error>,
{
    type Error = RS::Error;

    const WIDTH: Width = D::WIDTH;

    /// A pin changes immediately, so a `send` can only be dropped in a delay. The next call
    /// repeats that delay in full, and resumes.
    const RESUMES: bool = true;

    async fn send(&mut self, write: Write, delay: &mut impl DelayNs) -> Result<(), RS::Error> {
        if write == Write::Rest {
            (self.raised, self.second_half) = (false, false);
            return self.e.set_low();
        }
        let in_halves = D::WIDTH == Width::Four && !matches!(write, Write::Half(_));
        loop {
            if !self.raised {
                // RS is the same for both halves. Before a new byte, the controller is
                // busy for longer than the 20 ns of t_AH, for which RS is held.
                self.rs.set_state(write.is_data().into())?;
            }
            // Both spans share one await point; a second would duplicate the sleep code in flash.
            delay.delay_ns(if self.raised { HIGH_NS } else { LOW_NS }).await;
            if !self.raised {
                // Not before the wait, during which the previous half is held.
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
                // No await between the latch and the return: a dropped call would not report the
                // latch.
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
