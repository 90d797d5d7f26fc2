//! The parts of a board, which may lack them.

use std::fmt;

use embedded_hal::i2c;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::{I2c, Operation};
use tickwire_drivers::hd44780::{self, FourBit, Pcf8574, Width, Write};
use tickwire_exec_std::gpio::Output;
use tickwire_exec_std::i2c::Error as BusError;

use super::watched::Watched;
use crate::world::LcdLines;

/// The bus of the sensor.
pub(crate) struct SensorBus(pub(crate) Option<Watched>);

/// The error of a transaction.
#[derive(Debug)]
pub(crate) enum SensorError {
    /// There is no bus.
    Absent,
    Bus(BusError),
}

/// The display of the board, and the one on the screen, which shows the same.
pub(crate) struct Glass {
    pub(crate) wires: Option<Wires>,
    pub(crate) shown: Option<LcdLines>,
}

/// The way to the controller of the display.
pub(crate) enum Wires {
    Lines(Box<FourBit<Output, Output, Output, Output, Output, Output>>),
    Backpack(Pcf8574<Watched>),
}

impl i2c::ErrorType for SensorBus {
    type Error = SensorError;
}

impl I2c for SensorBus {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), SensorError> {
        let bus = self.0.as_mut().ok_or(SensorError::Absent)?;
        bus.transaction(address, operations).await.map_err(SensorError::Bus)
    }
}

impl i2c::Error for SensorError {
    fn kind(&self) -> i2c::ErrorKind {
        match self {
            Self::Absent => i2c::ErrorKind::Other,
            Self::Bus(error) => error.kind(),
        }
    }
}

impl fmt::Display for SensorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none on this board"),
            Self::Bus(error) => error.fmt(f),
        }
    }
}

impl hd44780::Bus for Glass {
    type Error = String;

    const WIDTH: Width = Width::Four;

    /// Where two displays are told, one of them may have heard already.
    const RESUMES: bool = false;

    async fn send(&mut self, write: Write, delay: &mut impl DelayNs) -> Result<(), String> {
        match &mut self.wires {
            Some(Wires::Lines(lines)) => lines.send(write, delay).await.map_err(text)?,
            Some(Wires::Backpack(it)) => it.send(write, delay).await.map_err(|e| match e {
                hd44780::Error::I2c(error) => text(error),
                other => text(other),
            })?,
            None => {}
        }
        match &mut self.shown {
            Some(lines) => lines.send(write, delay).await.map_err(|error| format!("{error:?}")),
            None => Ok(()),
        }
    }
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use tickwire_drivers::hd44780::Lcd;
    use tickwire_exec_std::{StdClock, run};
    use tickwire_station::{COLUMNS, ROWS};
    use tickwire_traits::Delay;

    use super::*;
    use crate::world::{Hand, World};

    #[test]
    fn the_screen_shows_what_is_written_to_the_display() {
        let (world, _, shown) = World::of_board(true, Hand::default());
        let glass = Glass { wires: None, shown: Some(shown) };
        let mut lcd = Lcd::<_, _, COLUMNS, ROWS>::new(glass, Delay(StdClock::new()));
        lcd.set_line(2, "third");
        run(async |_| lcd.flush().await).unwrap();
        assert_eq!(world.display.row(2).trim_end(), "third");
        assert_eq!(world.display.violations(), 0);
    }
}
