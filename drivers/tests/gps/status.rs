//! The sentences of one cycle agree on the status of a fix.

use tickwire_drivers::gps::{Quality, Receiver, Status, Transition};
use tickwire_traits::Instant;

use crate::sentences::sentence;

const PLACE: &str = "5224.740736,N,00944.0740680,E";

/// Feeds two cycles with a status in RMC and GLL, a mode, and a quality in GGA, from each
/// sentence on. Each cycle must end with `expected`, with no transition after the first.
#[track_caller]
fn check(status: &str, mode: &str, quality: &str, expected: (Status, Quality)) {
    let cycle = [
        format!("GPRMC,083015,{status},{PLACE},1.00,90.0,170524,,,{mode}"),
        format!("GPGGA,083015,{PLACE},{quality},08,1.0,54.3,M,46.9,M,,"),
        format!("GPGLL,{PLACE},083015,{status},{mode}"),
    ];
    for start in 0..cycle.len() {
        let mut receiver = Receiver::<102>::new();
        let mut transitions = Vec::new();
        for body in cycle.iter().cycle().skip(start).take(2 * cycle.len()) {
            let (_, update) = receiver.push_all(&sentence(body.as_bytes()), Instant::EPOCH);
            transitions.extend(update.unwrap().transition);
        }
        let fix = receiver.fix();
        let found = (fix.status().unwrap().value, fix.quality().unwrap().value);
        assert_eq!(found, expected, "{cycle:?} from {start}");
        let once: &[_] = if expected.0 == Status::Valid { &[Transition::Found] } else { &[] };
        assert_eq!(transitions, once, "{cycle:?} from {start}");
        let is_reported = expected.1 != Quality::NoFix;
        assert_eq!(fix.position().is_some(), is_reported, "{cycle:?} from {start}");
    }
}

#[test]
fn the_sentences_of_a_cycle_agree() {
    use Status::{Lost, Valid};
    check("V", "N", "0", (Lost, Quality::NoFix));
    for (mode, quality, expected) in [
        ("A", "1", Quality::Autonomous),
        ("D", "2", Quality::Differential),
        ("P", "3", Quality::Precise),
        ("R", "4", Quality::RtkFixed),
        ("F", "5", Quality::RtkFloat),
    ] {
        check("A", mode, quality, (Valid, expected));
    }
    for (mode, quality, expected) in [
        ("E", "6", Quality::Estimated),
        ("M", "7", Quality::Manual),
        ("S", "8", Quality::Simulated),
    ] {
        check("V", mode, quality, (Lost, expected)); // As the standard has it.
        check("A", mode, quality, (Valid, expected)); // As many receivers have it.
    }
}

#[test]
fn a_receiver_that_sends_gga_alone_has_no_status_for_an_estimate() {
    let mut receiver = Receiver::<102>::new();
    let mut status = |quality| {
        let body = format!("GPGGA,083015,{PLACE},{quality},08,1.0,54.3,M,46.9,M,,");
        let (_, update) = receiver.push_all(&sentence(body.as_bytes()), Instant::EPOCH);
        (receiver.fix().status().map(|it| it.value), update.unwrap().transition)
    };
    assert_eq!(status(6), (None, None));
    assert_eq!(status(1), (Some(Status::Valid), Some(Transition::Found)));
    assert_eq!(status(6), (Some(Status::Valid), None));
    assert_eq!(status(0), (Some(Status::Lost), Some(Transition::Lost)));
    assert_eq!(status(6), (Some(Status::Lost), None));
}
