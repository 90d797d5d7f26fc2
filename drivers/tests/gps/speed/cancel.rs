//! Changes that are dropped.

use std::iter::successors;

use super::*;
use tickwire_sim::{drop_after, impatiently};

#[test]
fn a_change_that_is_dropped_at_each_poll_goes_on_at_every_pace() {
    let found = at_every_pace(|sim| {
        let (hub, control) = hub(sim, demo_log(90));
        let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
        let changing = impatiently(async || hub.change_speed(&mut change).await);
        let found = sim.run(with_run(&hub, changing));
        (found, control.baud())
    });
    assert_eq!(found, (Ok(Baud::B115200), 115_200));
}

#[test]
fn a_search_that_is_dropped_at_each_poll_goes_on() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, demo_log(90));
    let mut change = SpeedChange::new(Baud::B9600, Baud::B38400);
    sim.run(with_run(&hub, async {
        assert_eq!(hub.change_speed(&mut change).await, Ok(Baud::B38400));
        control.lose_power();
        control.obey_speed(Obedience::Never);
        change = SpeedChange::new(Baud::B38400, Baud::B4800);
        let found = impatiently(async || hub.change_speed(&mut change).await).await;
        assert_eq!((found, change.port()), (Ok(Baud::B9600), Baud::B9600));
    }));
}

/// Drops a change after `polls`, and begins another one to the same speed.
#[track_caller]
fn check(polls: usize, obedience: Obedience) -> bool {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, demo_log(90));
    control.obey_speed(obedience);
    sim.run(with_run(&hub, async {
        let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
        let dropped = drop_after(polls, hub.change_speed(&mut change)).await.is_none();
        let mut other = SpeedChange::new(change.port(), Baud::B115200);
        let mut found = hub.change_speed(&mut other).await.expect("it is found");
        if obedience != Obedience::Never && found != Baud::B115200 {
            found = hub.change_speed(&mut other).await.expect("it is heard");
            assert_eq!(found, Baud::B115200, "dropped after {polls} polls");
        }
        let real = (control.baud(), other.port().bits_per_second());
        assert_eq!(real, (found.bits_per_second(), found.bits_per_second()), "{polls} polls");
        dropped
    }))
}

#[test]
fn a_change_after_one_that_was_dropped_finds_the_receiver() {
    for obedience in [Obedience::After(Duration::from_millis(20)), Obedience::Never] {
        // The first polls, and ever fewer of those that follow.
        let polls = successors(Some(0), |polls| Some(polls + 1 + polls / 8));
        let dropped = polls.take_while(|polls| check(*polls, obedience)).count();
        assert!(dropped >= 20, "{dropped} times");
    }
}
