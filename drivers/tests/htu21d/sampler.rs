//! A sampler and its readers: values, errors, and a sensor that leaves and returns.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;

use futures_util::StreamExt;
use tickwire_drivers::htu21d::{
    ADDRESS, CentiCelsius, Error, HeaterCurrent, Measurement, Resolution, Sample, Sampler, Samples,
    Sensor, Settings, chip,
};
use tickwire_sim::i2c::{Bus, Fault, Faults};
use tickwire_sim::models::htu21d::{Chip, Htu21d};
use tickwire_sim::{Pace, Sim, SimClock, drop_after, impatiently};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Clock, Delay, Duration, Either, Instant, JoinHandle, Timer, race};

type Climate = Samples<NoopRawMutex>;
type Sampling<'a> =
    Sampler<'a, NoopRawMutex, chip::Si7021, Bus<SimClock>, Delay<SimClock>, SimClock>;

/// Resolution and heater differ from those at power-on, so that a loss is seen.
const SETTINGS: Settings = Settings::new()
    .with_resolution(Resolution::Rh10T13)
    .with_heater(true)
    .with_heater_current(HeaterCurrent::MOST);
/// The registers with these settings.
const SET: (u8, u8) = (0xbe, 0x0f);

const PERIOD: Duration = Duration::from_secs(2);

struct Rig {
    sim: Sim,
    clock: SimClock,
    model: Rc<RefCell<Htu21d>>,
    faults: Faults,
    bus: Cell<Option<Bus<SimClock>>>,
    /// In a `static`, as in firmware.
    climate: &'static Climate,
}

impl Rig {
    fn new(sim: Sim) -> Self {
        Self::with_speed(sim, None)
    }

    fn with_speed(sim: Sim, hertz: Option<u32>) -> Self {
        let model = Rc::new(RefCell::new(Htu21d::of(Chip::Si7021)));
        let mut bus = Bus::new(sim.clock());
        if let Some(hertz) = hertz {
            bus = bus.with_speed(hertz);
        }
        bus.attach(ADDRESS, model.clone());
        let (clock, faults) = (sim.clock(), bus.faults());
        let bus = Cell::new(Some(bus));
        Self { sim, clock, model, faults, bus, climate: Box::leak(Box::default()) }
    }

    fn sampler(&self) -> Sampling<'_> {
        let sensor = Sensor::new(self.bus.take().unwrap(), Delay(self.clock.clone()));
        Sampler::new(sensor, self.clock.clone(), self.climate)
            .with_period(PERIOD)
            .with_settings(SETTINGS)
    }

    /// Runs a sampler until `other` ends.
    fn run<T>(&self, other: impl Future<Output = T>) -> T {
        let mut sampler = self.sampler();
        self.sim.run(async {
            match race(other, sampler.run()).await {
                Either::First(value) => value,
                Either::Second(never) => match never {},
            }
        })
    }

    fn replug(&self) {
        self.model.borrow_mut().unplug();
        self.model.borrow_mut().plug(self.clock.now());
    }

    #[track_caller]
    fn check_settings(&self) {
        let model = self.model.borrow();
        assert_eq!((model.register(), model.heater_current()), SET);
    }
}

#[test]
fn a_sample_comes_each_period_at_every_pace() {
    for pace in Pace::ALL {
        let rig = Rig::with_speed(pace.sim(), Some(100_000));
        let samples = rig.run(async {
            let mut seen = Vec::new();
            let mut listener = rig.climate.listener();
            while seen.len() < 5 {
                seen.push(listener.next().await.at);
            }
            assert_eq!(listener.missed(), 0);
            seen
        });
        let health = rig.climate.health();
        assert_eq!(health.errors(), 0, "{pace:?}: {health:?}");
        rig.check_settings();
        // A busy neighbor of a second is seven times as slow as the sensor: periods are omitted.
        for pair in samples.windows(2) {
            let apart = pair[1].since(pair[0]);
            let late = pace.lateness() * 20;
            assert!(apart + late >= PERIOD && apart <= PERIOD + late, "{pace:?}: {apart:?}");
        }
    }
}

#[test]
fn ten_waiters_get_each_sample_and_are_polled_at_samples_alone() {
    let rig = Rig::new(Sim::new());
    let polls = Rc::new(Cell::new(0));
    let seen = Rc::new(RefCell::new(Vec::new()));
    for _ in 0..10 {
        let (climate, polls, seen) = (rig.climate, polls.clone(), seen.clone());
        let waiter = async move {
            let mut listener = climate.listener();
            let mut own = Vec::new();
            for _ in 0..3 {
                let mut next = pin!(listener.next());
                let counted = poll_fn(|cx| {
                    polls.set(polls.get() + 1);
                    next.as_mut().poll(cx)
                });
                own.push(counted.await);
            }
            seen.borrow_mut().push(own);
        };
        rig.sim.spawner().spawn_named("a waiter", waiter).detach();
    }
    rig.run(async {
        let first = rig.climate.next().await;
        rig.clock.sleep(Duration::from_secs(1)).await;
        rig.model.borrow_mut().unplug();
        rig.clock.sleep(Duration::from_secs(20)).await;
        // Errors woke no waiter.
        assert!(rig.climate.health().bus > 10);
        assert_eq!(polls.get(), 10 * 3);
        rig.model.borrow_mut().plug(rig.clock.now());
        while seen.borrow().len() < 10 {
            rig.climate.next().await;
        }
        let seen = seen.borrow();
        assert!(seen.iter().all(|own| own.len() == 3 && own[0] == first && *own == seen[0]));
    });
    // Each waits once per sample: a poll that is pending, and one that has the sample.
    assert_eq!(polls.get(), 10 * (3 + 3));
}

/// Unplugged and plugged in again during each pending poll of a measurement, and the sensor's
/// settings return before a sample is published.
#[test]
fn a_replug_in_any_phase_of_a_measurement_is_survived() {
    for hertz in [None, Some(100_000)] {
        for micros in (0..60_000).step_by(if hertz.is_some() { 470 } else { 1_300 }) {
            for gone_ms in [0, 50, 300, 5_000] {
                let rig = Rig::with_speed(Sim::new(), hertz);
                rig.run(async {
                    rig.climate.next().await;
                    rig.clock.sleep_until(Instant::from_micros(2_000_000 + micros)).await;
                    rig.model.borrow_mut().unplug();
                    rig.clock.sleep(Duration::from_millis(gone_ms)).await;
                    rig.model.borrow_mut().plug(rig.clock.now());
                    let back = rig.clock.now();
                    rig.climate.since(back).await;
                    rig.check_settings();
                    for _ in 0..2 {
                        rig.climate.next().await;
                        rig.check_settings();
                    }
                    // Power-on, a retry, and three periods.
                    let took = rig.clock.now().since(back);
                    assert!(took < Duration::from_secs(8), "{micros} {gone_ms}: {took:?}");
                });
                let health = rig.climate.health();
                assert_eq!(health.failing, 0, "{micros} {gone_ms}: {health:?}");
            }
        }
    }
}

#[test]
fn power_lost_between_two_measurements_is_found_and_the_sample_is_repeated() {
    let rig = Rig::new(Sim::new());
    rig.run(async {
        let mut listener = rig.climate.listener();
        listener.next().await;
        rig.clock.sleep(Duration::from_millis(500)).await;
        rig.replug();
        let sample = listener.next().await;
        rig.check_settings();
        // The first measurement of the period had other settings.
        assert!(sample.at > Instant::from_millis(2_020), "{sample:?}");
        assert!(rig.clock.now() < Instant::from_millis(2_200));
    });
    let health = rig.climate.health();
    assert_eq!((health.register, health.errors(), health.recoveries), (1, 1, 1));
}

#[test]
fn one_error_of_each_kind_is_counted_and_delays_a_sample_by_less_than_a_second() {
    let kinds: [(Option<Fault>, Error<_>); 4] = [
        (None, Error::Checksum),
        (Some(Fault::Stuck), Error::Bus(embedded_hal_async::i2c::ErrorKind::Bus)),
        (Some(Fault::ArbitrationLoss), {
            Error::Bus(embedded_hal_async::i2c::ErrorKind::ArbitrationLoss)
        }),
        (Some(Fault::Hang), Error::Timeout),
    ];
    for (fault, expected) in kinds {
        let rig = Rig::new(Sim::new());
        rig.run(async {
            let mut listener = rig.climate.listener();
            listener.next().await;
            match fault {
                None => rig.model.borrow_mut().corrupt(0),
                Some(fault) => rig.faults.inject(0, fault),
            }
            let health = rig.climate.health_change().await;
            assert_eq!((health.last_error, health.failing), (Some(expected), 1));
            let old = rig.climate.latest().unwrap();
            assert!(old.age(rig.clock.now()) >= PERIOD, "the latest sample stays");
            listener.next().await;
            assert!(rig.clock.now() < Instant::from_millis(2_400), "{:?}", rig.clock.now());
        });
        assert_eq!((rig.climate.health().recoveries, rig.climate.health().errors()), (1, 1));
    }
}

#[test]
fn a_sensor_that_is_absent_is_asked_once_per_retry_and_found_within_one() {
    let rig = Rig::new(Sim::new());
    rig.model.borrow_mut().unplug();
    rig.run(async {
        rig.clock.sleep(Duration::from_secs(60)).await;
        assert_eq!(rig.climate.latest(), None);
        let health = rig.climate.health();
        // Each attempt takes 85 ms of retries beside its second.
        assert!((54..=57).contains(&health.failing), "{health:?}");
        rig.model.borrow_mut().plug(rig.clock.now());
        rig.climate.next().await;
        assert!(rig.clock.now() < Instant::from_millis(61_300), "{:?}", rig.clock.now());
    });
}

#[test]
fn a_sampler_that_is_dropped_at_every_pending_poll_makes_progress() {
    for pace in [Pace::Punctual, Pace::Late(Duration::from_millis(7)), Pace::ALL[5]] {
        let rig = Rig::new(pace.sim());
        let mut sampler = rig.sampler();
        rig.sim.run(async {
            for _ in 0..3 {
                let sample = impatiently(async || sampler.sample().await).await.unwrap();
                assert_eq!(rig.climate.latest(), Some(sample));
            }
            rig.model.borrow_mut().unplug();
            assert!(impatiently(async || sampler.sample().await).await.is_err());
            rig.model.borrow_mut().plug(rig.clock.now());
            let mut attempts = 0;
            while impatiently(async || sampler.sample().await).await.is_err() {
                attempts += 1;
                assert!(attempts < 5);
            }
        });
        rig.check_settings();
    }
}

#[test]
fn a_sampler_dropped_anywhere_in_a_transfer_goes_on() {
    for polls in 1.. {
        let rig = Rig::with_speed(Sim::new(), Some(100_000));
        let mut sampler = rig.sampler();
        let ended = rig.sim.run(drop_after(polls, sampler.sample())).is_some();
        assert!(rig.sim.run(sampler.sample()).is_ok(), "{polls}");
        rig.check_settings();
        if ended {
            assert!(polls > 20);
            return;
        }
    }
}

#[test]
fn a_measurement_of_a_call_long_dropped_is_not_published() {
    for polls in 1.. {
        let rig = Rig::new(Sim::new());
        let mut sampler = rig.sampler();
        if rig.sim.run(drop_after(polls, sampler.sample())).is_some() {
            assert!(polls > 3);
            return;
        }
        rig.sim.run(rig.clock.sleep(Duration::from_secs(3_600)));
        rig.model.borrow_mut().set_temperature(-1_000);
        rig.model.borrow_mut().set_humidity(2_000);
        let sample = rig.sim.run(sampler.sample()).unwrap();
        assert!(sample.at >= Instant::from_millis(3_600_000), "{polls}");
        let Measurement { temperature, humidity } = sample.measurement;
        assert!(temperature < CentiCelsius(-800) && humidity.0 < 2_100, "{polls}: {sample:?}");
    }
}

#[test]
fn since_and_stream_and_a_dropped_waiter() {
    let rig = Rig::new(Sim::new());
    rig.run(async {
        let first = rig.climate.next().await;
        assert_eq!(rig.climate.since(Instant::EPOCH).await, first);
        let asked = rig.clock.now();
        let second = rig.climate.since(asked).await;
        assert!(second.at >= asked);
        // A sample of that very time is one.
        assert_eq!(drop_after(1, rig.climate.since(second.at)).await, Some(second));
        let waited = rig.clock.timeout(Duration::from_millis(10), rig.climate.next()).await;
        assert!(waited.is_err());
        let stream = rig.climate.stream();
        let seen: Vec<Sample> = pin!(stream).take(3).collect().await;
        assert!(seen.is_sorted_by_key(|sample| sample.at));
        assert_eq!(seen.last().copied(), rig.climate.latest());
    });
}

#[test]
fn a_battery_that_gets_low_is_seen() {
    let rig = Rig::new(Sim::new());
    rig.run(async {
        assert!(!rig.climate.next().await.battery_low);
        rig.model.borrow_mut().set_battery_low(true);
        assert!(rig.climate.next().await.battery_low);
    });
}

#[test]
fn a_second_sampler_of_the_same_handle_ends_the_failures_of_the_first() {
    let rig = Rig::new(Sim::new());
    rig.model.borrow_mut().unplug();
    let mut first = rig.sampler();
    assert!(rig.sim.run(first.sample()).is_err());
    rig.model.borrow_mut().plug(rig.clock.now());
    let mut second = Sampler::new(first.release().0, rig.clock.clone(), rig.climate);
    assert!(rig.sim.run(second.sample()).is_ok());
    let health = rig.climate.health();
    assert_eq!((health.failing, health.recoveries, health.errors()), (0, 1, 1));
}

/// On a bus that fails at once, without a wait of its own.
#[test]
fn without_a_pause_before_a_retry_other_tasks_still_run() {
    let rig = Rig::new(Sim::new());
    rig.faults.set(Some(Fault::Stuck));
    let mut sampler = rig.sampler().with_retry(Duration::ZERO).with_period(Duration::ZERO);
    let polls = async {
        for polls in 0..100 {
            if drop_after(1, sampler.sample()).await.is_none() {
                return polls;
            }
        }
        100
    };
    assert_eq!(rig.sim.run(polls), 2);
}

#[test]
fn sizes_of_handle_and_future() {
    let rig = Rig::new(Sim::new());
    let mut sampler = rig.sampler();
    let (task, handle) =
        (size_of::<Sampler<'_, (), chip::Htu21d, (), (), ()>>(), size_of::<Climate>());
    eprintln!("Sampler {task} bytes, Samples {handle}, run() {}", size_of_val(&sampler.run()));
    assert!(task <= 128, "{task}");
    assert!(handle <= 168, "{handle}");
}
