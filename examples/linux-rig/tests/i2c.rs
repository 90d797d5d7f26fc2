//! Transactions on a bus of the kernel, with the faults of its adapters.
//!
//! They run in `cargo xtask linux-rig`. Elsewhere they do nothing, and say so.
#![cfg(target_os = "linux")]

#[path = "../../../exec-std/tests/rig/mod.rs"]
#[allow(dead_code, reason = "the tests of exec-std use more of it")]
mod rig;

use std::fs::File;
use std::iter;

use embedded_hal::i2c::{Error as _, ErrorKind, NoAcknowledgeSource};
use embedded_hal_async::i2c::{I2c, Operation};
use futures_lite::future::poll_once;
use rig::in_rig;
use tickwire_exec_std::i2c::{Bus, Error};
use tickwire_exec_std::{StdClock, run};
use tickwire_linux_rig::i2c_bus::{PATH, tell};
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const SENSOR: u8 = 0x40;
const NOBODY: u8 = 0x41;
const ADDRESS: NoAcknowledgeSource = NoAcknowledgeSource::Address;
const UNKNOWN: NoAcknowledgeSource = NoAcknowledgeSource::Unknown;

/// Reads the sensor's register, which is 0x02 after power-on.
async fn works(bus: &mut Bus) {
    let mut register = [0];
    bus.write_read(SENSOR, &[0xe7], &mut register).await.expect("the bus works");
    assert_eq!(register, [0x02]);
}

/// Numbers of files that are open, of opens, and of transfers, of all programs.
fn counts() -> [u32; 3] {
    let counts: Vec<_> = tell("counts").split(' ').map(|count| count.parse().unwrap()).collect();
    counts.try_into().unwrap()
}

#[test]
fn a_transaction_is_one_transfer_and_an_address_is_opened_once() {
    in_rig(|| {
        let mut bus = Bus::open(PATH).unwrap();
        run(async |_| {
            works(&mut bus).await;
            let before = counts();
            for _ in 0..20 {
                works(&mut bus).await;
            }
            let after = counts();
            assert_eq!((after[1], after[2]), (before[1], before[2] + 20));
            // Operations of one direction are one message.
            let (mut first, mut second) = ([0; 1], [0; 1]);
            let operations = &mut [
                Operation::Write(&[0xe7]),
                Operation::Read(&mut first),
                Operation::Read(&mut second),
            ];
            bus.transaction(SENSOR, operations).await.unwrap();
            assert_eq!((first, second), ([0x02], [0xff]));
        });
        drop(bus);
        let closed = || counts()[0] == 0;
        run(async |_| {
            while !closed() {
                CLOCK.sleep(Duration::from_millis(1)).await;
            }
        });
    });
}

#[test]
fn each_fault_is_reported_as_what_it_is_and_the_bus_works_afterwards() {
    in_rig(|| {
        let mut bus = Bus::open(PATH).unwrap();
        run(async |_| {
            let faults = [
                ("fault 0 nack", ErrorKind::NoAcknowledge(UNKNOWN)),
                ("fault 1 nack", ErrorKind::NoAcknowledge(UNKNOWN)),
                ("fault 1 arbitration", ErrorKind::ArbitrationLoss),
                ("fault 2 stuck", ErrorKind::Bus),
                ("error 5", ErrorKind::Bus),                    // EIO
                ("error 6", ErrorKind::NoAcknowledge(ADDRESS)), // ENXIO
                ("error 16", ErrorKind::Bus),                   // EBUSY
                ("error 71", ErrorKind::Bus),                   // EPROTO
                ("error 95", ErrorKind::Other),                 // EOPNOTSUPP
            ];
            for (fault, kind) in faults {
                tell(fault);
                let mut untouched = [7];
                let error = bus.write_read(SENSOR, &[0xe7], &mut untouched).await.unwrap_err();
                assert_eq!((error.kind(), untouched), (kind, [7]), "{fault}: {error}");
                assert!(!error.to_string().contains('\n'));
                works(&mut bus).await;
            }
            let error = bus.write(NOBODY, &[0]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoAcknowledge(ADDRESS), "{error}");
            // Behind two addresses and a command.
            tell("fault 3 garble");
            let mut garbled = [0];
            bus.write_read(SENSOR, &[0xe7], &mut garbled).await.unwrap();
            assert_eq!(garbled, [0x03], "a bus does not check what it carries");
            works(&mut bus).await;
        });
    });
}

#[test]
fn an_address_that_a_driver_of_the_kernel_holds_is_refused() {
    in_rig(|| {
        tell("hold 64");
        let mut bus = Bus::open(PATH).unwrap();
        run(async |_| {
            let error = bus.write(SENSOR, &[0xe7]).await.unwrap_err();
            assert!(matches!(error, Error::AddressInUse { address: SENSOR, .. }), "{error}");
            tell("free");
            works(&mut bus).await;
        });
    });
}

#[test]
fn an_address_for_which_no_descriptor_is_left_is_an_error_until_there_are_some() {
    in_rig(|| {
        let mut bus = Bus::open(PATH).unwrap();
        run(async |_| {
            let mut all: Vec<_> = iter::from_fn(|| File::open("/dev/null").ok()).collect();
            // An address takes one, and another one for a moment.
            for _ in 0..2 {
                let error = bus.write(SENSOR, &[0xe7]).await.unwrap_err();
                assert!(
                    error.to_string().ends_with("Too many open files (os error 24)"),
                    "{error}"
                );
                all.pop();
            }
            works(&mut bus).await;
            all.extend(iter::from_fn(|| File::open("/dev/null").ok()));
            works(&mut bus).await;
        });
    });
}

#[test]
fn a_thousand_transactions_dropped_at_any_moment_leave_the_bus_usable() {
    in_rig(|| {
        let mut bus = Bus::open(PATH).unwrap();
        let mut seed = 1_u32;
        run(async |_| {
            for dropped in 1..=1_000 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // A transfer takes about half a millisecond.
                let moment = Duration::from_micros(u64::from((seed >> 16) % 1_500));
                let mut bytes = [0; 1];
                let _ = CLOCK.timeout(moment, bus.write_read(SENSOR, &[0xe7], &mut bytes)).await;
                if dropped % 100 == 0 {
                    works(&mut bus).await;
                }
            }
        });
        println!("counted: {} of 1000 dropped transactions had begun", bus.cancelled());
        assert!(bus.cancelled() > 100);
    });
}

/// Ends the transfers that hang when it is dropped: until then, their program cannot end.
struct Release;

impl Drop for Release {
    fn drop(&mut self) {
        tell("release");
    }
}

#[test]
fn a_transfer_that_hangs_is_abandoned_and_the_next_is_served() {
    in_rig(|| {
        let _release = Release;
        let mut bus = Bus::open(PATH).unwrap().with_limit(Duration::from_millis(200));
        run(async |_| {
            works(&mut bus).await;
            tell("hang 1");
            let error = bus.write(SENSOR, &[0xe7]).await.unwrap_err();
            assert!(matches!(error, Error::Hung(_)), "{error}");
            works(&mut bus).await;
            tell("hang 1");
            let error = bus.write(SENSOR, &[0xe7]).await.unwrap_err();
            assert!(matches!(error, Error::Hung(_)), "{error}");
            let error = bus.write(SENSOR, &[0xe7]).await.unwrap_err();
            assert!(matches!(error, Error::Ended), "{error}");
            works(&mut Bus::open(PATH).unwrap()).await;
        });
    });
}

#[test]
fn a_bus_that_is_removed_during_a_transfer_is_an_error_until_it_is_opened_again() {
    in_rig(|| {
        let _release = Release;
        let mut bus = Bus::open(PATH).unwrap();
        run(async |_| {
            works(&mut bus).await;
            tell("hang 1");
            let mut transfer = Box::pin(bus.write(SENSOR, &[0xe7]));
            assert!(poll_once(&mut transfer).await.is_none());
            CLOCK.sleep(Duration::from_millis(50)).await;
            tell("gone");
            let error = transfer.await.unwrap_err();
            assert!(matches!(error, Error::Transfer { address: SENSOR, .. }), "{error}");
            let error = bus.write(SENSOR, &[0xe7]).await.unwrap_err();
            assert!(matches!(error, Error::Transfer { address: SENSOR, .. }), "{error}");
            assert!(matches!(Bus::open(PATH), Err(Error::NoBus(_))));
            tell("back");
            works(&mut Bus::open(PATH).unwrap()).await;
        });
    });
}
