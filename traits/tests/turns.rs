//! `yield_now` and `race`.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tickwire_sim::{Sim, impatiently};
use tickwire_traits::{
    AnalogInput, Clock, Duration, Either, Instant, Spawn, Timer, analog, race, yield_now,
};

const MS: Duration = Duration::from_millis(1);

#[test]
fn tasks_that_yield_take_turns() {
    let order = Rc::new(RefCell::new(Vec::new()));
    let sim = Sim::new();
    let turns = |name| {
        let order = order.clone();
        async move {
            for _ in 0..3 {
                order.borrow_mut().push(name);
                yield_now().await;
            }
        }
    };
    let other = sim.spawner().spawn(turns('b')).unwrap();
    sim.run(async {
        turns('a').await;
        other.await;
    });
    assert_eq!(*order.borrow(), ['b', 'a', 'b', 'a', 'b', 'a'], "woken in this order");
}

#[test]
fn the_first_wins_and_the_other_is_dropped_before_it_goes_on() {
    struct SetOnDrop<'a>(&'a Cell<bool>);
    impl Drop for SetOnDrop<'_> {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let sim = Sim::new();
    let clock = sim.clock();
    let dropped = Cell::new(false);
    let loses = async {
        let _guard = SetOnDrop(&dropped);
        clock.sleep(MS * 2).await;
    };
    sim.run(async {
        assert_eq!(race(loses, clock.sleep(MS)).await, Either::Second(()));
        assert!(dropped.get());
        assert_eq!(clock.now(), Instant::from_millis(1));
    });
}

#[test]
fn where_both_are_ready_the_first_wins_and_the_second_is_not_polled() {
    let second = poll_fn(|_| -> Poll<()> { panic!("it was polled") });
    assert_eq!(Sim::new().run(race(ready(1), second)), Either::First(1));
    let mut never = pin!(race(pending::<()>(), pending::<()>()));
    assert!(never.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn a_race_that_is_dropped_loses_nothing_that_its_parts_keep() {
    let sim = Sim::new();
    let clock = sim.clock();
    let at = clock.now() + MS;
    let won = impatiently(async || race(pending::<()>(), clock.sleep_until(at)).await);
    assert_eq!(sim.run(won), Either::Second(()));
}

#[test]
fn a_closure_converts_and_its_errors_come_back() {
    let mut results = [Ok(7_u16), Err("no reference"), Ok(1_024)].into_iter();
    let mut input = analog::from_fn(1_023, async || results.next().unwrap());
    assert_eq!(input.full_scale(), 1_023);
    Sim::new().run(async {
        assert_eq!(input.read().await, Ok(7));
        assert_eq!(input.read().await, Err("no reference"));
        assert_eq!(input.read().await, Ok(1_023), "more than full scale is full scale");
    });
}
