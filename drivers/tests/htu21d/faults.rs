//! Every fault of the bus at every byte of every dialogue.

use tickwire_drivers::htu21d::Error;
use tickwire_sim::i2c::Fault;
use tickwire_traits::Duration;

use crate::rig::{Clean, METHODS, Method, Rig};

/// Two conversions, one of them discarded, and the limit for a stuck line.
const LIMIT: Duration = Duration::from_millis(250);

#[test]
fn a_fault_at_any_byte_is_an_error_or_harmless_and_the_next_call_works() {
    let mut faults =
        vec![Fault::Nack, Fault::Garble(0xff), Fault::Stuck, Fault::Hang, Fault::ArbitrationLoss];
    faults.extend((0..8).map(|bit| Fault::Garble(1 << bit)));
    for rig in [Rig::new, Rig::timed] {
        for method in METHODS {
            let clean = Clean::of(*method, rig());
            for byte in 0..clean.bytes {
                for fault in &faults {
                    check(rig(), *method, &clean, byte, *fault);
                }
            }
        }
    }
}

#[test]
fn a_bus_that_fails_for_good_is_an_error_within_a_known_time() {
    // A bus without devices is retried for as long as a sensor can be busy.
    for (fault, limit_ms, expected) in [
        (Fault::Nack, 90, "i2c bus"),
        (Fault::Stuck, 0, "i2c bus"),
        (Fault::ArbitrationLoss, 0, "i2c bus"),
        (Fault::Hang, 35, "stuck"),
        (Fault::Garble(0xff), 90, "i2c bus"),
    ] {
        for method in METHODS {
            let mut rig = Rig::new();
            rig.faults.set(Some(fault));
            let error = rig.call(*method, Duration::from_millis(limit_ms)).unwrap_err();
            assert!(error.to_string().contains(expected), "{} {fault:?}: {error}", method.0);
            rig.faults.set(None);
            rig.call(*method, LIMIT).unwrap();
        }
    }
}

#[test]
fn a_garbled_result_is_never_a_value() {
    // The result is in the last three bytes of the dialogue.
    let clean = Clean::of(METHODS[0], Rig::new());
    for byte in clean.bytes - 3..clean.bytes {
        for bits in 1..=0xff {
            let mut rig = Rig::new();
            rig.faults.inject(byte, Fault::Garble(bits));
            assert_eq!(rig.call(METHODS[0], LIMIT), Err(Error::Checksum));
        }
    }
}

#[test]
fn a_data_line_held_low_is_no_temperature() {
    let clean = Clean::of(METHODS[0], Rig::new());
    let mut rig = Rig::new();
    for (byte, bits) in (clean.bytes - 3..).zip([0x66, 0xf0, 0x8d]) {
        rig.faults.inject(byte, Fault::Garble(bits));
    }
    assert_eq!(rig.call(METHODS[0], LIMIT), Err(Error::AllZeros));
    rig.call(METHODS[0], LIMIT).unwrap();
}

#[track_caller]
fn check(mut rig: Rig, method: Method, clean: &Clean, byte: u64, fault: Fault) {
    let context = format!("{} with {fault:?} at byte {byte}", method.0);
    rig.faults.inject(byte, fault);
    if let Ok(answer) = rig.call(method, LIMIT) {
        clean.check(&answer, &rig, &context);
    }
    let answer = rig.call(method, LIMIT).unwrap_or_else(|error| panic!("{context}: {error}"));
    clean.check(&answer, &rig, &context);
}
