//! GPIO lines of a real kernel.
#![cfg(all(target_os = "linux", feature = "gpio"))]

mod patience;
mod rig;
mod system_calls;

use embedded_hal::digital::PinState::{High, Low};
use embedded_hal::digital::{InputPin, OutputPin, PinState, StatefulOutputPin};
use embedded_hal_async::digital::Wait;
use futures_lite::future::poll_once;
use patience::within_two_minutes;
use rig::{Chip, with_chip};
use tickwire_conformance::driver;
use tickwire_exec_std::gpio::{
    Bias, Drive, Error, Input, InputPair, InputSettings, Line, Output, OutputSettings,
};
use tickwire_exec_std::{StdClock, run};
use tickwire_traits::{Clock, Duration, Edge, Edges, TimeSource, Timer};

const CLOCK: StdClock = StdClock::new();
const PLAIN: InputSettings = InputSettings::DEFAULT;
/// For something not to happen.
const QUIET: Duration = Duration::from_millis(30);

fn input(chip: &Chip, offset: u32) -> Input {
    Input::open(&chip.line(offset), PLAIN).expect("a free line")
}

/// Returns the levels and losses of the edges that wait already.
async fn waiting(pin: &mut Input) -> Vec<(PinState, u32)> {
    let mut seen = Vec::new();
    while let Some(edge) = poll_once(pin.edge()).await {
        let edge = edge.expect("an edge");
        seen.push((edge.level, edge.missed));
    }
    seen
}

/// Awaits one edge that comes while it is awaited. Its time is that of the kernel.
async fn one_edge(chip: &Chip, pin: &mut Input) {
    let mut edge = Box::pin(pin.edge());
    assert!(poll_once(&mut edge).await.is_none(), "nothing has happened");
    let before = CLOCK.now();
    chip.pull(4, true);
    let after = CLOCK.now();
    let Edge { at, level, missed, line: () } = edge.await.expect("an edge");
    assert!(before <= at && at <= after, "{at:?} is not within {before:?} and {after:?}");
    assert_eq!((level, missed), (High, 0));
}

#[test]
fn an_edge_has_the_time_of_the_kernel_under_run() {
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        run(async |_| one_edge(&chip, &mut pin).await);
        assert_eq!(pin.time_source(), TimeSource::Kernel);
        assert!(format!("{pin:?}").len() < 80, "{pin:?}");
    });
}

#[test]
fn an_edge_has_the_time_of_the_kernel_under_tokio() {
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
        tokio.block_on(one_edge(&chip, &mut pin));
    });
}

#[test]
fn an_edge_has_the_time_of_the_kernel_under_smol() {
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        async_io::block_on(one_edge(&chip, &mut pin));
    });
}

#[test]
fn an_edge_comes_from_another_process() {
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        chip.pull(4, true);
        pin.arm().unwrap();
        let mut hand = chip.hand(4, &[20]);
        let edge = run(async |_| CLOCK.timeout(Duration::from_secs(20), pin.edge()).await);
        assert_eq!(edge.expect("an edge").unwrap().level, Low);
        assert!(hand.wait().unwrap().success());
    });
}

#[test]
fn an_edge_takes_one_wait_and_one_read() {
    const TWO: [(&str, u64); 2] = [("sys_epoll_pwait", 1), ("sys_read", 1)];
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        // The other process begins with down, and each number of edges is even.
        chip.pull(4, true);
        pin.arm().unwrap();
        // Each edge comes while the task waits.
        let mut check = |limit: Option<Duration>| {
            let calls = system_calls::each(|edges| {
                let mut hand = chip.hand(4, &vec![5; edges]);
                run(async |_| {
                    for _ in 0..edges {
                        let edge = match limit {
                            Some(limit) => CLOCK.timeout(limit, pin.edge()).await.unwrap(),
                            None => pin.edge().await,
                        };
                        assert_eq!(edge.unwrap().missed, 0);
                    }
                });
                assert!(hand.wait().unwrap().success());
            });
            assert_eq!(calls, TWO.map(|(name, each)| (name.to_owned(), each)), "{limit:?}");
        };
        check(None);
        check(Some(Duration::from_secs(20)));
    });
}

#[test]
fn a_switch_is_debounced_that_another_process_bounces() {
    with_chip(|chip| {
        let pin = input(&chip, 4);
        chip.pull(4, true);
        // Two presses, with bounces of 1 to 7 ms, from a generator with a seed.
        let mut seed = 0x5EED_u32;
        let pauses: Vec<_> = (0..20)
            .map(|edge| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if edge % 5 == 0 { 200 } else { 1 + (seed >> 16) % 7 }
            })
            .collect();
        let mut hand = None;
        let begin = || hand = Some(chip.hand(4, &pauses));
        let verdict = run(async |_| driver::on_a_pin(&CLOCK, pin, 2, begin).await);
        assert_eq!(verdict, Ok(()));
        assert!(hand.expect("a hand").wait().unwrap().success());
    });
}

#[test]
fn edges_until_it_is_armed_are_forgotten_and_not_missed() {
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        run(async |_| {
            // More than the kernel keeps.
            chip.toggle(4, 40);
            pin.arm().unwrap();
            assert_eq!(waiting(&mut pin).await, []);
            chip.toggle(4, 3);
            assert_eq!(waiting(&mut pin).await, [(High, 0), (Low, 0), (High, 0)]);
            // The kernel loses 24 edges after `arm`, and some before.
            chip.pull(4, false);
            chip.toggle(4, 40);
            pin.arm().unwrap();
            chip.toggle(4, 40);
            let seen = waiting(&mut pin).await;
            assert_eq!((seen.len(), seen[0].1), (16, 24));
        });
    });
}

#[test]
fn all_edges_that_wait_are_returned_and_what_the_kernel_lost_is_counted() {
    with_chip(|chip| {
        let settings = InputSettings { edge_capacity: 32, ..PLAIN };
        let mut pin = Input::open(&chip.line(4), settings).unwrap();
        run(async |_| {
            pin.arm().unwrap();
            chip.toggle(4, 100);
            let seen = waiting(&mut pin).await;
            assert_eq!((seen.len(), seen[0]), (32, (High, 68)));
            assert!(seen[1..].iter().all(|(_, missed)| *missed == 0));
            chip.toggle(4, 2);
            assert_eq!(waiting(&mut pin).await, [(High, 0), (Low, 0)]);
        });
    });
}

#[test]
fn a_dropped_wait_loses_nothing() {
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        run(async |_| {
            pin.arm().unwrap();
            for edges in 1..30 {
                assert!(poll_once(pin.edge()).await.is_none());
                chip.pull(4, edges % 2 == 1);
                let edge = pin.edge().await.unwrap();
                assert_eq!((edge.level, edge.missed), ((edges % 2 == 1).into(), 0));
            }
        });
    });
}

#[test]
fn the_kernel_debounces_if_it_is_asked_to() {
    with_chip(|chip| {
        let debounce = Duration::from_millis(5);
        let settings = InputSettings { debounce, ..PLAIN };
        let mut settled = Input::open(&chip.line(6), settings).unwrap();
        let mut raw = input(&chip, 7);
        run(async |_| {
            settled.arm().unwrap();
            raw.arm().unwrap();
            let start = CLOCK.now();
            chip.toggle(6, 9);
            chip.toggle(7, 9);
            let edge = settled.edge().await.unwrap();
            assert_eq!((edge.level, edge.missed), (High, 0));
            assert!(edge.at >= start + debounce, "the time is the end of the period");
            CLOCK.sleep(QUIET).await;
            assert_eq!(waiting(&mut settled).await, []);
            assert_eq!(waiting(&mut raw).await.len(), 9);
        });
    });
}

#[test]
fn waits_end_at_levels_and_edges() {
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        run(async |_| {
            pin.wait_for_low().await.unwrap();
            assert!(poll_once(pin.wait_for_high()).await.is_none());
            let mut wait = Box::pin(pin.wait_for_high());
            assert!(poll_once(&mut wait).await.is_none());
            chip.pull(4, true);
            wait.await.unwrap();
            assert!(pin.is_high().unwrap());
            // The edge that is over does not count.
            let mut wait = Box::pin(pin.wait_for_rising_edge());
            assert!(poll_once(&mut wait).await.is_none());
            chip.pull(4, false);
            assert!(poll_once(&mut wait).await.is_none());
            chip.pull(4, true);
            wait.await.unwrap();
            let mut wait = Box::pin(pin.wait_for_falling_edge());
            assert!(poll_once(&mut wait).await.is_none());
            chip.pull(4, false);
            wait.await.unwrap();
            let mut wait = Box::pin(pin.wait_for_any_edge());
            assert!(poll_once(&mut wait).await.is_none());
            chip.pull(4, true);
            wait.await.unwrap();
        });
    });
}

#[test]
fn active_low_has_one_meaning() {
    with_chip(|chip| {
        let settings = InputSettings { active_low: true, ..PLAIN };
        let mut pin = Input::open(&chip.line(4), settings).unwrap();
        assert!(pin.is_high().unwrap(), "the line is low, so it is active");
        run(async |_| {
            pin.arm().unwrap();
            chip.toggle(4, 2);
            assert_eq!(waiting(&mut pin).await, [(Low, 0), (High, 0)]);
            pin.wait_for_high().await.unwrap();
        });
        for initial in [Low, High] {
            let settings = OutputSettings { active_low: true, initial, ..OutputSettings::DEFAULT };
            let mut pin = Output::open(&chip.line(5), settings).unwrap();
            assert_eq!(chip.is_high(5), initial == Low);
            pin.set_high().unwrap();
            assert!(!chip.is_high(5) && pin.is_set_high().unwrap());
            pin.set_low().unwrap();
            assert!(chip.is_high(5) && pin.is_set_low().unwrap());
        }
    });
}

#[test]
fn an_output_has_its_level_from_the_claim_on() {
    with_chip(|chip| {
        for initial in [Low, High] {
            let settings = OutputSettings { initial, ..OutputSettings::DEFAULT };
            let mut pin = Output::open(&chip.line(5), settings).unwrap();
            assert!(format!("{pin:?}").len() < 80, "{pin:?}");
            assert_eq!(chip.is_high(5), initial == High);
            pin.toggle().unwrap();
            assert_eq!(chip.is_high(5), initial == Low);
            assert_eq!(pin.is_set_high().unwrap(), initial == Low);
        }
    });
}

#[test]
fn bias_and_drive_are_those_of_the_settings() {
    with_chip(|chip| {
        let pull_up = InputSettings { bias: Some(Bias::PullUp), ..PLAIN };
        let mut pin = Input::open(&chip.line(4), pull_up).unwrap();
        assert!(pin.is_high().unwrap());
        drop(pin);
        let pull_down = InputSettings { bias: Some(Bias::PullDown), ..PLAIN };
        let mut pin = Input::open(&chip.line(4), pull_down).unwrap();
        assert!(pin.is_low().unwrap());

        chip.pull(5, true);
        let open =
            OutputSettings { drive: Drive::OpenDrain, initial: High, ..OutputSettings::DEFAULT };
        let mut pin = Output::open(&chip.line(5), open).unwrap();
        assert!(chip.is_high(5));
        pin.set_low().unwrap();
        assert!(!chip.is_high(5));
        pin.set_high().unwrap();
        chip.pull(5, false);
        assert!(!chip.is_high(5) && pin.is_set_high().unwrap(), "another one holds it down");
    });
}

#[test]
fn a_line_in_use_says_who_has_it_and_is_free_after_a_drop() {
    with_chip(|chip| {
        let holder = input(&chip, 4);
        let program = format!("[{}]", std::process::id());
        let told = Output::open(&chip.line(4), OutputSettings::DEFAULT).unwrap_err().to_string();
        assert!(told.starts_with("line 4 of /dev/gpiochip"), "{told}");
        assert!(told.contains("is in use by `gpio-") && told.contains(&program), "{told}");
        // A pair of which one line is taken leaves the other one free.
        let error = InputPair::open(&chip.line(3), &chip.line(4), PLAIN).unwrap_err();
        assert!(matches!(error, Error::Busy { line, .. } if line.offset() == 4));
        drop(input(&chip, 3));
        drop(holder);
        drop(input(&chip, 4));
    });
}

#[test]
fn a_line_is_found_by_its_name() {
    with_chip(|chip| {
        assert_eq!(Line::named("GPIO17").unwrap(), chip.line(17));
        let told = |name| Line::named(name).unwrap_err().to_string();
        assert_eq!(told("GPIO71"), "no GPIO line is named `GPIO71`; did you mean `GPIO17`?");
        assert_eq!(told("heater"), "no GPIO line is named `heater`");
        assert_eq!(told("Ofentür\n"), "no GPIO line is named `Ofentür\\n`");
        with_chip(|_other| {
            assert!(told("GPIO17").starts_with("two GPIO lines are named `GPIO17`"))
        });
    });
}

#[test]
fn a_line_that_is_not_there_is_an_error() {
    with_chip(|chip| {
        let told = |line: Line| Input::open(&line, PLAIN).unwrap_err().to_string();
        assert!(told(chip.line(32)).ends_with(": the chip has 32 lines, from 0"));
        assert_eq!(told(Line::at("/dev/gpiochip99", 0)), "/dev/gpiochip99 is not a GPIO chip");
        let below = chip.line(0).chip().join("");
        assert!(told(Line::at(below, 0)).ends_with("/ is not a GPIO chip"));
        assert_eq!(told(Line::at("a\nb\u{1b}", 0)), "a\\nb\\u{1b} is not a GPIO chip");
    });
}

#[test]
fn a_chip_that_is_removed_ends_the_wait() {
    with_chip(|chip| {
        let mut pin = input(&chip, 4);
        let mut light = Output::open(&chip.line(5), OutputSettings::DEFAULT).unwrap();
        let ended = within_two_minutes(move || {
            run(async |_| {
                let mut edge = Box::pin(pin.edge());
                assert!(poll_once(&mut edge).await.is_none());
                drop(chip);
                let ended = edge.await;
                assert!(matches!(ended, Err(Error::Gone)), "{ended:?}");
                // Each time.
                assert!(matches!(pin.edge().await, Err(Error::Gone)));
                assert!(matches!(pin.arm(), Err(Error::Gone)));
                assert!(matches!(pin.is_high(), Err(Error::Gone)));
                assert!(matches!(light.set_high(), Err(Error::Gone)));
            });
        });
        assert!(ended.is_some(), "it hangs");
    });
}
