//! The model of a remote control, against descriptions of its protocol.

use embedded_hal::digital::PinState::{High, Low};
use tickwire_sim::models::nec::{Fault, Key, Remote, Signal};
use tickwire_sim::{Sim, SimClock, Wire};
use tickwire_traits::{Duration, Edges, Instant};

const KEY: Key = Key::standard(0x40, 0x12);
const FRAME: Signal = Signal::Frame(KEY.bits());

/// Lets `send` plan signals, and returns the marks and spaces of all of them. The first is the
/// time before the first mark.
fn spans(send: impl FnOnce(&Wire<SimClock>, Remote<SimClock>)) -> Vec<u64> {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), High);
    let mut pin = wire.input();
    pin.arm().unwrap();
    send(&wire, Remote::new(sim.clock(), &wire));
    wire.toggle_at(&[END]);
    let mut last = Instant::EPOCH;
    let mut spans = Vec::new();
    while last < END {
        let edge = sim.run(pin.edge()).unwrap();
        assert_eq!(edge.level, if spans.len() % 2 == 0 { Low } else { High });
        spans.push((edge.at - last).as_micros());
        last = edge.at;
    }
    spans
}

const END: Instant = Instant::from_millis(1_000_000);

/// Signals of a remote control, and the spans of the line up to the last mark.
#[track_caller]
fn check(send: impl FnOnce(Remote<SimClock>), expected: &[u64]) {
    let spans = spans(|_, remote| send(remote));
    assert_eq!(spans[..spans.len() - 1], *expected);
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

/// Decodes the lengths of spaces as the descriptions say: one unit for a 0, three for a 1.
fn bits(spans: &[u64]) -> u32 {
    spans.chunks(2).rev().fold(0, |bits, bit| bits << 1 | u32::from(bit[1] > 1_125))
}

#[test]
fn a_frame_is_a_start_and_32_bits_and_a_last_mark() {
    for key in [KEY, Key::standard(0, 0xFF), Key::extended(0x1234, 0xA5)] {
        let spans = spans(|_, mut remote| {
            remote.press_at(at(20), key, ms(0));
        });
        assert_eq!(spans.len(), 1 + 67 + 1);
        assert_eq!(spans[..3], [20_000, 9_000, 4_500]);
        assert_eq!(bits(&spans[3..67]), key.bits());
        // 562.5 µs, of which half microseconds add up.
        assert!(spans[3..68].iter().all(|span| matches!(span, 562 | 563 | 1_687 | 1_688)));
        let ones = u64::from(key.bits().count_ones());
        assert_eq!(
            spans[1..68].iter().sum::<u64>(),
            (13_500_000 + 1_125_000 * (32 + ones) + 562_500) / 1_000
        );
    }
}

#[test]
fn a_key_that_is_held_is_repeated_every_108_ms() {
    for (held, repeats) in [(0, 0), (108, 0), (109, 1), (216, 1), (217, 2), (60_000, 555)] {
        let mut end = at(0);
        let spans = spans(|_, mut remote| end = remote.press_at(at(20), KEY, ms(held)));
        assert_eq!(spans.len(), 68 + 4 * repeats + 1, "held for {held} ms");
        let (mut began, mut now) = (20_000, spans[..68].iter().sum::<u64>());
        for repeat in spans[68..spans.len() - 1].chunks(4) {
            assert_eq!(now + repeat[0] - began, 108_000);
            began = now + repeat[0];
            assert_eq!(repeat[1..], [9_000, 2_250, 562]);
            now = began + 9_000 + 2_250 + 562;
        }
        assert_eq!(end.as_micros(), now);
    }
}

#[test]
fn some_remote_controls_repeat_the_frame() {
    let spans = spans(|_, remote| {
        remote.with_repeated_frames().press_at(at(0), KEY, ms(109));
    });
    assert_eq!(spans[..68].iter().sum::<u64>(), 68_062);
    assert_eq!(spans[68], 108_000 - 68_062);
    assert_eq!(spans[69..136], spans[1..68]);
}

#[test]
fn a_signal_waits_for_the_end_of_the_last_period() {
    check(
        |mut remote| {
            remote.send_at(at(10), Signal::Repeat);
            remote.send_at(at(20), Signal::Repeat);
            remote.send_at(at(300), Signal::Repeat);
        },
        &[10_000, 9_000, 2_250, 562, 96_188, 9_000, 2_250, 562, 170_188, 9_000, 2_250, 562],
    );
    // Back to back.
    check(
        |remote| {
            let mut remote = remote.with_period(ms(0));
            remote.send_at(at(10), Signal::Repeat);
            remote.send_at(at(10), Signal::Repeat);
        },
        &[10_000, 9_000, 2_250, 562, 562, 9_000, 2_250, 562],
    );
}

#[test]
fn each_span_varies_within_its_jitter() {
    let jittered = |seed, percent| {
        spans(|_, remote| {
            remote.with_jitter(seed, percent).press_at(at(20), KEY, ms(60_000));
        })
    };
    let (exact, spans) = (jittered(1, 0), jittered(1, 20));
    let mut seen = [100.0_f64, 100.0];
    for (n, (span, exact)) in spans.iter().zip(&exact).enumerate() {
        // Pauses end where the next signal begins, whatever the jitter.
        if *exact < 20_000 && n > 0 {
            let percent = 100.0 * *span as f64 / *exact as f64;
            assert!((79.7..=120.3).contains(&percent), "{span} for {exact}");
            seen = [seen[0].min(percent), seen[1].max(percent)];
        }
    }
    assert!(seen[0] < 81.0 && seen[1] > 119.0, "{seen:?}");
    assert_eq!(jittered(1, 20), spans);
    assert_ne!(jittered(2, 20), spans);
    // Signals do not drift: 556 of them end as without jitter, but for the last one's own.
    let end = |spans: &[u64]| spans[..spans.len() - 1].iter().sum::<u64>();
    assert!(end(&spans).abs_diff(end(&exact)) < 3_000);
}

#[test]
fn a_fault_changes_one_signal() {
    let micros = Duration::from_micros;
    for (fault, expected) in [
        (
            Fault::Glitch { after: micros(9_500), length: micros(100) },
            &[9_000, 500, 100, 1_650, 562][..],
        ),
        (Fault::Glitch { after: micros(500), length: micros(100) }, &[500, 100, 8_400, 2_250, 562]),
        (
            Fault::Glitch { after: micros(50_000), length: micros(100) },
            &[9_000, 2_250, 562, 38_188, 100],
        ),
        (Fault::Cut { after: micros(5_000) }, &[5_000]),
        (Fault::Cut { after: micros(9_000) }, &[9_000]),
        (Fault::Cut { after: micros(10_000) }, &[9_000]),
        (Fault::Cut { after: micros(11_500) }, &[9_000, 2_250, 250]),
        (Fault::Flip { bits: 1 }, &[9_000, 2_250, 562]),
    ] {
        let spans = spans(|_, mut remote| {
            remote.fail_after(1, fault);
            for _ in 0..3 {
                remote.send_at(at(10), Signal::Repeat);
            }
        });
        let whole = [9_000, 2_250, 562];
        assert_eq!(spans[1..4], whole, "{fault:?}");
        assert_eq!(spans[5..5 + expected.len()], *expected, "{fault:?}");
        assert_eq!(spans[5 + expected.len() + 1..][..3], whole, "{fault:?}");
    }
    // The signal that was never seen.
    check(
        |mut remote| {
            remote.fail_after(0, Fault::Cut { after: ms(0) });
            for _ in 0..2 {
                remote.send_at(at(10), Signal::Repeat);
            }
        },
        &[118_000, 9_000, 2_250, 562],
    );
}

#[test]
fn bits_are_flipped_in_a_frame_with_other_faults() {
    let spans = spans(|_, mut remote| {
        remote.fail_after(0, Fault::Flip { bits: 0x8000_0001 });
        remote.fail_after(0, Fault::Glitch { after: ms(80), length: ms(1) });
        remote.send_at(at(10), FRAME);
    });
    assert_eq!(bits(&spans[3..67]), KEY.bits() ^ 0x8000_0001);
    assert_eq!(spans.len(), 68 + 2 + 1);
}

#[test]
fn a_wire_that_is_low_is_let_go() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let mut remote = Remote::new(sim.clock(), &wire);
    assert_eq!(wire.level(), High);
    remote.press(KEY, ms(0));
    assert_eq!(wire.level(), Low);
}
