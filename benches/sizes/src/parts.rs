//! Parts of size zero: what is left is the driver's own.

use core::convert::Infallible;
use core::task::Waker;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin, PinState};
use embedded_hal_async::digital::Wait;
use embedded_hal_async::i2c::{self, I2c, Operation};
use embedded_hal_async::spi::{self, SpiBus, SpiDevice};
use tickwire_drivers::nec::Carrier;
use tickwire_traits::{AnalogInput, Edge, Edges, Instant, Side, TimeSource, TimerQueue, TwoLines};

/// A clock that stands still.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock;

/// A pin that is high for ever.
#[derive(Debug)]
pub(crate) struct Pin;

/// A bus on which everything is answered at once.
#[derive(Debug)]
pub(crate) struct Bus;

/// A converter whose input is grounded.
#[derive(Debug)]
pub(crate) struct Adc;

impl AnalogInput for Adc {
    type Error = Infallible;

    fn full_scale(&self) -> u32 {
        4_095
    }

    async fn read(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }
}

impl tickwire_traits::Clock for Clock {
    fn now(&self) -> Instant {
        Instant::EPOCH
    }
}

impl TimerQueue for Clock {
    fn schedule_wake(&self, _: Instant, _: &Waker) {}
}

impl ErrorType for Pin {
    type Error = Infallible;
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(true)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(false)
    }
}

impl Carrier for Pin {
    type Error = Infallible;

    fn mark(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn space(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Wait for Pin {
    async fn wait_for_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn wait_for_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn wait_for_rising_edge(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn wait_for_falling_edge(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn wait_for_any_edge(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Edges for Pin {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        TimeSource::Poll
    }

    fn arm(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge, Infallible> {
        Ok(Edge { line: (), at: Instant::EPOCH, level: PinState::High, missed: 0 })
    }
}

/// Two lines whose edges come at once.
#[derive(Debug)]
pub(crate) struct Pair;

impl ErrorType for Pair {
    type Error = Infallible;
}

impl Edges for Pair {
    type Line = Side;

    fn time_source(&self) -> TimeSource {
        TimeSource::Interrupt
    }

    fn arm(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge<Side>, Infallible> {
        Ok(Edge { line: Side::A, at: Instant::EPOCH, level: PinState::High, missed: 0 })
    }
}

impl TwoLines for Pair {
    fn levels(&mut self) -> Result<(PinState, PinState), Infallible> {
        Ok((PinState::High, PinState::High))
    }
}

impl i2c::ErrorType for Bus {
    type Error = Infallible;
}

impl I2c for Bus {
    async fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), Infallible> {
        Ok(())
    }
}

impl spi::ErrorType for Bus {
    type Error = Infallible;
}

impl SpiDevice for Bus {
    async fn transaction(&mut self, _: &mut [spi::Operation<'_, u8>]) -> Result<(), Infallible> {
        Ok(())
    }
}

impl SpiBus for Bus {
    async fn read(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        Ok(())
    }

    async fn write(&mut self, _: &[u8]) -> Result<(), Infallible> {
        Ok(())
    }

    async fn transfer(&mut self, _: &mut [u8], _: &[u8]) -> Result<(), Infallible> {
        Ok(())
    }

    async fn transfer_in_place(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl tickwire_traits::SetBaud for Line {
    type Error = Infallible;

    async fn set_baud(&mut self, _: u32) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A line on which nothing is said.
#[derive(Debug)]
pub(crate) struct Line;

impl embedded_io_async::ErrorType for Line {
    type Error = Infallible;
}

impl embedded_io_async::Read for Line {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        Ok(0)
    }
}

impl embedded_io_async::Write for Line {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
