//! Every value has a format of `defmt`. One that loses it no longer compiles here.
#![cfg(feature = "defmt")]

use core::task::Waker;

use defmt::Format;
use embedded_hal::{digital::PinState, i2c};
use tickwire_traits::{
    Duration, Edge, Either, Elapsed, Exit, Instant, Interest, NbError, Side, SpawnError, Tick,
    TimeSource, WakerId,
};

const AT: Instant = Instant::from_micros(0x0102_0304_0506_0708);

#[test]
fn every_value_has_a_format() {
    logged(Duration::ZERO);
    logged(Either::<_, Elapsed>::First(AT));
    logged(Elapsed);
    logged(Exit::Completed);
    logged(Interest::Read);
    logged(NbError::<i2c::ErrorKind, embedded_io::ErrorKind>::Readiness(
        embedded_io::ErrorKind::Other,
    ));
    logged(Side::A);
    logged(SpawnError::NoFreeSlot);
    logged(TimeSource::Poll);
    logged(WakerId::of(Waker::noop()));
}

#[test]
fn times_are_sent_as_microseconds() {
    check(AT, &[8, 7, 6, 5, 4, 3, 2, 1]);
    check(Duration::from_millis(1), &[0xe8, 3, 0, 0, 0, 0, 0, 0]);
    check(Tick { at: Instant::EPOCH, missed: 0x0102 }, &[2, 1, 0, 0, 0, 0, 0, 0]);
    check(Edge { at: AT, level: PinState::High, missed: 3, line: () }, &[1, 3, 0, 0, 0]);
}

/// Checks that `data` is among the bytes that are sent for `value`. The others are the numbers of
/// its strings, whose high bytes are zero.
#[track_caller]
fn check(value: impl Format, data: &[u8]) {
    let bytes = logged(value);
    assert!(bytes.windows(data.len()).any(|window| window == data), "{bytes:02x?}");
}

/// Returns the bytes that are sent for `value`.
fn logged(value: impl Format) -> Vec<u8> {
    defmt::println!("{}", value);
    defmt::export::fetch_bytes()
}
