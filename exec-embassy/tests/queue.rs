//! The number of tasks that can sleep.
//!
//! A program has one timer queue, so this is a single test in a separate program. The
//! features of all crates built together select the queue.
#![cfg(not(miri))]

mod host;

use std::cell::Cell;
use std::rc::Rc;
use std::task::Waker;

use embassy_time_queue_utils::Queue;
use host::run_counted;
use tickwire_exec_embassy::{Arena, EmbassyClock};
use tickwire_traits::{Clock, Duration, Instant, JoinHandle, Spawn, Timer};

const CLOCK: EmbassyClock = EmbassyClock;

/// Embassy's own queue is a pointer; the generic one contains its entries.
const TAKES_ANY: bool = size_of::<Queue>() > size_of::<usize>();

/// An entry is a time and a waker.
const ENTRIES: usize = size_of::<Queue>() / (size_of::<u64>() + size_of::<Waker>());

#[test]
fn nobody_is_early_or_lost_and_the_core_sleeps_up_to_the_bound() {
    a_sleep_that_never_ends_takes_no_entry();
    if TAKES_ANY {
        a_full_queue_sleeps_and_an_overfull_one_spins();
    } else {
        embassys_own_queue_has_no_bound();
    }
}

fn a_sleep_that_never_ends_takes_no_entry() {
    static ARENA: Arena<64, 192> = Arena::new();

    run_counted(async |spawner, rounds| {
        for _ in 0..192 {
            let never = CLOCK.sleep_until(Instant::MAX);
            ARENA.with(spawner).spawn(never).unwrap().detach();
        }
        CLOCK.sleep(Duration::from_millis(20)).await;
        assert!(rounds.get() < 10, "{} rounds", rounds.get());
    });
}

/// Puts this many tasks to sleep for `span`, this one included, and returns the number of
/// the executor's rounds. No task may wake early.
fn rounds_of(arena: &'static Arena<64, 192>, sleepers: usize, span: Duration) -> u32 {
    let taken = Rc::new(Cell::new(0));
    let rounds = taken.clone();
    run_counted(async move |spawner, rounds| {
        let tasks = arena.with(spawner);
        let start = CLOCK.now();
        let handles = (1..sleepers).map(|_| {
            let late = async move {
                CLOCK.sleep_until(start + span).await;
                assert!(CLOCK.now() >= start + span);
            };
            tasks.spawn(late).unwrap()
        });
        let handles = handles.collect::<Vec<_>>();
        CLOCK.sleep_until(start + span).await;
        for handle in handles {
            handle.await;
        }
        taken.set(rounds.get());
    });
    rounds.get()
}

fn a_full_queue_sleeps_and_an_overfull_one_spins() {
    static FULL: Arena<64, 192> = Arena::new();

    let span = Duration::from_millis(50);
    let full = rounds_of(&FULL, ENTRIES, span);
    assert!(full <= 2 * ENTRIES as u32 + 10, "{full} rounds");
    // A busy machine may leave little of that time to this program.
    let spins = |span| {
        let overfull = Box::leak(Box::new(Arena::new()));
        rounds_of(overfull, ENTRIES + 1, span) > 10 * ENTRIES as u32
    };
    assert!((0..6).any(|attempt| spins(span * (1 << attempt))));
}

fn embassys_own_queue_has_no_bound() {
    static MANY: Arena<64, 192> = Arena::new();

    let rounds = rounds_of(&MANY, 193, Duration::from_millis(50));
    assert!(rounds <= 2 * 193, "{rounds} rounds");
}
