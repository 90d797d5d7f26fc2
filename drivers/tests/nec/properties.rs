//! What holds for any edges, and for any lateness.

use proptest::collection::vec;
use proptest::prelude::*;
use tickwire_drivers::nec::{Addressing, Decoder, Event, Frame, Modulator};
use tickwire_traits::{Duration, Instant};

use crate::line::{Line, REPEAT, frame, key};

/// A span of a signal, near a limit, or any.
fn span() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => prop::sample::select(vec![562_u64, 563, 1_688, 2_250, 4_500, 9_000]),
        2 => prop::sample::select(vec![1_120_u64, 1_700, 3_000, 4_000, 7_999, 73_000, 80_000])
            .prop_flat_map(|limit| limit - 1..=limit + 1),
        2 => 0_u64..100_000,
        1 => any::<u32>().prop_map(u64::from),
    ]
}

/// An edge: its span, whether the level changes, and how many were missed before it.
fn edge() -> impl Strategy<Value = (u64, bool, u32)> {
    let missed = prop_oneof![30 => Just(0), 1 => Just(1), 1 => any::<u32>()];
    (span(), prop::bool::weighted(0.95), missed)
}

fn addressing() -> impl Strategy<Value = Addressing> {
    prop::sample::select(vec![Addressing::Standard, Addressing::Extended])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Each span is off by its own part of up to 20 %.
    #[test]
    fn a_jittered_frame_is_received(
        address: u16,
        command: u8,
        parts in vec(-20_000_i64..=20_000, 67),
    ) {
        let exact = key(address, command);
        let spans: Vec<_> = exact
            .iter()
            .zip(parts)
            .map(|(span, part)| span.saturating_add_signed(span.cast_signed() * part / 100_000))
            .collect();
        let end: u64 = spans.iter().sum();
        prop_assume!(end <= 80_000);
        let mut line = Line::new(Addressing::Extended);
        line.signal(&spans);
        prop_assert_eq!(line.signals(), [(end, Event::Frame(Frame::new(address, command)))]);
    }

    /// `Line` compares a punctual caller with a late one, and checks that an error is the last
    /// signal until a pause.
    #[test]
    fn after_any_edges_and_a_pause_a_frame_is_received(
        addressing in addressing(),
        prefix in 0_usize..68,
        edges in vec(edge(), 0..100),
    ) {
        let mut line = Line::new(addressing);
        line.rest(8_000);
        line.signal(&frame(0xFE01_BF40)[..prefix]);
        for (span, is_change, missed) in edges {
            let level = if is_change { !line.level() } else { line.level() };
            line.edge(span, level, missed);
        }
        if line.level() == embedded_hal::digital::PinState::Low {
            line.toggle_after(562);
        }
        line.rest(8_000);
        let spans = key(0x40, 0x12);
        let end = line.now().as_micros() + spans.iter().sum::<u64>();
        line.signal(&spans);
        line.rest(40_000);
        line.signal(&REPEAT);
        let signals = line.signals();
        prop_assert_eq!(signals[signals.len() - 2], (end, Event::Frame(Frame::new(0x40, 0x12))));
        let Event::Repeat(repeat) = signals[signals.len() - 1].1 else {
            panic!("{signals:?}");
        };
        prop_assert_eq!(repeat.frame, Some(Frame::new(0x40, 0x12)));
    }

    /// A frame with a wrong bit is an error: check bytes are complements.
    #[test]
    fn no_frame_with_one_wrong_bit_is_received(address: u8, command: u8, bit in 0_u32..32) {
        let bits = Frame::new(address.into(), command).to_bits();
        prop_assert!(Frame::from_bits(bits ^ 1 << bit, Addressing::Standard).is_err());
    }

    /// Lateness adds up neither within a signal nor over several, and shortens no span by more
    /// than 140 µs.
    #[test]
    fn lateness_is_bounded(
        signals in vec((any::<bool>(), 0_u64..200_000, vec(0_u64..3_000, 68)), 1..8),
    ) {
        let mut modulator = Modulator::new();
        let mut now = Instant::from_millis(1_000);
        let mut last_end = Instant::EPOCH;
        for (is_frame, pause, late) in signals {
            now += Duration::from_micros(pause);
            let exact = if is_frame { key(0x1234, 0x56) } else { REPEAT.into() };
            if is_frame {
                modulator.frame(Frame::new(0x1234, 0x56), now);
            } else {
                modulator.repeat(now);
            }
            let planned = modulator.deadline().unwrap();
            let mut times = Vec::new();
            for late in late {
                let Some(due) = modulator.deadline() else { break };
                now = now.max(due) + Duration::from_micros(late);
                prop_assert!(modulator.step(now).is_some());
                times.push(now);
            }
            prop_assert_eq!(modulator.deadline(), None);
            prop_assert_eq!(times.len(), exact.len() + 1);
            prop_assert!(times[0] - last_end >= Duration::from_millis(20));
            for (pair, exact) in times.windows(2).zip(exact) {
                let span = (pair[1] - pair[0]).as_micros();
                prop_assert!((exact - 140..=exact + 3_000).contains(&span), "{span} for {exact}");
            }
            last_end = now;
            let next = (planned + Modulator::PERIOD).max(now + Duration::from_millis(20));
            prop_assert_eq!(modulator.next(), next);
        }
    }

    /// Any step of a machine returns, whatever the times.
    #[test]
    fn any_times_are_taken(steps in vec((any::<u64>(), any::<bool>(), any::<u32>()), 0..200)) {
        let mut decoder = Decoder::new();
        let mut modulator = Modulator::new();
        for (at, is_high, missed) in steps {
            let at = Instant::from_micros(at);
            let level = is_high.into();
            decoder.edge(tickwire_traits::Edge { line: (), at, level, missed: missed % 3 });
            decoder.elapse(at);
            if missed % 5 == 0 {
                modulator.frame(Frame::new(missed as u16, 0), at);
            }
            modulator.step(at);
        }
    }
}
