//! Futures that are dropped at their await points.

use std::cell::Cell;

use embedded_hal::digital::PinState::Low;
use tickwire_drivers::led::{Brightness, Led, Program};
use tickwire_sim::{Pwm, Sim, drop_after};
use tickwire_sync::local;
use tickwire_traits::{Clock, Duration, Instant, Timer, race};

use crate::rig::{Lamp, STEPS, TWICE, none};

#[test]
fn a_run_that_is_dropped_at_every_poll_goes_on_with_its_program() {
    for gap in [0, 3, 10, 25] {
        let sim = Sim::new();
        let clock = sim.clock();
        let lamp = Lamp::new(&sim, Low);
        let mut led = lamp.led(&sim);
        let orders = local::Queue::<Program, 1>::new();
        orders.try_push(TWICE).unwrap();
        while clock.now() < Instant::from_millis(200) {
            sim.run(drop_after(1, led.run(async || orders.pop().await)));
            assert_eq!(orders.len(), 0, "an order that is taken is shown");
            sim.run(clock.sleep(Duration::from_millis(gap.max(1))));
        }
        // The light is never later than the gap, and keeps the grid.
        let mut at_most = 0;
        for change in lamp.changes() {
            let late = match (change.unsigned_abs() % 50, change >= 0) {
                (late @ 0..10, true) | (late @ 20..30, true) => late % 20,
                (late @ 10..20, false) => late - 10,
                (late @ 30..50, false) => late - 30,
                _ => panic!("{gap}: {change} in {:?}", lamp.changes()),
            };
            at_most = at_most.max(late);
        }
        assert!(at_most <= gap, "{gap}: {:?}", lamp.changes());
    }
}

#[test]
fn a_dropped_future_leaves_the_light_as_it_is() {
    for (after, expected) in [(5, Brightness::FULL), (15, Brightness::OFF), (25, Brightness::FULL)]
    {
        let sim = Sim::new();
        let clock = sim.clock();
        let lamp = Lamp::new(&sim, Low);
        let mut led = lamp.led(&sim);
        let dropped = clock.timeout(Duration::from_millis(after), led.play(Program::once(STEPS)));
        assert!(sim.run(dropped).is_err());
        sim.run(clock.sleep(Duration::from_secs(1)));
        assert_eq!(led.brightness(), expected, "after {after} ms");
        assert_eq!(bool::from(lamp.wire.level()), expected == Brightness::FULL);
        // A program that was dropped is over by now.
        assert!(sim.run(clock.timeout(Duration::from_secs(1), led.run(none))).is_err());
        assert_eq!(led.brightness(), Brightness::OFF);
    }
}

#[test]
fn a_fade_that_is_dropped_at_each_poll_ends_in_time() {
    for polls in 0..8 {
        let sim = Sim::new();
        let clock = sim.clock();
        let channel = Pwm::new(sim.clock(), 1_000);
        let mut led = Led::dimmed(channel.clone(), sim.clock());
        let fade = Program::fade(Brightness::FULL, Duration::from_millis(60));
        sim.run(drop_after(polls, led.play(fade)));
        let before = channel.duty();
        sim.run(clock.sleep_until(Instant::from_millis(60)));
        assert_eq!(channel.duty(), before, "a dropped future writes nothing");
        sim.run(drop_after(1, led.run(none)));
        // A future that was never polled has set no program.
        assert_eq!(channel.duty(), if polls == 0 { 0 } else { 1_000 }, "{polls}");
    }
}

#[test]
fn the_future_of_an_order_is_kept_while_the_light_changes() {
    let sim = Sim::new();
    let clock = sim.clock();
    let lamp = Lamp::new(&sim, Low);
    let mut led = lamp.led(&sim);
    let begun = Cell::new(0);
    // A future that would never end if it were dropped at each flash.
    let next = async || {
        begun.set(begun.get() + 1);
        clock.sleep(Duration::from_millis(100)).await;
        Program::flash(Duration::from_millis(20))
    };
    let end = clock.sleep(Duration::from_millis(450));
    sim.run(race(led.run(next), end));
    assert_eq!(begun.get(), 5);
}
