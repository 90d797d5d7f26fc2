//! Garbage, and signals after it.

use embedded_hal::digital::PinState::{High, Low};
use tickwire_drivers::nec::{Addressing, Decoder, Error, Event, Frame, Repeat};
use tickwire_traits::Duration;

use crate::line::{Line, REPEAT, key};
use crate::random::Random;

use Addressing::{Extended, Standard};

const KEY: Event = Event::Frame(Frame::new(0x40, 0x12));

/// Lets the line rest for `pause` and checks that a frame is received then.
#[track_caller]
fn check_resynchronized(mut line: Line, pause: u64, context: &dyn std::fmt::Debug) {
    if line.level() == Low {
        line.toggle_after(562);
    }
    line.rest(pause);
    let spans = key(0x40, 0x12);
    let end = line.now().as_micros() + spans.iter().sum::<u64>();
    line.signal(&spans);
    assert_eq!(line.signals().last(), Some(&(end, KEY)), "{context:?}");
}

/// One step of garbage: a span, whether the level changes, and how many edges the source missed.
type Step = (u64, bool, u32);

const STEPS: [Step; 11] = [
    (0, true, 0),
    (562, true, 0),
    (2_250, true, 0),
    (4_500, true, 0),
    (7_999, true, 0),
    (9_000, true, 0),
    (30_000, true, 0),
    (80_001, true, 0),
    (562, false, 0),
    (9_000, false, 0),
    (562, true, 3),
];

/// From a line at rest, and from each state that a signal can be in.
#[test]
fn after_every_short_sequence_of_edges_a_frame_is_received() {
    let whole = [&[10_000], &key(0x40, 1)[..]].concat();
    let starts: [&[u64]; 7] = [
        &[],
        &whole[..2],
        &whole[..3],
        &whole[..40],
        &whole[..66],
        &whole,
        &[10_000, 9_000, 2_250, 562],
    ];
    for start in starts {
        for number in 0..STEPS.len().pow(3) {
            let steps = [1, 11, 121].map(|place| STEPS[number / place % STEPS.len()]);
            for addressing in [Standard, Extended] {
                let mut line = Line::new(addressing);
                start.iter().for_each(|span| line.toggle_after(*span));
                for (span, is_change, missed) in steps {
                    let level = if is_change { !line.level() } else { line.level() };
                    line.edge(span, level, missed);
                }
                check_resynchronized(line, 8_000, &(start, steps));
            }
        }
    }
}

#[test]
fn after_long_noise_a_frame_is_received() {
    let mut random = Random(1);
    for seed in 0..2_000 {
        let mut line = Line::new(if seed % 2 == 0 { Standard } else { Extended });
        for _ in 0..random.below(300) {
            let longest = [100, 1_000, 5_000, 20_000, 200_000][random.below(5) as usize];
            let level = if random.below(50) == 0 { line.level() } else { !line.level() };
            line.edge(random.below(longest), level, u32::from(random.below(80) == 0));
        }
        check_resynchronized(line, 8_000, &seed);
    }
}

#[test]
fn a_decoder_that_starts_within_a_frame_receives_the_next() {
    let spans = key(0x40, 0x12);
    for start in 0..spans.len() {
        let mut line = Line::new(Standard);
        // The edge after `start` is the first one: a rising one if that is a mark.
        for (n, span) in spans.iter().enumerate().skip(start) {
            line.edge(*span, if n % 2 == 0 { High } else { Low }, 0);
        }
        line.rest(40_000);
        line.signal(&REPEAT);
        line.rest(96_000);
        line.signal(&spans);
        let end = line.now().as_micros();
        let events = line.signals();
        let bad_start = |event: &&(u64, Event)| event.1 == Event::Error(Error::BadStart);
        let is_at_an_edge = usize::from(events.iter().any(|event| bad_start(&event)));
        assert_eq!(events.len(), is_at_an_edge + 2, "{start}: {events:?}");
        let unknown = Repeat { frame: None, held: Duration::ZERO };
        assert_eq!(events[is_at_an_edge].1, Event::Repeat(unknown), "{start}");
        assert_eq!(events[is_at_an_edge + 1], (end, KEY), "{start}");
    }
}

#[test]
fn a_pause_is_8_ms_of_idle_level() {
    for (pause, is_received) in [(7_999, false), (8_000, true)] {
        let mut line = Line::new(Standard);
        line.signal(&[200]);
        line.rest(pause);
        line.signal(&key(0x40, 0x12));
        assert_eq!(line.signals().last().unwrap().1 == KEY, is_received, "{pause}");

        // Within a frame that is broken off, the pause is the error.
        let mut line = Line::new(Standard);
        line.signal(&key(0x40, 1)[..20]);
        line.toggle_after(562);
        line.rest(pause);
        let resumed = line.now().as_micros();
        line.signal(&key(0x40, 0x12));
        let signals = line.signals();
        if is_received {
            assert_eq!(signals[0], (resumed, Event::Error(Error::BadBlock)));
            assert_eq!(signals[1].1, KEY);
        } else {
            assert!(signals.iter().all(|signal| signal.1 != KEY), "{signals:?}");
        }
    }
    // A line that is low for long is not at rest.
    let mut line = Line::new(Standard);
    line.signal(&[200]);
    line.toggle_after(100);
    line.toggle_after(20_000);
    line.rest(100);
    line.signal(&key(0x40, 0x12));
    assert_eq!(line.signals(), [(200, Event::Error(Error::BadStart))]);
}

#[test]
fn lost_edges_end_a_signal_and_are_counted() {
    let spans = key(0x40, 0x12);
    for at in 1..68 {
        // As the source counts them, as a level twice, and as a time before the last one.
        for kind in 0..3 {
            let mut line = Line::new(Standard);
            line.toggle_after(10_000);
            for (n, span) in (1..).zip(&spans) {
                match kind {
                    0 => line.edge(*span, !line.level(), if n == at { 2 } else { 0 }),
                    1 if n == at => line.edge(*span, line.level(), 0),
                    2 if n == at => line.edge_before(100),
                    _ => line.toggle_after(*span),
                }
            }
            let lost = line.decoder().counters().lost_edges;
            assert_eq!(lost, if kind == 0 { 2 } else { 1 }, "kind {kind} at {at}");
            let signals = line.signals();
            let expected = if at < 3 { Error::BadStart } else { Error::BadBlock };
            assert_eq!(signals.len(), 1, "kind {kind} at {at}: {signals:?}");
            assert_eq!(signals[0].1, Event::Error(expected), "kind {kind} at {at}");
        }
    }
}

#[test]
fn a_start_that_is_lost_after_a_pause_is_an_error() {
    let mut line = Line::new(Standard);
    line.signal(&key(0x40, 0x12));
    line.rest(40_000);
    line.edge(9_000, High, 0);
    let lost = line.now().as_micros();
    assert_eq!(line.decoder().counters().lost_edges, 1);
    line.signal(&[562]);
    assert_eq!(line.signals()[1..], [(lost, Event::Error(Error::BadStart))]);
}

#[test]
fn a_line_without_time_is_one_error() {
    let mut line = Line::new(Standard);
    line.rest(5_000);
    line.signal(&[0; 1_000]);
    assert_eq!(line.signals(), [(5_000, Event::Error(Error::BadStart))]);
}

#[test]
fn a_key_is_held_for_a_minute_and_longer() {
    for (repeats, percent) in [(560, 0), (560, 20), (50_000, 0)] {
        let mut random = Random(3);
        let mut line = Line::new(Standard);
        line.rest(1_000_000);
        let mut began = line.now();
        let mut expected = Vec::new();
        for n in 0..=repeats {
            let held = line.now() - began;
            if n == 0 {
                began = line.now();
                line.signal(&key(0x40, 0x12));
                expected.push(KEY);
            } else {
                line.signal(&random.jittered(&REPEAT, percent));
                let longest = Duration::from_micros(u32::MAX.into());
                let frame = Some(Frame::new(0x40, 0x12));
                expected.push(Event::Repeat(Repeat { frame, held: held.min(longest) }));
            }
            let next = began + Duration::from_millis(108) * (n + 1);
            line.rest((next - line.now()).as_micros());
        }
        let events: Vec<_> = line.signals().into_iter().map(|(_, event)| event).collect();
        assert!(events == expected, "{repeats} repeats with {percent} %");
    }
}

/// A repeat belongs to the frame: after one lost repeat, not after an error or a longer silence.
#[test]
fn a_repeat_belongs_to_its_frame_alone() {
    let known = |gap: u64, between: &dyn Fn(&mut Line)| {
        let mut line = Line::new(Standard);
        line.rest(1_000_000);
        line.signal(&key(0x40, 0x12));
        line.rest(40_000);
        between(&mut line);
        let next = 1_000_000 + gap - line.now().as_micros();
        line.rest(next);
        line.signal(&REPEAT);
        match line.signals().last().unwrap().1 {
            Event::Repeat(repeat) => {
                let held = Duration::from_micros(if repeat.frame.is_some() { gap } else { 0 });
                assert_eq!(repeat.held, held);
                repeat.frame.is_some()
            }
            other => panic!("{other:?}"),
        }
    };
    assert!(known(270_000, &|_| {}));
    assert!(!known(270_001, &|_| {}));
    assert!(!known(10_000_000, &|_| {}));
    let cut_repeat = |line: &mut Line| {
        line.signal(&REPEAT[..2]);
        line.toggle_after(70_000);
    };
    assert!(known(216_000, &cut_repeat), "a repeat that is cut");
    assert!(!known(216_000, &|line| line.signal(&[200])), "a start that is cut");
    assert!(!known(216_000, &|line| line.signal(&key(0x41, 1)[..31])), "another key, cut");
    assert!(!known(216_000, &|line| line.signal(&key(0x1234, 1))), "another protocol");
}

#[test]
fn pulses_at_any_distance_from_the_last_edge_are_seen_alike() {
    // The decoder keeps half of the last edge's time: these spans are the same to it.
    for span in [30_000, (1 << 32) + 1_000, (1 << 33) + 7_999, 1 << 40] {
        for before in [&key(0x40, 1)[..], &REPEAT, &[200], &[9_000], &[]] {
            let mut line = Line::new(Standard);
            line.signal(before);
            check_resynchronized(line, span, &(span, before));
        }
    }
}

#[test]
fn counters_stop_at_their_largest_value() {
    let mut decoder = Decoder::new();
    for n in 0..70_000_u64 {
        for (offset, level) in [(0, Low), (200, High)] {
            let at = tickwire_traits::Instant::from_micros(1_000_000 + n * 10_000 + offset);
            decoder.edge(tickwire_traits::Edge { line: (), at, level, missed: 0 });
        }
    }
    let at = tickwire_traits::Instant::from_micros(1 << 40);
    decoder.edge(tickwire_traits::Edge { line: (), at, level: Low, missed: 70_000 });
    assert_eq!(decoder.counters().bad_start, u16::MAX);
    assert_eq!(decoder.counters().lost_edges, u16::MAX);
}
