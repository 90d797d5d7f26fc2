//! Waits for GPIO lines of a real kernel, dropped at each pending poll.
#![cfg(all(target_os = "linux", feature = "gpio"))]

#[allow(dead_code, reason = "`gpio.rs` uses more of it")]
mod rig;

use std::pin::pin;

use embedded_hal::digital::PinState::{self, High, Low};
use embedded_hal_async::digital::Wait;
use futures_lite::future::poll_once;
use rig::{Chip, with_chip};
use tickwire_exec_std::gpio::{Input, InputPair, InputSettings};
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Duration, Edges, Side, Timer};

const LINE: u32 = 4;
const OTHER: u32 = 5;
const PLAIN: InputSettings = InputSettings::DEFAULT;
const MOST_POLLS: u32 = 4;

/// Polls `wait`, which is pending each time, and drops it. Before each poll but the first,
/// the line changes as `noise` says, without ending the wait.
async fn dropped<T>(wait: impl Future<Output = T>, polls: u32, mut noise: impl FnMut()) {
    let mut wait = pin!(wait);
    for poll in 0..polls {
        if poll > 0 {
            noise();
        }
        assert!(poll_once(wait.as_mut()).await.is_none(), "poll {poll}");
    }
}

/// Time passes at once in the rig, if nothing else happens.
fn within_a_minute(test: impl Future<Output = ()>) {
    let minute = Duration::from_secs(60);
    run(async |_| StdClock::new().timeout(minute, test).await).expect("an edge is lost");
}

fn pull(chip: &Chip, to: PinState) {
    chip.pull(LINE, to == High);
}

#[test]
fn a_dropped_wait_for_a_level_can_be_repeated() {
    with_chip(|chip| {
        let mut pin = Input::open(&chip.line(LINE), PLAIN).unwrap();
        within_a_minute(async {
            for (level, polls) in [High, Low].into_iter().flat_map(each_number_of_polls) {
                let pulse = || [level, !level].into_iter().for_each(|to| pull(&chip, to));
                pull(&chip, !level);
                // Short pulses do not end the wait: it looks at the level.
                match level {
                    High => dropped(pin.wait_for_high(), polls, pulse).await,
                    Low => dropped(pin.wait_for_low(), polls, pulse).await,
                }
                // Nor does an edge that nobody has seen.
                pulse();
                let mut wait = pin!(async {
                    match level {
                        High => pin.wait_for_high().await,
                        Low => pin.wait_for_low().await,
                    }
                });
                assert!(poll_once(wait.as_mut()).await.is_none());
                pull(&chip, level);
                wait.await.unwrap();
            }
        });
    });
}

#[test]
fn a_dropped_wait_for_an_edge_can_be_repeated_and_sees_no_old_one() {
    with_chip(|chip| {
        let mut pin = Input::open(&chip.line(LINE), PLAIN).unwrap();
        within_a_minute(async {
            for (level, polls) in [High, Low].into_iter().flat_map(each_number_of_polls) {
                pull(&chip, level);
                // The wrong edge, once.
                let noise = || pull(&chip, !level);
                match level {
                    High => dropped(pin.wait_for_rising_edge(), polls, noise).await,
                    Low => dropped(pin.wait_for_falling_edge(), polls, noise).await,
                }
                // The right edge, while nobody waits.
                [!level, level, !level].into_iter().for_each(|to| pull(&chip, to));
                let mut wait = pin!(async {
                    match level {
                        High => pin.wait_for_rising_edge().await,
                        Low => pin.wait_for_falling_edge().await,
                    }
                });
                assert!(poll_once(wait.as_mut()).await.is_none());
                pull(&chip, level);
                wait.await.unwrap();
            }
        });
    });
}

#[test]
fn a_dropped_wait_for_any_edge_can_be_repeated_and_sees_no_old_one() {
    with_chip(|chip| {
        let mut pin = Input::open(&chip.line(LINE), PLAIN).unwrap();
        within_a_minute(async {
            for (level, polls) in [High, Low].into_iter().flat_map(each_number_of_polls) {
                pull(&chip, level);
                dropped(pin.wait_for_any_edge(), polls, || ()).await;
                pull(&chip, !level);
                let mut wait = pin!(pin.wait_for_any_edge());
                assert!(poll_once(wait.as_mut()).await.is_none());
                pull(&chip, level);
                wait.await.unwrap();
            }
        });
    });
}

#[test]
fn a_dropped_call_of_edge_loses_none() {
    with_chip(|chip| {
        let mut pin = Input::open(&chip.line(LINE), PLAIN).unwrap();
        within_a_minute(async {
            pin.arm().unwrap();
            // More edges at once than one system call takes, and fewer than the kernel keeps.
            for (edges, polls) in [2, 6, 8, 10, 16].into_iter().flat_map(each_number_of_polls) {
                dropped(pin.edge(), polls, || ()).await;
                chip.toggle(LINE, edges);
                for number in 0..edges {
                    let edge = pin.edge().await.unwrap();
                    assert_eq!((edge.level, edge.missed), ((number % 2 == 0).into(), 0));
                }
            }
        });
    });
}

#[test]
fn a_dropped_call_of_edge_of_two_lines_loses_none() {
    with_chip(|chip| {
        let mut lines = InputPair::open(&chip.line(LINE), &chip.line(OTHER), PLAIN).unwrap();
        within_a_minute(async {
            lines.arm().unwrap();
            for (level, polls) in [High, Low, High, Low].into_iter().flat_map(each_number_of_polls)
            {
                chip.pull(LINE, level == Low);
                chip.pull(OTHER, level == Low);
                lines.arm().unwrap();
                dropped(lines.edge(), polls, || ()).await;
                for (offset, side) in [(OTHER, Side::B), (LINE, Side::A)] {
                    chip.pull(offset, level == High);
                    let edge = lines.edge().await.unwrap();
                    assert_eq!((edge.line, edge.level, edge.missed), (side, level, 0));
                    dropped(lines.edge(), polls, || ()).await;
                }
            }
        });
    });
}

fn each_number_of_polls<T: Copy>(of: T) -> impl Iterator<Item = (T, u32)> {
    (1..=MOST_POLLS).map(move |polls| (of, polls))
}
