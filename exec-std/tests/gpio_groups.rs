//! Several GPIO lines of a real kernel in one order.
#![cfg(all(target_os = "linux", feature = "gpio"))]

#[allow(dead_code, reason = "the tests of single lines use more of it")]
mod rig;

use std::sync::{Arc, Mutex};
use std::thread;

use embedded_hal::digital::PinState::{self, High, Low};
use futures_lite::future::poll_once;
use rig::with_chip;
use tickwire_exec_std::gpio::{Error, InputGroup, InputPair, InputSettings, Line};
use tickwire_exec_std::run;
use tickwire_traits::{Edges, Side, TimeSource, TwoLines};

const PLAIN: InputSettings = InputSettings::DEFAULT;

#[test]
fn two_lines_have_one_order() {
    with_chip(|chip| {
        // The higher offset first: the kernel has an order of its own.
        let mut lines = InputPair::open(&chip.line(27), &chip.line(17), PLAIN).unwrap();
        run(async |_| {
            lines.arm().unwrap();
            let steps = [(27, true), (17, true), (27, false), (17, false)];
            steps.into_iter().for_each(|(offset, up)| chip.pull(offset, up));
            for (side, level) in [(Side::A, High), (Side::B, High), (Side::A, Low), (Side::B, Low)]
            {
                let edge = lines.edge().await.unwrap();
                assert_eq!((edge.line, edge.level, edge.missed), (side, level, 0));
            }
            chip.pull(27, true);
            assert_eq!(lines.levels().unwrap(), (High, Low));
        });
    });
}

#[test]
fn a_group_of_lines_has_one_order_one_count_of_losses_and_all_levels_at_once() {
    const OFFSETS: [u32; 5] = [27, 3, 31, 0, 17];
    with_chip(|chip| {
        let lines = OFFSETS.map(|offset| chip.line(offset));
        // The kernel keeps 16 edges of all lines together.
        let settings = InputSettings { edge_capacity: 16, ..PLAIN };
        let mut group = InputGroup::open(lines.each_ref(), settings).unwrap();
        let pull_all = |up| OFFSETS.iter().for_each(|offset| chip.pull(*offset, up));
        run(async |_| {
            group.arm().unwrap();
            for (up, level) in [(true, High), (false, Low)] {
                pull_all(up);
                for index in 0..OFFSETS.len() {
                    let edge = group.edge().await.unwrap();
                    assert_eq!((edge.line, edge.level, edge.missed), (index, level, 0));
                }
            }
            assert!(poll_once(group.edge()).await.is_none());
            // 20 edges, of which the kernel loses the first 4.
            [true, false, true, false].into_iter().for_each(pull_all);
            for number in 4..20 {
                let edge = group.edge().await.unwrap();
                let level = if (number / OFFSETS.len()).is_multiple_of(2) { High } else { Low };
                let missed = if number == 4 { 4 } else { 0 };
                let expected = (number % OFFSETS.len(), level, missed);
                assert_eq!((edge.line, edge.level, edge.missed), expected);
            }
            chip.pull(3, true);
            chip.pull(0, true);
            assert_eq!(group.levels().unwrap(), [Low, High, Low, High, Low]);
        });
        assert_eq!(group.time_source(), TimeSource::Kernel);
        drop(group);
        let mut one = InputGroup::open([&chip.line(3)], PLAIN).unwrap();
        assert_eq!(one.levels().unwrap(), [High]);
    });
}

#[test]
fn a_group_may_have_as_many_lines_as_the_kernel_takes() {
    with_chip(|chip| {
        let lines: [Line; 32] = std::array::from_fn(|offset| chip.line(offset as u32));
        let mut group = InputGroup::open(lines.each_ref(), PLAIN).unwrap();
        run(async |_| {
            group.arm().unwrap();
            chip.pull(31, true);
            assert_eq!(group.edge().await.unwrap().line, 31);
        });
        assert_eq!(group.levels().unwrap()[31], High);
    });
}

#[test]
fn lines_of_a_chip_with_two_paths_are_a_group() {
    with_chip(|chip| {
        let link = std::env::temp_dir().join("gpiochip-link");
        std::os::unix::fs::symlink(chip.line(3).chip(), &link).unwrap();
        let linked = |offset| Line::at(&link, offset);
        let pair = InputPair::open(&chip.line(3), &linked(4), PLAIN);
        let twice = InputPair::open(&chip.line(3), &linked(3), PLAIN);
        let three = InputGroup::open([&linked(3), &chip.line(4), &linked(5)], PLAIN);
        std::fs::remove_file(&link).unwrap();
        assert!(matches!(twice.unwrap_err(), Error::NoPair(_)));
        // The pair holds its lines.
        assert!(matches!(three.unwrap_err(), Error::Busy { line, .. } if line.offset() == 3));
        drop(pair.unwrap());
    });
}

#[test]
fn lines_that_are_one_are_no_group() {
    with_chip(|chip| {
        let twice = InputPair::open(&chip.line(4), &chip.line(4), PLAIN).unwrap_err();
        assert!(matches!(twice, Error::NoPair(_)));
        let lines = [1, 2, 1].map(|offset| chip.line(offset));
        let told = InputGroup::open(lines.each_ref(), PLAIN).unwrap_err().to_string();
        assert!(told.starts_with("line 1 of ") && told.ends_with("are not two lines of one chip"));
    });
}

#[test]
fn no_edge_is_lost_while_executors_take_turns_and_drop_waits() {
    const EDGES: usize = 300;
    let mut seed = 0x5EED_u32;
    let mut random = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % below
    };
    let pulls: Vec<_> = (0..EDGES).map(|_| (random(3), random(4) == 0)).collect();
    with_chip(|chip| {
        let lines = [0, 1, 2].map(|offset| chip.line(offset));
        let settings = InputSettings { edge_capacity: 512, ..PLAIN };
        let mut group = InputGroup::open(lines.each_ref(), settings).unwrap();
        group.arm().unwrap();
        let chip = Arc::new(Mutex::new(chip));
        let hand = {
            let (chip, pulls) = (chip.clone(), pulls.clone());
            thread::spawn(move || {
                let mut up = [false; 3];
                for (offset, pauses) in pulls {
                    let up = &mut up[offset as usize];
                    *up = !*up;
                    chip.lock().unwrap().pull(offset, *up);
                    if pauses {
                        thread::sleep(std::time::Duration::from_micros(300));
                    }
                }
            })
        };
        let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut level = [Low; 3];
        for (offset, _) in pulls {
            let edge = loop {
                let gives_up = random(2) == 0;
                let mut next = async || match gives_up {
                    true => poll_once(group.edge()).await,
                    false => Some(group.edge().await),
                };
                let edge = match random(3) {
                    0 => run(async |_| next().await),
                    1 => tokio.block_on(next()),
                    _ => async_io::block_on(next()),
                };
                if let Some(edge) = edge {
                    break edge.unwrap();
                }
            };
            let level: &mut PinState = &mut level[edge.line];
            *level = !*level;
            assert_eq!((edge.line, edge.level, edge.missed), (offset as usize, *level, 0));
        }
        hand.join().unwrap();
        assert_eq!(group.levels().unwrap(), level);
    });
}
