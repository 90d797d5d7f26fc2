//! A shared I2C bus.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use embedded_hal_async::i2c::{ErrorKind, I2c, NoAcknowledgeSource, Operation};
use tickwire_sim::i2c::{Ack, Bus, Device, I2cFault};
use tickwire_sim::{Sim, SimClock, StallKind, drop_after};
use tickwire_sync::{NoopRawMutex, SharedI2c, local, shared};
use tickwire_traits::{Duration, Instant, JoinHandle, Spawn, Timer};

use crate::logged::{Failed, Log, Logged};

/// A device that acknowledges everything.
struct Sink;

impl Device for Sink {
    fn start(&mut self, _: Instant, _: bool) -> Ack {
        Ack::Ack
    }

    fn write(&mut self, _: Instant, _: u8) -> Ack {
        Ack::Ack
    }

    fn read(&mut self, _: Instant) -> u8 {
        0
    }
}

type Shared = local::SharedBus<Bus<SimClock>>;

/// Returns a bus with a device at 0x10, on which a byte takes 90 µs, and a log of its
/// transfers.
fn bus(sim: &Sim) -> (Rc<Shared>, Rc<RefCell<Vec<String>>>) {
    let mut bus = Bus::new(sim.clock()).with_speed(100_000);
    bus.attach(0x10, Rc::new(RefCell::new(Sink)));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    bus.on_transfer(move |traffic| log.borrow_mut().push(traffic.to_string()));
    (Rc::new(local::SharedBus::new(bus)), seen)
}

#[test]
fn each_method_is_the_same_method_of_the_bus() {
    let log = Log::default();
    let bus = local::SharedBus::new(Logged(&log));
    let mut i2c = bus.i2c();
    Sim::new().run(async {
        i2c.read(1, &mut []).await.unwrap();
        i2c.write(1, &[]).await.unwrap();
        i2c.write_read(1, &[], &mut []).await.unwrap();
        i2c.transaction(1, &mut [Operation::Read(&mut [])]).await.unwrap();
        assert_eq!(log.take(), "read write write_read transaction");
        log.failing.set(&[0, 1, 2, 3]);
        assert_eq!(i2c.read(1, &mut []).await, Err(Failed(0)));
        assert_eq!(i2c.write(1, &[]).await, Err(Failed(1)));
        assert_eq!(i2c.write_read(1, &[], &mut []).await, Err(Failed(2)));
        assert_eq!(i2c.transaction(1, &mut []).await, Err(Failed(3)));
    });
    assert_eq!(bus.cancelled(), 0);
}

#[test]
fn an_error_is_that_of_the_bus_and_the_bus_is_free_after_it() {
    let sim = Sim::new();
    let (bus, _) = bus(&sim);
    let absent = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
    assert_eq!(sim.run(bus.i2c().write(0x11, &[1])), Err(I2cFault(absent)));
    assert_eq!(sim.run(bus.i2c().write(0x10, &[1])), Ok(()));
    assert_eq!(bus.cancelled(), 0);
}

#[test]
fn transactions_take_turns_in_the_order_in_which_they_came() {
    let sim = Sim::new();
    let (bus, seen) = bus(&sim);
    let clock = sim.clock();
    sim.run(async {
        for device in 1..=3 {
            let bus = bus.clone();
            let twice = async move {
                for transfer in 1..=2 {
                    bus.i2c().write(0x10, &[device << 4 | transfer]).await.unwrap();
                }
            };
            sim.spawner().spawn(twice).unwrap().detach();
        }
        clock.sleep(Duration::from_millis(10)).await;
    });
    let order = ["20 11", "20 21", "20 31", "20 12", "20 22", "20 32"];
    assert_eq!(*seen.borrow(), order);
}

/// A transfer on this bus is pending once for each byte and once for the stop condition.
#[test]
fn a_waiter_is_polled_when_it_has_the_bus_and_not_before() {
    for waiters in [2, 8] {
        let sim = Sim::new();
        let (bus, seen) = bus(&sim);
        let clock = sim.clock();
        let alone = {
            let before = sim.polls();
            sim.run(bus.i2c().write(0x10, &[0; 10])).unwrap();
            sim.polls() - before
        };
        sim.run(async {
            let before = sim.polls();
            for _ in 0..=waiters {
                let bus = bus.clone();
                let write = async move { bus.i2c().write(0x10, &[0; 10]).await.unwrap() };
                sim.spawner().spawn(write).unwrap().detach();
            }
            clock.sleep(Duration::from_millis(100)).await;
            // Each waiter is polled once more, when it starts to wait; this task once.
            assert_eq!(sim.polls() - before, (waiters + 1) * alone + waiters + 1, "{waiters}");
        });
        assert_eq!(seen.borrow().len() as u64, waiters + 2);
    }
}

#[test]
fn one_that_is_dropped_while_it_waits_leaves_the_queue_and_has_sent_nothing() {
    let sim = Sim::new();
    let (bus, seen) = bus(&sim);
    let clock = sim.clock();
    sim.run(async {
        let held = bus.lock().await;
        assert_eq!(drop_after(1, bus.i2c().write(0x10, &[1])).await, None);
        let after = sim.spawner().spawn({
            let bus = bus.clone();
            async move { bus.i2c().write(0x10, &[2]).await.unwrap() }
        });
        clock.sleep(Duration::from_millis(1)).await;
        drop(held);
        after.unwrap().await;
    });
    assert_eq!((bus.cancelled(), seen.borrow().join(" | ")), (0, "20 02".into()));
}

#[test]
fn one_that_is_dropped_midway_is_counted_and_the_next_gets_the_bus() {
    for polls in 1.. {
        let sim = Sim::new();
        let (bus, seen) = bus(&sim);
        let ended = sim.run(drop_after(polls, bus.i2c().write(0x10, &[1, 2]))).is_some();
        assert_eq!(bus.cancelled(), u32::from(!ended), "{polls}");
        assert_eq!(sim.run(bus.i2c().write(0x10, &[3])), Ok(()), "{polls}");
        assert_eq!(seen.borrow().last().unwrap(), "20 03");
        if ended {
            return assert_eq!(polls, 5); // An address, two bytes, a stop condition.
        }
    }
}

#[test]
fn a_transaction_that_panics_counts_as_dropped_and_the_next_gets_the_bus() {
    struct Broken;
    impl Device for Broken {
        fn start(&mut self, _: Instant, _: bool) -> Ack {
            panic!("a defect of a model")
        }
        fn write(&mut self, _: Instant, _: u8) -> Ack {
            Ack::Nack
        }
        fn read(&mut self, _: Instant) -> u8 {
            0
        }
    }
    let sim = Sim::new();
    let mut bus = Bus::new(sim.clock());
    bus.attach(0x10, Rc::new(RefCell::new(Sink)));
    bus.attach(0x11, Rc::new(RefCell::new(Broken)));
    let bus = local::SharedBus::new(bus);
    let (mut i2c, mut other) = (bus.i2c(), bus.i2c());
    let panicked = catch_unwind(AssertUnwindSafe(|| sim.run(i2c.write(0x11, &[1]))));
    assert!(panicked.is_err());
    assert_eq!(bus.cancelled(), 1);
    assert_eq!(sim.run(other.write(0x10, &[1])), Ok(()));
    assert_eq!(bus.cancelled(), 1);
}

#[test]
fn a_transaction_reports_its_wait_for_the_bus_in_a_stall() {
    let sim = Sim::new();
    let (bus, _) = bus(&sim);
    let stall = sim.try_run(async {
        let _held = bus.lock().await;
        bus.i2c().write(0x10, &[1]).await
    });
    let stall = stall.unwrap_err();
    assert_eq!(stall.kind, StallKind::Deadlock);
    assert_eq!(stall.tasks[0].waits_for, ["the lock of a `Mutex`"]);
}

#[test]
fn a_handle_may_be_cloned_and_shown() {
    let log = Log::default();
    let bus = local::SharedBus::new(Logged(&log));
    let handle: SharedI2c<'_, NoopRawMutex, _> = bus.i2c();
    Sim::new().run(handle.clone().read(1, &mut [])).unwrap();
    let shown = "SharedI2c(SharedBus { locked: false, cancelled: 0, deselect_failures: 0, .. })";
    assert_eq!(format!("{handle:?}"), shown);
}

/// A bus for interrupts and threads can be a `static`, and its futures may move between
/// threads.
#[test]
fn a_shared_one_may_be_static_and_its_futures_are_send() {
    fn send(_: impl Send) {}
    struct Nothing;
    impl embedded_hal::i2c::ErrorType for Nothing {
        type Error = Failed;
    }
    impl I2c for Nothing {
        async fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), Failed> {
            Ok(())
        }
    }
    static BUS: shared::SharedBus<Nothing> = shared::SharedBus::new(Nothing);
    let mut i2c = BUS.i2c();
    send(i2c.write(1, &[]));
    send(i2c);
}
