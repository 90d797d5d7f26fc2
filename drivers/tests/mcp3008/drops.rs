//! Every call dropped at every wait.

use embedded_hal::digital::PinState;
use embedded_hal_async::spi::{ErrorKind, ErrorType, Operation, SpiBus, SpiDevice};
use tickwire_drivers::mcp3008::{Input, Mcp3008};
use tickwire_sim::spi::{Fault, SpiFault};
use tickwire_sim::{Pace, drop_after, impatiently};
use tickwire_traits::{AnalogInput, Duration, Timer};

use crate::rig::{Answer, Rig, expected};

/// Reads an input by each public `async fn`, after a call that is dropped at this pending poll.
/// Returns whether that call was dropped.
fn twice<const BITS: u32>(rig: &Rig, polls: usize, by_channel: bool) -> (bool, Answer) {
    let mut adc = rig.adc::<BITS>();
    if by_channel {
        let mut channel = adc.into_channel(Input::Ch6);
        let dropped = rig.sim.run(drop_after(polls, channel.read())).is_none();
        let read = rig.sim.run(channel.read());
        return (dropped, read.map(|value| value.try_into().unwrap()));
    }
    let dropped = rig.sim.run(drop_after(polls, adc.read(Input::Ch1MinusCh0))).is_none();
    (dropped, rig.sim.run(adc.read(Input::Ch6)))
}

#[test]
fn a_call_that_is_dropped_anywhere_can_be_made_again() {
    for pace in Pace::ALL {
        for by_channel in [false, true] {
            check::<10>(pace, by_channel);
            check::<12>(pace, by_channel);
        }
    }
}

#[track_caller]
fn check<const BITS: u32>(pace: Pace, by_channel: bool) {
    let mut drops = 0;
    for polls in 1.. {
        let rig = Rig::at(pace);
        let (dropped, read) = twice::<BITS>(&rig, polls, by_channel);
        let context = format!("{pace:?}, dropped at poll {polls}");
        assert_eq!(read, Ok(expected(Input::Ch6)), "{context}");
        assert_eq!(rig.bus.cancelled(), u32::from(dropped), "{context}");
        if !dropped {
            break;
        }
        drops += 1;
    }
    // A punctual task waits for each of the three bytes; a late one finds them over.
    assert!(drops >= if pace == Pace::Punctual { 3 } else { 1 }, "{pace:?}: {drops}");
}

/// A device that stays selected if a transfer is dropped, as those of other crates do.
struct Plain<'a>(&'a Rig);

impl ErrorType for Plain<'_> {
    type Error = SpiFault;
}

impl SpiDevice for Plain<'_> {
    async fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SpiFault> {
        let mut bus = self.0.bus.lock().await;
        self.0.selects[0].set(PinState::Low);
        for operation in operations {
            match operation {
                Operation::Write(words) => bus.write(words).await?,
                Operation::TransferInPlace(words) => bus.transfer_in_place(words).await?,
                other => panic!("{other:?} is not expected"),
            }
        }
        bus.flush().await?;
        self.0.selects[0].set(PinState::High);
        Ok(())
    }
}

#[test]
fn a_chip_that_was_left_selected_is_deselected_before_the_next_conversion() {
    for pace in Pace::ALL {
        for fault in [None, Some(Fault::Error(ErrorKind::Overrun))] {
            for byte in 0..3 {
                let rig = Rig::at(pace);
                let mut adc = Mcp3008::new(Plain(&rig));
                let first = match fault {
                    None => rig.sim.run(drop_after(byte + 1, adc.read(Input::Ch6))),
                    Some(fault) => {
                        rig.faults.inject(byte as u64, fault);
                        Some(rig.sim.run(adc.read(Input::Ch6)))
                    }
                };
                let context = format!("{pace:?}, {fault:?} at byte {byte}: {first:?}");
                // A late task may find the conversion over.
                let stays = !matches!(first, Some(Ok(_)));
                assert!(stays || pace != Pace::Punctual, "{context}");
                assert_eq!(rig.selects[0].level() == PinState::Low, stays, "{context}");
                // Dropped once more: while the chip is deselected, or later.
                for polls in 1..=2 {
                    rig.sim.run(drop_after(polls, adc.read(Input::Ch2)));
                }
                let read = rig.sim.run(adc.read(Input::Ch3));
                assert_eq!(read, Ok(expected(Input::Ch3)), "{context}");
            }
        }
    }
}

#[test]
fn an_impatient_caller_gets_a_result_from_a_bus_that_does_not_wait() {
    let rig = Rig::new();
    let mut adc = rig.adc::<10>();
    let read = rig.sim.run(impatiently(async || adc.read(Input::Ch4).await));
    assert_eq!(read, Ok(expected(Input::Ch4)));
    rig.check_uses("");
}

#[test]
fn a_conversion_has_to_have_its_time() {
    let rig = Rig::timed();
    let (mut adc, clock) = (rig.adc::<10>(), rig.clock.clone());
    // A conversion takes 24 µs, and 8 µs more after one that was dropped.
    for (micros, enough) in [(1, false), (17, false), (31, false), (32, true), (24, true)] {
        let limit = Duration::from_micros(micros);
        let read = rig.sim.run(clock.timeout(limit, adc.read(Input::Ch7)));
        assert_eq!(read.is_ok(), enough, "{micros} µs");
        rig.sim.run(clock.sleep(Duration::from_micros(100)));
    }
}
