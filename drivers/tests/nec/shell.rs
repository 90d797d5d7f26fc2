//! The driver on a wire, in virtual time.

use embedded_hal::digital::PinState::High;
use futures_util::StreamExt;
use tickwire_drivers::nec::{Error, Event, Frame, Nec, Signal};
use tickwire_sim::{PinFault, Sim, SimClock, Wire, at_every_pace, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Edges, Instant, PolledEdges, Timer};

use crate::line::{REPEAT, key};

/// A frame, two repeats, noise, a frame that is cut, one of another protocol, one that is too long.
fn toggles() -> Vec<Instant> {
    let frame = key(0x40, 0x12);
    let too_long = [&frame[..], &[562, 562]].concat();
    let signals: [(u64, &[u64]); 7] = [
        (100_000, &frame),
        (208_000, &REPEAT),
        (316_000, &REPEAT),
        (400_000, &[200]),
        (500_000, &frame[..40]),
        (700_000, &key(0x1234, 1)),
        (900_000, &too_long[..68]),
    ];
    let mut toggles = Vec::new();
    for (at, spans) in signals {
        let edges = (0..=spans.len()).map(|n| at + spans[..n].iter().sum::<u64>());
        toggles.extend(edges.map(Instant::from_micros));
        // Back to rest.
        if spans.len() % 2 == 0 {
            toggles.push(*toggles.last().unwrap() + Duration::from_micros(562));
        }
    }
    toggles
}

const END: Instant = Instant::from_millis(3_000);

fn receiver(sim: &Sim) -> (Wire<SimClock>, Nec<impl Edges<Line = (), Error = PinFault>, SimClock>) {
    let wire = Wire::named("receiver", sim.clock(), High);
    let mut pin = wire.input();
    pin.arm().unwrap();
    (wire, Nec::new(pin, sim.clock()))
}

fn expected() -> Vec<Signal> {
    let sim = Sim::new();
    let (wire, mut nec) = receiver(&sim);
    wire.toggle_at(&toggles());
    let signals = all(&sim, &mut nec);
    let errors: Vec<_> = signals
        .iter()
        .filter_map(|signal| match signal.event {
            Event::Error(error) => Some(error.name()),
            _ => None,
        })
        .collect();
    assert_eq!(errors, ["bad_start", "bad_block", "bad_address", "overrun"]);
    assert_eq!(signals.len(), 8);
    signals
}

fn all<P: Edges<Line = ()>>(sim: &Sim, nec: &mut Nec<P, SimClock>) -> Vec<Signal>
where
    P::Error: std::fmt::Debug,
{
    let mut signals = Vec::new();
    sim.run(async {
        let clock = sim.clock();
        while let Ok(signal) = clock.timeout_at(END, nec.signal()).await {
            signals.push(signal.unwrap());
        }
    });
    signals
}

#[test]
fn a_signal_is_reported_at_the_edge_that_completes_it() {
    let sim = Sim::new();
    let (wire, mut nec) = receiver(&sim);
    wire.toggle_at(&toggles());
    for at in [168_062, 219_812, 327_812, 400_200, 573_000] {
        let signal = sim.run(nec.signal()).unwrap();
        assert_eq!((signal.at, sim.clock().now()), (Instant::from_micros(at), signal.at));
    }
    assert_eq!((nec.counters().bad_start, nec.counters().bad_block), (1, 1));
    let (mut pin, _) = nec.release();
    assert_eq!(sim.run(pin.edge()).unwrap().at, Instant::from_millis(700));
}

#[test]
fn late_and_busy_executors_report_the_same() {
    let expected = expected();
    let signals = at_every_pace(|sim| {
        let (wire, mut nec) = receiver(sim);
        wire.toggle_at(&toggles());
        all(sim, &mut nec)
    });
    assert_eq!(signals, expected);
}

#[test]
fn an_impatient_caller_receives_the_same() {
    let sim = Sim::new();
    let (wire, mut nec) = receiver(&sim);
    wire.toggle_at(&toggles());
    for signal in expected() {
        assert_eq!(sim.run(impatiently(async || nec.signal().await)), Ok(signal));
    }
}

#[test]
fn a_stream_dropped_at_any_poll_loses_nothing() {
    let expected = expected();
    for polls in 1..80 {
        let sim = Sim::new();
        let (wire, mut nec) = receiver(&sim);
        wire.toggle_at(&toggles());
        let mut signals = Vec::new();
        while signals.len() < expected.len() {
            let mut stream = core::pin::pin!(nec.signals());
            match sim.run(drop_after(polls, stream.next())) {
                Some(signal) => signals.push(signal.unwrap().unwrap()),
                // A caller that drops early has to let time pass itself.
                None => sim.run(sim.clock().sleep(Duration::from_micros(100))),
            }
            assert!(sim.clock().now() < END, "dropped at poll {polls}");
        }
        assert_eq!(signals, expected, "dropped at poll {polls}");
    }
}

#[test]
fn a_pin_that_fails_at_any_operation_is_one_error_and_the_next_call_works() {
    let expected = expected();
    let mut failed = 0;
    for operations in 0.. {
        let sim = Sim::new();
        let (wire, mut nec) = receiver(&sim);
        wire.toggle_at(&toggles());
        wire.fail_after(operations);
        let (mut signals, mut errors) = (Vec::new(), 0);
        sim.run(async {
            while let Ok(signal) = sim.clock().timeout_at(END, nec.signal()).await {
                match signal {
                    Ok(signal) => signals.push(signal),
                    Err(PinFault) => errors += 1,
                }
            }
        });
        assert_eq!(signals, expected, "failing after {operations}");
        if errors == 0 {
            break;
        }
        assert_eq!(errors, 1);
        failed += 1;
    }
    assert!(failed > 300, "each edge is waited for");
}

#[test]
fn between_signals_the_driver_is_not_polled() {
    let sim = Sim::new();
    let (wire, mut nec) = receiver(&sim);
    wire.toggle_at(&toggles()[..68]);
    let last = Instant::from_millis(86_400_000);
    wire.toggle_at(&[last]);
    let mut polls = 0;
    let mut signals = 0;
    sim.run(async {
        let mut signal = core::pin::pin!(async {
            for _ in 0..2 {
                nec.signal().await.unwrap();
                signals += 1;
            }
        });
        core::future::poll_fn(|cx| {
            polls += 1;
            signal.as_mut().poll(cx)
        })
        .await;
    });
    assert_eq!(signals, 2);
    // One for each edge, one at first, one at the deadline.
    assert_eq!(polls, 69 + 1 + 1);
}

#[test]
fn an_unstamped_pin_will_do_on_a_punctual_executor() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), High);
    wire.toggle_at(&toggles()[..68]);
    let mut nec = Nec::new(PolledEdges::new(wire.input(), sim.clock()), sim.clock());
    let signal = sim.run(nec.signal()).unwrap();
    assert_eq!(signal.event, Event::Frame(Frame::new(0x40, 0x12)));
}

#[test]
fn errors_have_names() {
    assert_eq!(Error::BadRepeat.name(), "bad_repeat");
    assert_eq!(Error::BadData { address: 1 }.name(), "bad_data");
}
