//! A transfer, bit by bit.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use embedded_hal::digital::PinState;
use embedded_hal_async::i2c::{ErrorKind, NoAcknowledgeSource, Operation};
use tickwire_traits::{Duration, Instant, Timer, TimerQueue};

use super::{Ack, Bus, Device, Fault, I2cFault, Symbol, Traffic};
use crate::waits_for;

/// A transfer, from its start condition to its stop condition.
pub(super) struct Transfer<'a, T: TimerQueue> {
    bus: &'a Bus<T>,
    device: Option<Rc<RefCell<dyn Device>>>,
    /// The end of the last byte or condition that has begun.
    at: Instant,
    stopped: bool,
    traffic: Traffic,
}

impl<'a, T: TimerQueue> Transfer<'a, T> {
    pub(super) fn begin(bus: &'a Bus<T>, address: u8) -> Self {
        bus.faults.count_transfer();
        let at = bus.clock.now();
        let traffic = Traffic { at, symbols: Vec::new() };
        Self { bus, device: bus.device(address), at, stopped: false, traffic }
    }

    pub(super) async fn run(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), I2cFault> {
        let mut direction = None;
        for operation in operations {
            let reads = matches!(operation, Operation::Read(_));
            if direction.replace(reads) != Some(reads) {
                self.address(address, reads).await?;
            }
            match operation {
                Operation::Read(into) => self.read(into).await?,
                Operation::Write(bytes) => self.write(bytes).await?,
            }
        }
        Ok(())
    }

    async fn address(&mut self, address: u8, reads: bool) -> Result<(), I2cFault> {
        self.draw_start();
        let byte = address << 1 | u8::from(reads);
        self.fault(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)).await?;
        let ack = match &self.device {
            Some(device) => device.borrow_mut().start(self.bus.clock.now(), reads),
            None => Ack::Nack,
        };
        self.byte(byte, ack).await;
        match ack {
            Ack::Ack => self.let_go().await,
            Ack::Nack => return Err(self.refused(NoAcknowledgeSource::Address)),
        }
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), I2cFault> {
        for byte in bytes {
            let garbled = self.fault(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data)).await?;
            let byte = byte ^ garbled;
            let now = self.bus.clock.now();
            let device = self.device.as_ref();
            let ack = device.map_or(Ack::Nack, |device| device.borrow_mut().write(now, byte));
            self.byte(byte, ack).await;
            if ack == Ack::Nack {
                return Err(self.refused(NoAcknowledgeSource::Data));
            }
        }
        Ok(())
    }

    async fn read(&mut self, into: &mut [u8]) -> Result<(), I2cFault> {
        let last = into.len().wrapping_sub(1);
        for (index, slot) in into.iter_mut().enumerate() {
            let garbled = self.fault(ErrorKind::Bus).await?;
            let now = self.bus.clock.now();
            let device = self.device.as_ref();
            let byte = device.map_or(0xff, |device| device.borrow_mut().read(now));
            // The controller does not acknowledge the last byte it reads.
            let ack = if index == last { Ack::Nack } else { Ack::Ack };
            *slot = byte ^ garbled;
            self.byte(*slot, ack).await;
        }
        Ok(())
    }

    /// Waits until the device releases the clock line.
    async fn let_go(&mut self) {
        let held = self.device.as_ref().and_then(|device| device.borrow().holds_clock_until());
        if let Some(until) = held {
            self.bus.clock.sleep_until(until).await;
            // After the wait: a transfer dropped during it releases the bus at once.
            self.at = self.at.max(until);
        }
    }

    pub(super) fn stop(&mut self) {
        if std::mem::replace(&mut self.stopped, true) {
            return;
        }
        if let Some(device) = &self.device {
            // A caller that drops a transfer may have borrowed the device: no panic here.
            if let Ok(mut device) = device.try_borrow_mut() {
                device.stop(self.bus.clock.now());
            }
        }
        self.draw_stop();
        for listener in self.bus.listeners.borrow_mut().iter_mut() {
            listener(&self.traffic);
        }
    }

    /// Counts a byte and applies its fault. Returns the bits to
    /// invert.
    async fn fault(&mut self, refusal: ErrorKind) -> Result<u8, I2cFault> {
        match self.bus.faults.next_byte() {
            None => Ok(0),
            Some(Fault::Garble(bits)) => Ok(bits),
            Some(Fault::Nack) => {
                self.bus.faults.count_refusal();
                Err(I2cFault(refusal))
            }
            Some(Fault::ArbitrationLoss) => Err(I2cFault(ErrorKind::ArbitrationLoss)),
            Some(Fault::Stuck) => Err(I2cFault(ErrorKind::Bus)),
            Some(Fault::Hang) => {
                // At every poll, since the poll that asks for the reason comes after a stall.
                poll_fn(|_| {
                    waits_for(|| "an I2C transfer that hangs");
                    Poll::Pending
                })
                .await
            }
        }
    }

    fn refused(&self, source: NoAcknowledgeSource) -> I2cFault {
        self.bus.faults.count_refusal();
        I2cFault(ErrorKind::NoAcknowledge(source))
    }

    async fn byte(&mut self, byte: u8, ack: Ack) {
        self.traffic.symbols.push(Symbol::Byte(byte, ack));
        self.draw_byte(byte, ack);
        self.at += self.bus.bit.unwrap_or_default() * 9;
        self.pause().await;
    }

    /// Waits for the end of the byte or condition that has begun.
    pub(super) async fn pause(&self) {
        if self.bus.bit.is_some() {
            self.bus.clock.sleep_until(self.at).await;
        }
    }

    fn draw_start(&mut self) {
        self.traffic.symbols.push(Symbol::Start);
        let Some(bit) = self.bus.bit else { return };
        if let Some([scl, sda]) = &self.bus.probes {
            // Needed by a repeated start too: data rises while the clock is low.
            sda.record(self.at, PinState::High);
            scl.record(self.at + quarters(bit, 1), PinState::High);
            sda.record(self.at + quarters(bit, 2), PinState::Low);
            scl.record(self.at + quarters(bit, 3), PinState::Low);
        }
        self.at += bit;
    }

    fn draw_byte(&self, byte: u8, ack: Ack) {
        let (Some(bit), Some([scl, sda])) = (self.bus.bit, &self.bus.probes) else { return };
        let bits = (0..8).rev().map(|n| byte >> n & 1 == 1).chain([ack == Ack::Nack]);
        for (index, high) in (0..).zip(bits) {
            let at = self.at + bit * index;
            sda.record(at, high.into());
            scl.record(at + quarters(bit, 1), PinState::High);
            scl.record(at + quarters(bit, 3), PinState::Low);
        }
    }

    fn draw_stop(&mut self) {
        let Some(bit) = self.bus.bit else { return };
        // Later, if the transfer was dropped while it waited for something else.
        self.at = self.at.max(self.bus.clock.now());
        if let Some([scl, sda]) = &self.bus.probes {
            sda.record(self.at, PinState::Low);
            scl.record(self.at + quarters(bit, 1), PinState::High);
            sda.record(self.at + quarters(bit, 2), PinState::High);
        }
        self.at += bit;
        self.bus.free.set(self.at);
    }
}

/// Returns part of a bit, rounded up: in a bit of 3 µs or more, no two are equal.
fn quarters(bit: Duration, quarters: u32) -> Duration {
    Duration::from_micros((bit * quarters).as_micros().div_ceil(4))
}

impl<T: TimerQueue> Drop for Transfer<'_, T> {
    fn drop(&mut self) {
        self.stop();
    }
}
