//! A bus and a chip select that log their calls, and fail on request.

use std::cell::{Cell, RefCell};
use std::future;

use embedded_hal::digital::{self, OutputPin};
use embedded_hal::{i2c, spi};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::{I2c, Operation};
use embedded_hal_async::spi::SpiBus;
use tickwire_sync::{Configure, SharedSpi, local};

/// The log of the calls, in order.
#[derive(Default)]
pub(crate) struct Log {
    calls: RefCell<Vec<String>>,
    /// The calls that fail, counted from 0.
    pub(crate) failing: Cell<&'static [usize]>,
    /// Whether a write on the SPI bus never ends.
    pub(crate) hangs: Cell<bool>,
}

/// The number of the call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed(pub(crate) usize);

/// A bus, a chip select or a delay that logs its calls.
#[derive(Clone, Copy)]
pub(crate) struct Logged<'a>(pub(crate) &'a Log);

impl Log {
    /// Returns the calls since the previous `take`.
    pub(crate) fn take(&self) -> String {
        self.calls.take().join(" ")
    }

    fn call(&self, what: &str) -> Result<(), Failed> {
        let mut calls = self.calls.borrow_mut();
        let number = calls.len();
        calls.push(what.to_owned());
        if self.failing.get().contains(&number) { Err(Failed(number)) } else { Ok(()) }
    }
}

type Bus<'a> = local::SharedBus<Logged<'a>>;

/// Returns a device whose bus, chip select, configuration and delay share one log.
pub(crate) fn device<'a>(
    bus: &'a Bus<'a>,
    log: &'a Log,
) -> local::SharedSpi<'a, Logged<'a>, Logged<'a>, Logged<'a>, Logged<'a>> {
    let device: SharedSpi<'_, _, _, _, _> = bus.spi(Logged(log), Logged(log)).unwrap();
    device.configured(Logged(log))
}

impl i2c::Error for Failed {
    fn kind(&self) -> i2c::ErrorKind {
        i2c::ErrorKind::Bus
    }
}

impl spi::Error for Failed {
    fn kind(&self) -> spi::ErrorKind {
        spi::ErrorKind::Overrun
    }
}

impl digital::Error for Failed {
    fn kind(&self) -> digital::ErrorKind {
        digital::ErrorKind::Other
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "call {} failed", self.0)
    }
}

impl std::error::Error for Failed {}

impl i2c::ErrorType for Logged<'_> {
    type Error = Failed;
}

impl I2c for Logged<'_> {
    async fn read(&mut self, _: u8, _: &mut [u8]) -> Result<(), Failed> {
        self.0.call("read")
    }

    async fn write(&mut self, _: u8, _: &[u8]) -> Result<(), Failed> {
        self.0.call("write")
    }

    async fn write_read(&mut self, _: u8, _: &[u8], _: &mut [u8]) -> Result<(), Failed> {
        self.0.call("write_read")
    }

    async fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), Failed> {
        self.0.call("transaction")
    }
}

impl spi::ErrorType for Logged<'_> {
    type Error = Failed;
}

impl SpiBus for Logged<'_> {
    async fn read(&mut self, _: &mut [u8]) -> Result<(), Failed> {
        self.0.call("read")
    }

    async fn write(&mut self, _: &[u8]) -> Result<(), Failed> {
        self.0.call("write")?;
        if self.0.hangs.get() {
            future::pending().await
        }
        Ok(())
    }

    async fn transfer(&mut self, _: &mut [u8], _: &[u8]) -> Result<(), Failed> {
        self.0.call("transfer")
    }

    async fn transfer_in_place(&mut self, _: &mut [u8]) -> Result<(), Failed> {
        self.0.call("in_place")
    }

    async fn flush(&mut self) -> Result<(), Failed> {
        self.0.call("flush")
    }
}

impl digital::ErrorType for Logged<'_> {
    type Error = Failed;
}

impl OutputPin for Logged<'_> {
    fn set_low(&mut self) -> Result<(), Failed> {
        self.0.call("low")
    }

    fn set_high(&mut self) -> Result<(), Failed> {
        self.0.call("high")
    }
}

impl Configure<Logged<'_>> for Logged<'_> {
    type Error = Failed;

    fn configure(&mut self, _: &mut Logged<'_>) -> Result<(), Failed> {
        self.0.call("configure")
    }
}

impl DelayNs for Logged<'_> {
    async fn delay_ns(&mut self, ns: u32) {
        self.0.call(&format!("{ns}ns")).expect("a delay does not fail");
    }
}
