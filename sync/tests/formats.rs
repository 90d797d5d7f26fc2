//! Every value has a format of `defmt`. One that loses it no longer compiles here.
#![cfg(feature = "defmt")]

use core::future::ready;
use core::pin::pin;

use defmt::Format;
use embedded_hal::{digital, spi};
use tickwire_sim::Sim;
use tickwire_sync::{
    Cancelled, Dropped, Full, NothingUnfinished, OverRelease, Published, SharedSpiError, TaskGroup,
    WakeSlots, Winner2, Winner3, Winner4, Winner5, Winner6, local,
};

#[test]
fn every_value_has_a_format() {
    static SLOTS: WakeSlots<1> = WakeSlots::new();
    let mut group = pin!(TaskGroup::<_, 1>::new(&SLOTS));
    logged(group.as_mut().add(ready(())).ok());
    logged(Sim::new().run(local::Barrier::new(1).wait()));
    logged(Cancelled);
    logged(Dropped);
    logged(NothingUnfinished);
    logged(SharedSpiError::<_, digital::ErrorKind>::Bus(spi::ErrorKind::Overrun));
    logged(Winner3::<u8, u8, u8>::First(0));
    logged(Winner4::<u8, u8, u8, u8>::First(0));
    logged(Winner5::<u8, u8, u8, u8, u8>::First(0));
    logged(Winner6::<u8, u8, u8, u8, u8, u8>::First(0));
}

#[test]
fn values_are_sent_with_what_they_hold() {
    check(Full(0x1234_u16), &[0x34, 0x12]);
    check(OverRelease { excess: 0x0102 }, &[2, 1, 0, 0]);
    check(Published { delivered: 0x0102, dropped: 0x0304 }, &[2, 1, 0, 0, 4, 3, 0, 0]);
    check(Winner2::<Cancelled, u16>::Second(0x5678), &[0x78, 0x56]);
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
