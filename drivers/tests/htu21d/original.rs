//! What the original's sensor does, and where it fails.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;

use tickwire_drivers::htu21d::{ADDRESS, Htu21d, Reading, Sampler, Samples};
use tickwire_sim::i2c::{Bus, Fault};
use tickwire_sim::{Sim, models};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Delay, Duration, Either, JoinHandle, Timer, race};

/// The original's commands and formulas: its two vectors, with the polynomial 0x131, from 0.
#[test]
fn the_originals_vectors_decode() {
    let check = |bytes, expected: &str| {
        let told = match Reading::from_frame(bytes).unwrap() {
            Reading::Temperature(temperature) => format!("{temperature} C"),
            Reading::Humidity(humidity) => format!("{humidity} %"),
        };
        assert_eq!(told, expected);
    };
    // 24.686401 °C, and 32.337708 % with the status bit of humidity.
    check([0x68, 0x38, checksum([0x68, 0x38])], "24.69 C");
    check([0x4e, 0x86, checksum([0x4e, 0x86])], "32.34 %");
}

/// B-HTU1: the original's task ends forever with the first error, and those that await a value
/// then spin.
#[test]
fn b_htu1_an_error_of_the_bus_or_of_a_checksum_ends_no_sampling_and_nobody_spins() {
    for fault in [None, Some(Fault::Stuck), Some(Fault::Hang)] {
        let sim = Sim::new();
        let clock = sim.clock();
        let model = Rc::new(RefCell::new(models::htu21d::Htu21d::new()));
        let mut bus = Bus::new(sim.clock());
        bus.attach(ADDRESS, model.clone());
        let faults = bus.faults();
        // In a `static`, as in firmware.
        let climate: &'static Samples<NoopRawMutex> = Box::leak(Box::default());
        let sensor = Htu21d::new(bus, Delay(sim.clock()));
        let mut sampler = Sampler::new(sensor, sim.clock(), climate);
        let polls = Rc::new(Cell::new(0));
        let counted = polls.clone();
        let waiter = async move {
            let mut samples = climate.listener();
            samples.next().await;
            let mut next = pin!(samples.next());
            poll_fn(|cx| {
                counted.set(counted.get() + 1);
                next.as_mut().poll(cx)
            })
            .await;
        };
        sim.spawner().spawn_named("a waiter", waiter).detach();
        let story = async {
            let first = climate.next().await;
            match fault {
                None => model.borrow_mut().corrupt(0),
                Some(fault) => faults.inject(0, fault),
            }
            let second = clock.timeout(Duration::from_secs(12), climate.next());
            let second = second.await.expect("it goes on");
            // The period of 10 s, and the retry at once.
            assert!(second.at.since(first.at) < Duration::from_secs(11));
            let health = climate.health();
            assert_eq!((health.errors(), health.recoveries, health.failing), (1, 1, 0));
        };
        match sim.run(race(story, sampler.run())) {
            Either::First(()) => {}
            Either::Second(never) => match never {},
        }
        // One that is pending, and one with the sample.
        assert_eq!(polls.get(), 2, "polls of a task that waits, {fault:?}");
    }
}

/// Computes the checksum by division of the bits by x⁸ + x⁵ + x⁴ + 1.
fn checksum(bytes: [u8; 2]) -> u8 {
    let mut rest = u32::from(u16::from_be_bytes(bytes)) << 8;
    for bit in (8..24).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= 0x131 << (bit - 8);
        }
    }
    rest as u8
}
