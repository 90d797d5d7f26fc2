//! A device on an SPI bus: the order of the calls, whichever of them fail.

use std::cell::RefCell;
use std::convert::Infallible;
use std::error::Error as _;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use embedded_hal::digital::PinState::{High, Low};
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::spi::{Error, ErrorKind, Operation, SpiBus, SpiDevice};
use tickwire_sim::spi::{Bus, Device};
use tickwire_sim::{Sim, Wire, drop_after};
use tickwire_sync::{SharedSpiError, local, shared};
use tickwire_traits::{Delay, Instant};

use crate::logged::{Failed, Log, Logged, device};

const ALL: &str = "configure low write read in_place transfer flush 7ns flush high";

/// Runs a transaction with every operation, in which the given calls fail.
fn run(failing: &'static [usize]) -> (String, Result<(), SharedSpiError<Failed, Failed, Failed>>) {
    let log = Log::default();
    let bus = local::SharedBus::new(Logged(&log));
    let mut device = device(&bus, &log);
    assert_eq!(log.take(), "high"); // The handle's constructor deselects.
    log.failing.set(failing);
    let result = Sim::new().run(device.transaction(&mut [
        Operation::Write(&[1]),
        Operation::Read(&mut [0]),
        Operation::TransferInPlace(&mut [0]),
        Operation::Transfer(&mut [0], &[1]),
        Operation::DelayNs(7),
    ]));
    let calls = log.take();
    // Whichever call failed, the bus is free and the next transaction is complete.
    log.failing.set(&[]);
    assert_eq!(Sim::new().run(device.write(&[1])), Ok(()));
    assert_eq!(log.take(), "configure low write flush high");
    assert_eq!(bus.cancelled(), 0);
    let left_selected =
        calls.ends_with("high") && failing.contains(&(calls.split(' ').count() - 1));
    assert_eq!(bus.deselect_failures(), u32::from(left_selected));
    (calls, result)
}

/// Checks the calls and the returned error when the given calls fail.
#[track_caller]
fn check(failing: &'static [usize], calls: &str, error: SharedSpiError<Failed, Failed, Failed>) {
    assert_eq!(run(failing), (calls.to_owned(), Err(error)));
}

#[test]
fn a_transaction_configures_selects_operates_flushes_and_deselects() {
    assert_eq!(run(&[]), (ALL.to_owned(), Ok(())));
}

#[test]
fn after_an_error_the_bus_is_flushed_and_the_device_deselected() {
    use SharedSpiError::{Bus, ChipSelect, Configure};
    check(&[0], "configure", Configure(Failed(0)));
    check(&[1], "configure low high", ChipSelect(Failed(1)));
    check(&[2], "configure low write flush high", Bus(Failed(2)));
    check(&[3], "configure low write read flush high", Bus(Failed(3)));
    check(&[4], "configure low write read in_place flush high", Bus(Failed(4)));
    check(&[5], "configure low write read in_place transfer flush high", Bus(Failed(5)));
    // The flush precedes the delay: a delay that starts too early is useless.
    check(&[6], "configure low write read in_place transfer flush flush high", Bus(Failed(6)));
    check(&[8], ALL, Bus(Failed(8)));
    check(&[9], ALL, ChipSelect(Failed(9)));
}

#[test]
fn the_first_error_is_the_one_that_is_returned() {
    use SharedSpiError::{Bus, ChipSelect};
    check(&[1, 2], "configure low high", ChipSelect(Failed(1)));
    check(&[2, 3, 4], "configure low write flush high", Bus(Failed(2)));
    check(&[3, 5], "configure low write read flush high", Bus(Failed(3)));
    check(&[8, 9], ALL, Bus(Failed(8)));
}

#[test]
fn a_handle_is_not_made_if_its_device_cannot_be_deselected() {
    let log = Log::default();
    log.failing.set(&[0]);
    let bus = local::SharedBus::new(Logged(&log));
    assert_eq!(bus.spi(Logged(&log), Logged(&log)).err(), Some(Failed(0)));
}

#[test]
fn errors_have_kinds_texts_and_sources() {
    type Error = SharedSpiError<Failed, Failed, Failed>;
    for (error, kind, text) in [
        (Error::Bus(Failed(1)), ErrorKind::Overrun, format!("SPI bus: {}", ErrorKind::Overrun)),
        (Error::ChipSelect(Failed(1)), ErrorKind::ChipSelectFault, "the chip select failed".into()),
        (
            Error::Configure(Failed(1)),
            ErrorKind::Other,
            "the SPI bus could not be configured".into(),
        ),
    ] {
        assert_eq!((error.kind(), error.to_string()), (kind, text));
        assert_eq!(error.source().unwrap().to_string(), "call 1 failed");
    }
}

#[test]
fn a_dropped_transaction_deselects_before_the_next_gets_the_bus() {
    thread_local!(static ORDER: RefCell<Vec<&'static str>> = RefCell::default());
    let note = |what| ORDER.with_borrow_mut(|order| order.push(what));

    /// A chip select that logs its changes.
    struct Select(fn(&'static str));
    impl ErrorType for Select {
        type Error = Infallible;
    }
    impl OutputPin for Select {
        fn set_low(&mut self) -> Result<(), Infallible> {
            self.0("low");
            Ok(())
        }
        fn set_high(&mut self) -> Result<(), Infallible> {
            self.0("high");
            Ok(())
        }
    }

    /// A waker that logs when the next task gets the bus.
    struct Next(fn(&'static str));
    impl Wake for Next {
        fn wake(self: Arc<Self>) {
            self.0("the next");
        }
    }

    let log = Log::default();
    log.hangs.set(true);
    let bus = local::SharedBus::new(Logged(&log));
    let mut device = bus.spi(Select(note), Delay(Sim::new().clock())).unwrap();
    let mut transaction = Box::pin(device.write(&[1]));
    assert!(transaction.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let next = Waker::from(Arc::new(Next(note)));
    let mut waits = pin!(bus.lock());
    assert!(waits.as_mut().poll(&mut Context::from_waker(&next)).is_pending());
    drop(transaction);
    assert_eq!(ORDER.take(), ["high", "low", "high", "the next"]);
    assert_eq!((bus.cancelled(), bus.deselect_failures()), (1, 0));
}

#[test]
fn a_chip_select_that_fails_in_a_dropped_transaction_is_counted() {
    let sim = Sim::new();
    let log = Log::default();
    log.hangs.set(true);
    let bus = local::SharedBus::new(Logged(&log));
    let select = Wire::new(sim.clock(), High);
    let mut device = bus.spi(select.output(), Delay(sim.clock())).unwrap();
    select.fail_after(1); // The pin goes low, and then not high.
    assert_eq!(sim.run(drop_after(1, device.write(&[1]))), None);
    assert_eq!((bus.cancelled(), bus.deselect_failures()), (1, 1));
    assert_eq!(select.level(), Low);
    assert_eq!(device.release().0.set_high(), Ok(()));
}

/// Words that the bus has taken and not sent belong to the dropped transaction.
#[test]
fn what_a_dropped_transaction_leaves_in_the_queue_reaches_no_device() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut spi = Bus::new(clock.clone()).with_speed(1_000_000).with_fifo(4);
    let faults = spi.faults();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    spi.on_transaction(move |traffic| log.borrow_mut().push(traffic.to_string()));
    let selects = [Wire::new(clock.clone(), High), Wire::new(clock.clone(), High)];
    selects.iter().for_each(|select| spi.attach(select, Rc::new(RefCell::new(Silent))));
    let bus = local::SharedBus::new(spi);
    let [mut first, mut second] =
        selects.map(|select| bus.spi(select.output(), Delay(clock.clone())).unwrap());
    sim.run(async {
        // Eight bytes of 8 µs: pending with four bytes in the queue, and dropped there.
        assert_eq!(drop_after(1, first.write(&[1; 8])).await, None);
        // Dropped again, during the flush: the bus is still not idle.
        assert_eq!(drop_after(1, second.write(&[2])).await, None);
        second.write(&[2]).await.unwrap();
        first.write(&[1]).await.unwrap();
    });
    assert_eq!(*seen.borrow(), ["01:00!", "02:00", "01:00"]);
    assert_eq!((bus.cancelled(), faults.torn(), faults.conflicts()), (2, 1, 0));
}

/// An error without information.
struct Silent;

impl Device for Silent {
    fn exchange(&mut self, _: Instant, _: u8) -> u8 {
        0
    }
}

#[test]
fn after_a_dropped_transaction_the_next_flushes_first_and_has_no_error_by_that() {
    let log = Log::default();
    let bus = local::SharedBus::new(Logged(&log));
    let (mut first, mut second) = (device(&bus, &log), device(&bus, &log));
    log.take();
    let sim = Sim::new();
    log.hangs.set(true);
    assert_eq!(sim.run(drop_after(1, first.write(&[1]))), None);
    assert_eq!(log.take(), "configure low write high");
    log.hangs.set(false);
    log.failing.set(&[0]);
    assert_eq!(sim.run(second.write(&[1])), Ok(()));
    assert_eq!(log.take(), "flush configure low write flush high");
    log.failing.set(&[]);
    assert_eq!(sim.run(first.write(&[1])), Ok(()));
    assert_eq!(log.take(), "configure low write flush high");
    assert_eq!(bus.cancelled(), 1);
}

/// The futures of a bus for interrupts and threads may move between threads.
#[test]
fn the_futures_of_a_shared_one_are_send() {
    fn send(_: impl Send) {}
    struct Nothing;
    impl embedded_hal::spi::ErrorType for Nothing {
        type Error = Infallible;
    }
    impl embedded_hal::digital::ErrorType for Nothing {
        type Error = Infallible;
    }
    impl OutputPin for Nothing {
        fn set_low(&mut self) -> Result<(), Infallible> {
            Ok(())
        }
        fn set_high(&mut self) -> Result<(), Infallible> {
            Ok(())
        }
    }
    impl SpiBus for Nothing {
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
    impl DelayNs for Nothing {
        async fn delay_ns(&mut self, _: u32) {}
    }
    static BUS: shared::SharedBus<Nothing> = shared::SharedBus::new(Nothing);
    let Ok(mut device) = BUS.spi(Nothing, Nothing);
    send(device.write(&[1]));
    send(device);
}
