//! I²C buses, by blocking ones that the test makes.
//!
//! Those of a kernel are tested in `examples/linux-rig`, threads in `worker_threads.rs`.
#![cfg(all(target_os = "linux", feature = "i2c"))]

mod blocking_bus;

use std::path::Path;
use std::pin::pin;
use std::thread;

use blocking_bus::{Bench, Fault};
use embedded_hal::i2c::{Error as _, ErrorKind, NoAcknowledgeSource};
use embedded_hal_async::i2c::{I2c, Operation};
use futures_lite::future::poll_once;
use tickwire_exec_std::i2c::{Bus, Error};
use tickwire_exec_std::{StdClock, run};
use tickwire_sync::gather;
use tickwire_traits::{Duration, Spawn, Timer, yield_now};

const CLOCK: StdClock = StdClock::new();

/// Transfers that a driver makes, and their results.
async fn dialogue(bus: &mut Bus) {
    let (mut one, mut more) = ([0; 1], [0; 3]);
    bus.write_read(0x40, &[1, 2, 3], &mut one).await.unwrap();
    assert_eq!(one, [3], "the last byte written");
    bus.write(0x40, &[7]).await.unwrap();
    bus.read(0x40, &mut more).await.unwrap();
    assert_eq!(more, [7, 8, 9], "and the following ones");
    let operations = &mut [
        Operation::Write(&[1]),
        Operation::Write(&[20]),
        Operation::Read(&mut one),
        Operation::Read(&mut more),
    ];
    bus.transaction(0x40, operations).await.unwrap();
    assert_eq!((one, more), ([20], [21, 22, 23]));
}

#[test]
fn a_transaction_works_under_run() {
    let bench = Bench::new();
    run(async |_| dialogue(&mut bench.bus()).await);
    assert_eq!(bench.messages(), [1 + 1, 1, 1, 1 + 1], "of each transaction");
}

#[test]
fn a_transaction_works_under_tokio() {
    let mut bus = Bench::new().bus();
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tokio.block_on(dialogue(&mut bus));
}

#[test]
fn a_transaction_works_under_smol() {
    let mut bus = Bench::new().bus();
    async_io::block_on(dialogue(&mut bus));
}

#[test]
fn a_bus_and_its_futures_may_move_to_other_threads() {
    fn is_send<T: Send>(it: T) -> T {
        it
    }
    let mut bus = is_send(Bench::new().bus());
    let transfer = async move { bus.write(0x40, &[1]).await.is_ok() };
    let transfer = is_send(transfer);
    assert!(thread::spawn(|| run(async |_| transfer.await)).join().unwrap());
}

#[test]
fn errors_of_the_bus_are_those_of_the_transaction() {
    let bench = Bench::new();
    let mut bus = bench.bus();
    let nack = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
    run(async |_| {
        for kind in [nack, ErrorKind::ArbitrationLoss, ErrorKind::Bus, ErrorKind::Other] {
            bench.next(Fault::Error(kind));
            let mut untouched = [9; 2];
            let error = bus.read(0x40, &mut untouched).await.unwrap_err();
            assert_eq!((error.kind(), untouched), (kind, [9; 2]));
            assert!(!error.to_string().contains('\n'));
            dialogue(&mut bus).await;
        }
        bench.next(Fault::Garbled);
        let mut garbled = [0; 2];
        bus.write_read(0x40, &[1], &mut garbled).await.unwrap();
        assert_eq!(garbled, [!1, !2], "a bus does not check what it carries");
        dialogue(&mut bus).await;
    });
}

#[test]
fn a_bus_that_is_gone_fails_each_transaction() {
    let bench = Bench::new();
    let (mut bus, mut other) = (bench.bus(), None);
    run(async |_| {
        bench.hold();
        let other = other.insert(bus.clone());
        let (mut one, mut two) = (pin!(bus.write(0x40, &[1])), pin!(other.write(0x41, &[1])));
        assert!(poll_once(one.as_mut()).await.is_none());
        assert!(poll_once(two.as_mut()).await.is_none());
        bench.unplug();
        bench.release();
        let (one, two) = gather((one, two)).await;
        assert!(one.is_err() && two.is_err());
    });
    for _ in 0..3 {
        assert!(run(async |_| bus.read(0x40, &mut [0]).await).is_err());
    }
}

#[test]
fn a_hundred_devices_take_turns() {
    const DEVICES: u8 = 100;
    const TIMES: usize = 20;
    let bench = Bench::new();
    let bus = bench.bus();
    run(async |spawner| {
        let tasks: Vec<_> = (0..DEVICES)
            .map(|address| {
                let mut bus = bus.clone();
                let task = async move {
                    for _ in 0..TIMES {
                        bus.write(address, &[1]).await.unwrap();
                    }
                };
                spawner.spawn(task).unwrap()
            })
            .collect();
        for task in tasks {
            task.await;
        }
    });
    let served = bench.addresses();
    assert_eq!(served.len(), TIMES * usize::from(DEVICES));
    for round in served.chunks(usize::from(DEVICES)) {
        let mut round = round.to_vec();
        round.sort_unstable();
        assert!(round.into_iter().eq(0..DEVICES), "each device once");
    }
}

#[test]
fn a_transaction_that_is_dropped_before_it_begins_is_not_made() {
    let bench = Bench::new();
    let (mut bus, mut other) = (bench.bus(), None);
    run(async |_| {
        bench.hold();
        let other = other.insert(bus.clone());
        let mut begun = pin!(bus.write(1, &[1]));
        assert!(poll_once(begun.as_mut()).await.is_none());
        assert!(poll_once(pin!(other.write(2, &[1]))).await.is_none());
        bench.release();
        begun.await.unwrap();
        other.write(3, &[1]).await.unwrap();
        assert_eq!((bench.addresses(), other.cancelled()), (vec![1, 3], 0));
    });
}

#[test]
fn transactions_without_operations_or_bytes_are_no_error() {
    let bench = Bench::new();
    let mut bus = bench.bus();
    run(async |_| {
        assert!(poll_once(pin!(bus.transaction(1, &mut []))).await.unwrap().is_ok());
        assert_eq!(bench.addresses(), []);
        bus.write(2, &[]).await.unwrap();
        bus.read(3, &mut []).await.unwrap();
        assert_eq!(bench.addresses(), [2, 3]);
    });
}

#[test]
fn a_file_that_is_no_bus_is_refused_in_one_line() {
    let file = env!("CARGO_MANIFEST_PATH");
    for path in ["/dev/i2c-250", "/dev/null", "/dev", file, "", "/dev/null/i2c-1"] {
        let error = Bus::open(path).unwrap_err();
        assert!(matches!(&error, Error::NoBus(told) if told == Path::new(path)), "{error}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn a_task_among_others_awaits_a_bus_while_they_run() {
    let bench = Bench::new();
    let mut bus = bench.bus();
    run(async |spawner| {
        bench.hold();
        let task = spawner.spawn(async move { bus.write(0x40, &[1]).await.unwrap() }).unwrap();
        for _ in 0..100 {
            yield_now().await;
        }
        CLOCK.sleep(Duration::from_millis(1)).await;
        bench.release();
        task.await
    });
}
