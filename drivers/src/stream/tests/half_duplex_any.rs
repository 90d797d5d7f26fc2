//! Bytes that come at any time, and calls that are dropped at any poll.

use std::vec::Vec;

use proptest::prelude::*;
use tickwire_sim::{Pace, drop_after};
use tickwire_traits::{Duration, Instant, Timer};

use super::half_duplex_port::Port;
use crate::stream::{AskError, HalfDuplex};

#[derive(Clone, Copy, Debug)]
enum Call {
    Ask,
    Listen,
}

/// Makes the calls, each dropped after some polls. Checks that each byte was returned once and in
/// order, or dropped and counted.
fn check(pace: Pace, gaps: &[u64], calls: &[(Call, usize)], most: usize, with_end: bool) {
    let sim = pace.sim();
    let clock = sim.clock();
    let mut at = Instant::EPOCH;
    let coming = gaps.iter().enumerate().map(|(n, gap)| {
        at += Duration::from_millis(*gap);
        (at, n as u8)
    });
    let port = Port { coming: coming.collect(), most, ..Port::new(sim.clock()) };
    let mut asker = HalfDuplex::<_, _, 4>::new(port, sim.clock())
        .with_patience(Duration::from_millis(30))
        .with_quiet(Duration::from_millis(5))
        .with_separator(b"\r");
    if with_end {
        asker = asker.with_end(|answer| answer.ends_with(&[7]) || answer.ends_with(&[19]));
    }
    let mut returned: Vec<u8> = Vec::new();
    sim.run(async {
        for (call, polls) in calls {
            let answer = match call {
                Call::Ask => drop_after(*polls, asker.ask(b"what\r")).await,
                // Dropped by time if nothing wakes it.
                Call::Listen => {
                    let limit = Duration::from_millis(100) + pace.lateness() * 10;
                    let listen = drop_after(*polls, asker.listen());
                    clock.timeout(limit, listen).await.unwrap_or(None)
                }
            };
            match answer {
                Some(Ok(answer)) => {
                    assert!(!answer.is_empty(), "an answer of nothing");
                    returned.extend_from_slice(answer);
                }
                Some(Err(AskError::Port(_) | AskError::EndOfStream)) => panic!("{answer:?}"),
                _ => {}
            }
        }
        clock.sleep_until(at).await;
        let limit = Duration::from_secs(1) + pace.lateness() * 100;
        while let Ok(rest) = clock.timeout(limit, asker.listen()).await {
            returned.extend_from_slice(rest.unwrap());
        }
    });
    assert!(returned.is_sorted_by(|a, b| a < b), "{returned:?}");
    let dropped = asker.counters().dropped as usize;
    assert_eq!(returned.len() + dropped, gaps.len(), "{returned:?} and {dropped}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_byte_is_returned_once_and_in_order_or_dropped_and_counted(
        gaps in prop::collection::vec(prop_oneof![3 => 0_u64..2, 2 => 2..8_u64, 1 => 20..50_u64], 0..40),
        calls in prop::collection::vec(
            (prop_oneof![2 => Just(Call::Ask), 1 => Just(Call::Listen)], 1_usize..30), 0..12),
        most in 1_usize..9,
        with_end in any::<bool>(),
    ) {
        for pace in Pace::ALL {
            check(pace, &gaps, &calls, most, with_end);
        }
    }
}
