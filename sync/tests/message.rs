//! The message: the settings that each listener has seen.
#![forbid(unsafe_code)]

#[path = "support/poll.rs"]
mod poll;

use std::pin::pin;

use futures_util::future::{Either, join, select};
use futures_util::{FutureExt, StreamExt};
use poll::poll;
use tickwire_sim::{Sim, impatiently};
use tickwire_sync::{Message, NoopRawMutex};
use tickwire_traits::{Duration, Timer};

type Local = Message<NoopRawMutex, u32>;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_listener_hears_each_setting_from_then_on_and_nothing_else() {
    let message = Local::new();
    message.set(1);
    let mut listener = message.listener();
    let mut next = || listener.next().now_or_never();
    assert_eq!(next(), None, "that was before");
    message.set(2);
    assert_eq!((next(), next()), (Some(2), None));
    message.clear();
    assert_eq!(next(), None, "to clear is no setting");
    message.set(3);
    message.clear();
    assert_eq!((next(), next()), (Some(3), None), "cleared, it was set all the same");
    message.set(3);
    assert_eq!(next(), Some(3), "a setting, though not another value");
    (4..=9).for_each(|value| message.set(value));
    assert_eq!((next(), next()), (Some(9), None));
    assert_eq!(listener.missed(), 5);
}

#[test]
fn a_stream_yields_what_its_listener_had_not_seen() {
    let message = Local::new();
    let mut listener = message.listener();
    message.set(1);
    assert_eq!(listener.next().now_or_never(), Some(1));
    message.set(2);
    let mut stream = pin!(listener.into_stream());
    let mut next = || stream.next().now_or_never().map(Option::unwrap);
    assert_eq!((next(), next()), (Some(2), None));
    message.set(3); // While it is queued.
    message.set(4);
    assert_eq!((next(), next()), (Some(4), None));
    message.clear();
    assert_eq!(next(), None);
    message.set(5);
    assert_eq!((next(), next()), (Some(5), None));
}

#[test]
fn a_stream_sleeps_between_settings_however_often_its_wait_is_dropped() {
    let sim = Sim::new();
    let clock = sim.clock();
    let message = Local::new();
    let mut stream = pin!(message.listener().into_stream());
    let set = async {
        for value in 0..5 {
            clock.sleep(MS).await;
            message.set(value);
        }
    };
    let hear = async {
        for value in 0..5 {
            assert_eq!(impatiently(async || stream.next().await).await, Some(value));
        }
    };
    sim.run(join(set, hear));
}

#[test]
fn the_loser_of_a_select_has_seen_nothing() {
    let sim = Sim::new();
    let clock = sim.clock();
    let message = Local::new();
    let mut listener = message.listener();
    sim.run(async {
        assert!(matches!(
            select(pin!(listener.next()), pin!(clock.sleep(MS))).await,
            Either::Right(_),
        ));
    });
    message.set(7);
    let mut waits = Box::pin(async { listener.next().await + message.wait().await });
    assert!(poll(&mut waits).is_ready());
}
