//! The transmitter on a wire, in virtual time, and a receiver on the other end.

use embedded_hal::digital::PinState::{self, High, Low};
use embedded_hal::pwm::{self, ErrorType, SetDutyCycle};
use futures_util::future::join;
use tickwire_drivers::nec::{
    Carrier, Event, Frame, Nec, PinCarrier, PwmCarrier, Repeat, Signal, Transmitter,
};
use tickwire_sim::{Output, Pace, PinFault, Sim, SimClock, Wire, drop_after};
use tickwire_traits::{Clock, Duration, Edges, Instant, Timer};

const KEY: Frame = Frame::new(0x40, 0x12);

struct Link {
    wire: Wire<SimClock>,
    transmitter: Transmitter<PinCarrier<Output<SimClock>>, SimClock>,
    receiver: Nec<tickwire_sim::Input<SimClock>, SimClock>,
}

impl Link {
    fn new(sim: &Sim) -> Self {
        let wire = Wire::new(sim.clock(), High);
        let mut input = wire.input();
        input.arm().unwrap();
        let carrier = PinCarrier::active_low(wire.output());
        let transmitter = Transmitter::new(carrier, sim.clock());
        Self { wire, transmitter, receiver: Nec::new(input, sim.clock()) }
    }

    /// The signals so far. Time passes until the last one is over.
    fn received(&mut self, sim: &Sim) -> Vec<Signal> {
        let clock = sim.clock();
        let end = clock.now() + Duration::from_millis(100);
        let mut signals = Vec::new();
        sim.run(async {
            while let Ok(signal) = clock.timeout_at(end, self.receiver.signal()).await {
                signals.push(signal.unwrap());
            }
        });
        signals
    }
}

fn repeat(n: u32) -> Event {
    Event::Repeat(Repeat { frame: Some(KEY), held: Duration::from_millis(108) * n })
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn signals_that_are_sent_are_received_at_their_times() {
    let sim = Sim::new();
    let Link { mut transmitter, mut receiver, .. } = Link::new(&sim);
    let sending = async {
        sim.clock().sleep_until(Instant::from_millis(500)).await;
        transmitter.frame(KEY).await.unwrap();
        assert_eq!(sim.clock().now(), Instant::from_micros(568_062));
        transmitter.repeat().await.unwrap();
        assert_eq!(sim.clock().now(), Instant::from_micros(619_812));
        transmitter.frame(KEY).await.unwrap();
    };
    let receiving = async {
        let mut signals = [None; 3];
        for signal in &mut signals {
            *signal = Some(receiver.signal().await.unwrap());
        }
        signals
    };
    let ((), signals) = sim.run(join(sending, receiving));
    let at = |micros, event| Some(Signal { at: Instant::from_micros(micros), event });
    let frame = Event::Frame(KEY);
    assert_eq!(signals, [at(568_062, frame), at(619_812, repeat(1)), at(784_062, frame)]);
    assert_eq!(transmitter.lateness(), Duration::ZERO);
}

#[test]
fn a_key_is_repeated_until_it_is_released() {
    // How long it is held, the number of repeats, and when `hold` ends, in microseconds.
    for (held, repeats, end) in [
        (0, 0, 68_062),
        (68_000, 0, 68_062),
        (90_000, 0, 90_000),
        (108_000, 0, 108_000),
        (108_001, 1, 108_000 + 11_812),
        (216_001, 2, 216_000 + 11_812),
        (60_000_000, 555, 60_000_000),
    ] {
        let sim = Sim::new();
        let mut link = Link::new(&sim);
        // It is polled while a signal is sent, too.
        let released = async {
            sim.clock().sleep_until(Instant::from_micros(held)).await;
            sim.clock().now().as_micros()
        };
        assert_eq!(sim.run(link.transmitter.hold(KEY, released)), Ok(held));
        assert_eq!(sim.clock().now(), Instant::from_micros(end), "held for {held} µs");
        let events: Vec<_> = link.received(&sim).iter().map(|signal| signal.event).collect();
        let expected: Vec<_> =
            [Event::Frame(KEY)].into_iter().chain((1..=repeats).map(repeat)).collect();
        assert_eq!(events, expected, "held for {held} µs");
    }
}

#[test]
fn a_late_executor_sends_no_other_frame_and_turns_the_carrier_off() {
    let events = |sim: &Sim| -> Vec<_> {
        let mut link = Link::new(sim);
        for command in 0..10 {
            sim.run(link.transmitter.frame(Frame::new(0x40, command))).unwrap();
            assert_eq!(link.wire.level(), High);
        }
        link.received(sim).into_iter().map(|signal| signal.event).collect()
    };
    let exact: Vec<_> = (0..10).map(|command| Event::Frame(Frame::new(0x40, command))).collect();
    assert_eq!(events(&Sim::new()), exact);
    for pace in Pace::ALL {
        let is_exact = |event: &Event| exact.contains(event) || matches!(event, Event::Error(_));
        let events = events(&pace.sim());
        assert!(events.iter().all(is_exact), "{pace:?}: {events:?}");
    }
    // A clock that is late by less than a receiver tolerates.
    for period in [10, 50, 100, 140] {
        let sim = Sim::new().waking_every(Duration::from_micros(period));
        assert_eq!(events(&sim), exact, "waking every {period} µs");
    }
}

#[test]
fn a_future_that_is_dropped_at_any_poll_turns_the_carrier_off() {
    for polls in 0.. {
        let sim = Sim::new();
        let mut link = Link::new(&sim);
        let clock = sim.clock();
        let sending = link.transmitter.hold(KEY, clock.sleep(ms(150)));
        let is_complete = sim.run(drop_after(polls, sending)).is_some();
        let dropped = sim.clock().now();
        assert_eq!(link.wire.level(), High, "dropped at poll {polls}");
        // The next signal is whole.
        let other = Frame::new(0x40, 0x13);
        sim.run(link.transmitter.frame(other)).unwrap();
        let signals = link.received(&sim);
        let before = signals.iter().filter(|signal| signal.at <= dropped);
        let is_cut = |signal: &&Signal| matches!(signal.event, Event::Error(_));
        let whole = signals.iter().rev().find(|signal| !is_cut(signal)).map(|signal| signal.event);
        assert!(before.count() + 2 >= signals.len(), "dropped at poll {polls}: {signals:?}");
        assert_eq!(whole, Some(Event::Frame(other)), "dropped at poll {polls}");
        if is_complete {
            // A poll for each edge and pause, and the first ones.
            assert!(polls > 68 + 4, "{polls}");
            break;
        }
    }
}

#[test]
fn a_carrier_that_fails_at_any_operation_is_one_error_and_is_turned_off() {
    for operations in 0.. {
        let sim = Sim::new();
        let mut link = Link::new(&sim);
        link.wire.fail_after(operations);
        let mut failed = 0;
        for command in 0..2 {
            let sent = sim.run(link.transmitter.frame(Frame::new(0x40, command)));
            failed += i32::from(sent == Err(PinFault));
            assert_eq!(link.wire.level(), High, "failing after {operations}");
        }
        if failed == 0 {
            assert_eq!(operations, 2 * 68);
            break;
        }
        assert_eq!(failed, 1);
        let signals = link.received(&sim);
        let frames = signals.iter().filter(|signal| matches!(signal.event, Event::Frame(_)));
        // The last mark may be ended by the second attempt.
        assert!(matches!(frames.count(), 1 | 2), "failing after {operations}: {signals:?}");
    }
}

#[test]
fn an_idle_transmitter_is_polled_once_for_each_edge() {
    let sim = Sim::new();
    let mut link = Link::new(&sim);
    let clock = sim.clock();
    let mut polls = 0;
    sim.run(async {
        let mut sending = core::pin::pin!(link.transmitter.hold(KEY, clock.sleep(ms(300))));
        core::future::poll_fn(|cx| {
            polls += 1;
            sending.as_mut().poll(cx)
        })
        .await
        .unwrap();
    });
    // A frame's and two repeats' edges; the pauses end at a beginning, and one by the release.
    assert_eq!(polls, 68 + 4 + 4 + 1);
}

/// A PWM channel that records its duty, and fails when it is told.
#[derive(Default)]
struct Channel {
    duties: Vec<u16>,
    fails: bool,
}

#[derive(Debug, PartialEq)]
struct Broken;

impl pwm::Error for Broken {
    fn kind(&self) -> pwm::ErrorKind {
        pwm::ErrorKind::Other
    }
}

impl ErrorType for Channel {
    type Error = Broken;
}

impl SetDutyCycle for Channel {
    fn max_duty_cycle(&self) -> u16 {
        3_289 // 125 MHz by 38 kHz.
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Broken> {
        if self.fails {
            return Err(Broken);
        }
        self.duties.push(duty);
        Ok(())
    }
}

#[test]
fn a_pwm_channel_is_on_for_a_third_of_each_period() {
    let mut carrier = PwmCarrier(Channel::default());
    carrier.mark().unwrap();
    carrier.space().unwrap();
    assert_eq!(carrier.0.duties, [1_096, 0]);

    let sim = Sim::new();
    let mut transmitter = Transmitter::new(carrier, sim.clock());
    sim.run(transmitter.repeat()).unwrap();
    let (mut carrier, _) = transmitter.release();
    assert_eq!(carrier.0.duties[2..], [1_096, 0, 1_096, 0]);
    carrier.0.fails = true;
    let mut transmitter = Transmitter::new(carrier, sim.clock());
    assert_eq!(sim.run(transmitter.repeat()), Err(Broken));
}

/// A carrier that is turned on, and says that it could not be.
#[derive(Default)]
struct Liar {
    is_on: bool,
}

impl Carrier for Liar {
    type Error = Broken;

    fn mark(&mut self) -> Result<(), Broken> {
        self.is_on = true;
        Err(Broken)
    }

    fn space(&mut self) -> Result<(), Broken> {
        self.is_on = false;
        Ok(())
    }
}

#[test]
fn a_carrier_that_may_be_on_after_an_error_is_turned_off() {
    let sim = Sim::new();
    let mut transmitter = Transmitter::new(Liar::default(), sim.clock());
    assert_eq!(sim.run(transmitter.frame(KEY)), Err(Broken));
    assert!(!transmitter.release().0.is_on);
}

#[test]
fn a_pin_is_active_at_either_level() {
    let sim = Sim::new();
    let wire = Wire::new(sim.clock(), Low);
    let check = |carrier: &mut dyn Carrier<Error = PinFault>, mark: PinState| {
        carrier.mark().unwrap();
        assert_eq!(wire.level(), mark);
        carrier.space().unwrap();
        assert_eq!(wire.level(), !mark);
    };
    check(&mut PinCarrier::active_high(wire.output()), High);
    check(&mut PinCarrier::active_low(wire.output()), Low);
}
