//! Late executors.

use embedded_hal::digital::PinState::Low;
use tickwire_drivers::led::{Brightness, Led, Program};
use tickwire_sim::{Pace, Trace};
use tickwire_sync::local;
use tickwire_traits::{Clock, Duration, Instant, Timer, race};

use crate::rig::Lamp;

#[test]
fn a_late_light_shows_no_burst_and_keeps_the_grid() {
    const HALF: u64 = 30;
    for pace in Pace::ALL {
        let sim = pace.sim();
        let clock = sim.clock();
        let lamp = Lamp::new(&sim, Low);
        let mut led = lamp.led(&sim);
        let orders = local::Queue::<Program, 1>::new();
        orders.try_push(Program::flash(Duration::from_millis(2 * HALF))).unwrap();
        let end = clock.sleep_until(Instant::from_millis(59_990));
        sim.run(race(led.run(async || orders.pop().await), end));
        let start = lamp.changes()[0].unsigned_abs();
        let lateness = pace.lateness().as_millis();
        for change in lamp.changes() {
            let since = change.unsigned_abs() - start;
            let is_lit = (since / HALF).is_multiple_of(2);
            // It shows what is due when it is written, whatever was skipped.
            assert_eq!(change >= 0, is_lit, "{pace:?}: {change}");
            assert!(lateness >= HALF || since % HALF <= lateness, "{pace:?}: {change}");
        }
        if lateness < HALF {
            assert_eq!(lamp.changes().len(), 60_000 / HALF as usize, "{pace:?}");
        }
    }
}

#[test]
fn a_late_fade_takes_as_long_with_fewer_steps() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let trace = Trace::new();
        let channel = trace.pwm("light", sim.clock(), u16::MAX);
        let mut led = Led::dimmed(channel, sim.clock());
        let fade = Program::fade(Brightness::FULL, Duration::from_secs(2));
        let start = sim.clock().now();
        sim.run(led.play(fade)).unwrap();
        let took = sim.clock().now() - start;
        let most = Duration::from_secs(2) + pace.lateness() + pace.lateness();
        assert!((Duration::from_secs(2)..=most).contains(&took), "{pace:?}: {took:?}");
        let duties = trace.readings("light");
        assert!(duties.is_sorted_by_key(|(_, duty)| *duty), "{pace:?}");
        assert_eq!(duties.last().map(|(_, duty)| *duty), Some(u16::MAX.into()), "{pace:?}");
    }
}
