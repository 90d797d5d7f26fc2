//! A clock, a pin, a bus and a line that are `Send`.

use core::convert::Infallible;
use core::task::Waker;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin, PinState};
use embedded_hal::pwm::{self, SetDutyCycle};
use embedded_hal_async::digital::Wait;
use embedded_hal_async::i2c::{I2c, Operation};
use embedded_hal_async::spi::{self, SpiDevice};
use tickwire_traits::{AnalogInput, Clock, Edge, Edges, Instant, SetBaud, TimeSource, TimerQueue};

/// All of them.
pub(crate) struct Here;

impl Clock for Here {
    fn now(&self) -> Instant {
        Instant::EPOCH
    }
}

impl TimerQueue for Here {
    fn schedule_wake(&self, _: Instant, _: &Waker) {}
}

impl ErrorType for Here {
    type Error = Infallible;
}

impl InputPin for Here {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(true)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(false)
    }
}

impl OutputPin for Here {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl pwm::ErrorType for Here {
    type Error = Infallible;
}

impl SetDutyCycle for Here {
    fn max_duty_cycle(&self) -> u16 {
        1
    }

    fn set_duty_cycle(&mut self, _: u16) -> Result<(), Infallible> {
        Ok(())
    }
}

impl embedded_io_async::ErrorType for Here {
    type Error = Infallible;
}

impl embedded_io_async::Read for Here {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        Ok(0)
    }
}

impl embedded_io_async::Write for Here {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        Ok(buf.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl SetBaud for Here {
    type Error = Infallible;

    async fn set_baud(&mut self, _: u32) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Wait for Here {
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

impl Edges for Here {
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

impl AnalogInput for Here {
    type Error = Infallible;

    fn full_scale(&self) -> u32 {
        4_095
    }

    async fn read(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }
}

impl embedded_hal_async::i2c::ErrorType for Here {
    type Error = Infallible;
}

impl I2c for Here {
    async fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), Infallible> {
        Ok(())
    }
}

impl spi::ErrorType for Here {
    type Error = Infallible;
}

impl SpiDevice for Here {
    async fn transaction(&mut self, _: &mut [spi::Operation<'_, u8>]) -> Result<(), Infallible> {
        Ok(())
    }
}
