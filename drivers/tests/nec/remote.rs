//! The driver and the model of a remote control, which is written from the protocol.

use embedded_hal::digital::PinState::High;
use tickwire_drivers::nec::{Addressing, Error, Event, Frame, Nec};
use tickwire_sim::models::nec::{Fault, Key, Remote, Signal};
use tickwire_sim::{Sim, SimClock, Wire};
use tickwire_traits::{Duration, Edges, Instant, Timer};

use Addressing::{Extended, Standard};

/// Lets a remote control send, and returns what is received until a second after that.
fn received(
    addressing: Addressing,
    send: impl FnOnce(&mut Remote<SimClock>) -> Instant,
    settings: impl FnOnce(Remote<SimClock>) -> Remote<SimClock>,
) -> Vec<Event> {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), High);
    let mut pin = wire.input();
    pin.arm().unwrap();
    let mut nec = Nec::new(pin, clock.clone()).with_addressing(addressing);
    let mut remote = settings(Remote::new(clock.clone(), &wire));
    let end = send(&mut remote) + Duration::from_secs(1);
    let mut events = Vec::new();
    sim.run(async {
        while let Ok(signal) = clock.timeout_at(end, nec.signal()).await {
            events.push(signal.unwrap().event);
        }
    });
    events
}

const KEY: Key = Key::standard(0x40, 0x12);
const PRESSED: Event = Event::Frame(Frame::new(0x40, 0x12));
const START: Instant = Instant::from_millis(100);

/// A signal of three with faults, and what is received.
#[track_caller]
fn check(faults: &[Fault], expected: &[Event]) {
    let events = received(
        Standard,
        |remote| {
            faults.iter().for_each(|fault| remote.fail_after(1, *fault));
            (0..3).fold(START, |_, _| remote.send_at(START, Signal::Frame(KEY.bits())))
        },
        |remote| remote,
    );
    assert_eq!(events.first(), Some(&PRESSED), "{faults:?}");
    assert_eq!(events.last(), Some(&PRESSED), "{faults:?}");
    assert_eq!(events[1..events.len() - 1], *expected, "{faults:?}");
}

#[test]
fn keys_of_the_model_are_received() {
    for number in (0..=0xFF).step_by(15) {
        let other = !number ^ 0x5A;
        let addresses = [
            (Key::standard(number, other), Frame::new(number.into(), other)),
            (Key::extended(0x1234 ^ u16::from(number), other), {
                Frame::new(0x1234 ^ u16::from(number), other)
            }),
        ];
        for (key, frame) in addresses {
            let press = |remote: &mut Remote<_>| remote.press_at(START, key, Duration::ZERO);
            assert_eq!(received(Extended, press, |remote| remote), [Event::Frame(frame)]);
        }
    }
}

#[test]
fn a_key_of_the_model_that_is_held_for_a_minute_is_received() {
    for percent in [0, 20] {
        let events = received(
            Standard,
            |remote| remote.press_at(START, KEY, Duration::from_secs(60)),
            |remote| remote.with_jitter(3, percent),
        );
        assert_eq!(events.len(), 556, "with {percent} %");
        assert_eq!(events[0], PRESSED);
        for (n, event) in (0..).zip(&events).skip(1) {
            let Event::Repeat(repeat) = event else { panic!("{event:?}") };
            assert_eq!(repeat.frame, Some(Frame::new(0x40, 0x12)));
            assert_eq!(repeat.held, Duration::from_millis(108) * n);
        }
    }
}

#[test]
fn whole_frames_in_place_of_repeats_are_frames() {
    let press = |remote: &mut Remote<_>| remote.press_at(START, KEY, Duration::from_millis(500));
    let events = received(Standard, press, Remote::with_repeated_frames);
    assert_eq!(events, [PRESSED; 5]);
}

#[test]
fn a_fault_costs_its_signal_alone() {
    let micros = Duration::from_micros;
    let glitch = |after, length| Fault::Glitch { after: micros(after), length: micros(length) };
    let error = |error| Event::Error(error);
    // In the start mark, in its space, in a bit, which makes one more, and after the frame.
    check(&[glitch(1_000, 50)], &[error(Error::BadStart)]);
    check(&[glitch(10_000, 50)], &[error(Error::BadStart)]);
    check(&[glitch(20_000, 30)], &[error(Error::BadAddress { address: 0x7E80 })]);
    check(&[glitch(90_000, 50)], &[PRESSED, error(Error::BadStart)]);
    // The light is blocked in the start, in a bit, and before the last mark.
    check(&[Fault::Cut { after: micros(3_000) }], &[error(Error::BadStart)]);
    check(&[Fault::Cut { after: micros(12_000) }], &[error(Error::BadStart)]);
    check(&[Fault::Cut { after: micros(40_000) }], &[error(Error::BadBlock)]);
    check(&[Fault::Cut { after: micros(67_400) }], &[error(Error::BadBlock)]);
    // Check bytes.
    check(&[Fault::Flip { bits: 1 << 31 }], &[error(Error::BadData { address: 0x40 })]);
    check(&[Fault::Flip { bits: 1 << 8 }], &[error(Error::BadAddress { address: 0xBE40 })]);
    // Not seen at all.
    check(&[Fault::Cut { after: micros(0) }], &[]);
}
