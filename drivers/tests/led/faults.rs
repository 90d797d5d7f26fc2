//! Pins and channels that fail.

use embedded_hal::digital::PinState::Low;
use tickwire_drivers::led::{Brightness, Led, Program};
use tickwire_sim::{PinFault, Pwm, Sim};
use tickwire_sync::local;
use tickwire_traits::{Clock, Duration, Either, Instant, Timer, race};

use crate::rig::{Lamp, TWICE, none};

#[test]
fn a_pin_that_fails_at_any_write_is_an_error_and_the_program_goes_on() {
    for writes in 0..12 {
        let sim = Sim::new();
        let clock = sim.clock();
        let lamp = Lamp::new(&sim, Low);
        let mut led = lamp.led(&sim);
        let orders = local::Queue::<Program, 1>::new();
        lamp.wire.fail_after(writes);
        orders.try_push(TWICE).unwrap();
        let (mut errors, end) = (Vec::new(), Instant::from_millis(195));
        while let Either::First(Err(PinFault)) =
            sim.run(race(led.run(async || orders.pop().await), clock.sleep_until(end)))
        {
            errors.push(clock.now());
        }
        assert_eq!(errors.len(), 1, "after {writes} writes");
        // Written again at once: nothing of the program is missing.
        let expected =
            [0, -10, 20, -30, 50, -60, 70, -80, 100, -110, 120, -130, 150, -160, 170, -180];
        assert_eq!(lamp.changes(), expected, "after {writes} writes");
    }
}

#[test]
fn a_channel_that_fails_at_any_write_is_an_error_and_the_fade_goes_on() {
    for writes in 0..7 {
        let sim = Sim::new();
        let clock = sim.clock();
        let channel = Pwm::new(sim.clock(), 255);
        let mut led = Led::dimmed(channel.clone(), sim.clock());
        channel.fail_after(writes);
        let fade = Program::fade(Brightness::FULL, Duration::from_millis(60));
        assert_eq!(sim.run(led.play(fade)), Err(PinFault), "after {writes}");
        assert_eq!(channel.writes(), writes.into());
        let rest = clock.timeout(Duration::from_secs(1), led.run(none));
        assert!(sim.run(rest).is_err());
        assert_eq!((channel.duty(), channel.writes()), (255, 7), "after {writes}");
    }
}
