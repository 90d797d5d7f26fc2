//! The driver's results for the converter's inputs.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal_async::spi::{MODE_0, MODE_3};
use futures_util::future::join;
use tickwire_drivers::mcp3008::{Channel, Error, Input, Mcp3008, Mcp3208};
use tickwire_sim::Pace;
use tickwire_sim::models::mcp3008::DataLine;
use tickwire_sim::spi::Traffic;
use tickwire_sync::local;
use tickwire_traits::{AnalogInput, Clock, Instant, analog};

use crate::rig::{Answer, Rig, expected};

#[test]
fn each_input_is_read_and_no_other() {
    let rig = Rig::timed();
    let (mut ten, mut twelve) = (rig.adc::<10>(), rig.adc::<12>());
    for input in Input::ALL {
        assert_eq!(rig.sim.run(ten.read(input)), Ok(expected(input)), "{input:?}");
        assert_eq!(rig.sim.run(twelve.read(input)), Ok(expected(input)), "{input:?}");
    }
    assert_eq!(rig.clock.now(), Instant::from_micros(2 * 16 * 3 * 8));
    rig.check_uses("");
}

#[test]
fn each_code_is_read_whatever_the_line_does_between_the_bits() {
    for undriven in [0x00, 0xff, 0xa5] {
        let rig = Rig::new();
        let (mut ten, mut twelve) = (rig.adc::<10>(), rig.adc::<12>());
        rig.chips.iter().for_each(|chip| chip.borrow_mut().set_undriven(undriven));
        for code in 0..=Mcp3208::<()>::FULL_SCALE {
            rig.chips[1].borrow_mut().set_code(2, code);
            assert_eq!(rig.sim.run(twelve.read(Input::Ch2)), Ok(code));
        }
        for code in 0..=Mcp3008::<()>::FULL_SCALE {
            rig.chips[0].borrow_mut().set_code(2, code);
            assert_eq!(rig.sim.run(ten.read(Input::Ch2)), Ok(code));
        }
    }
}

#[test]
fn inputs_are_named_by_the_numbers_of_their_channels() {
    let mut named = Vec::new();
    for plus in 0..=u8::MAX {
        named.extend(Input::single(plus));
        for minus in 0..=u8::MAX {
            let pair = Input::difference(plus, minus);
            assert!(pair.is_none() || plus / 2 == minus / 2 && plus != minus, "{pair:?}");
            named.extend(pair);
        }
    }
    let name = |input: &Input| format!("{input:?}");
    for (number, input) in Input::ALL.iter().enumerate() {
        let (channel, other) = (number & 7, number & 7 ^ 1);
        let expected = match number {
            0..8 => format!("Ch{channel}MinusCh{other}"),
            _ => format!("Ch{channel}"),
        };
        assert_eq!(name(input), expected);
        assert_eq!(named.iter().filter(|named| *named == input).count(), 1, "{input:?}");
    }
    assert_eq!(named.len(), 16);
}

#[test]
fn a_channel_is_an_analog_input() {
    async fn percent(mut input: impl AnalogInput<Error = impl std::fmt::Debug>) -> u32 {
        input.read().await.unwrap() * 100 / input.full_scale()
    }
    let rig = Rig::timed();
    rig.chips[0].borrow_mut().set_code(3, 1_023);
    rig.chips[1].borrow_mut().set_code(6, 2_048);
    let (ten, twelve) = (rig.adc::<10>(), rig.adc::<12>());
    assert_eq!(rig.sim.run(percent(twelve.into_channel(Input::Ch6))), 50);
    let channel: Channel<_, 10> = ten.into_channel(Input::Ch2);
    assert_eq!((channel.input(), channel.full_scale()), (Input::Ch2, 1_023));
    // The converter and its bus come back.
    let again = Mcp3008::new(channel.release().release());
    assert_eq!(rig.sim.run(percent(again.into_channel(Input::Ch3))), 100);
    rig.check_uses("");
}

#[test]
fn a_missing_chip_is_an_error_where_the_line_is_pulled_up() {
    for at in 0..2 {
        let rig = Rig::timed();
        let (mut ten, mut twelve) = (rig.adc::<10>(), rig.adc::<12>());
        let mut read = |input| -> Answer {
            if at == 0 { rig.sim.run(ten.read(input)) } else { rig.sim.run(twelve.read(input)) }
        };
        let chip = &rig.chips[at];
        for input in Input::ALL {
            chip.borrow_mut().unplug();
            assert_eq!(read(input), Err(Error::NoAnswer));
            chip.borrow_mut().plug();
            assert_eq!(read(input), Ok(expected(input)));
            chip.borrow_mut().set_data_line(DataLine::High);
            assert_eq!(read(input), Err(Error::NoAnswer));
            // Documented: it cannot be distinguished from 0 V.
            chip.borrow_mut().set_data_line(DataLine::Low);
            assert_eq!(read(input), Ok(0));
            chip.borrow_mut().set_data_line(DataLine::Connected);
            assert_eq!(read(input), Ok(expected(input)));
        }
    }
}

#[test]
fn tasks_share_a_converter_by_a_mutex_or_by_a_driver_each() {
    for pace in Pace::ALL {
        let rig = Rig::at(pace);
        let adc = local::Mutex::new(rig.adc::<10>());
        let mut knob = analog::from_fn(1_023, async || adc.lock().await.read(Input::Ch0).await);
        let mut light = analog::from_fn(1_023, async || adc.lock().await.read(Input::Ch1).await);
        // Another on the same chip select, and one on another.
        let (mut second, mut other) = (rig.adc::<10>(), rig.adc::<12>());
        for _ in 0..10 {
            let by_mutex = join(knob.read(), light.read());
            let by_driver = join(second.read(Input::Ch2), other.read(Input::Ch3));
            let ((knob, light), (second, other)) = rig.sim.run(join(by_mutex, by_driver));
            assert_eq!(knob, Ok(expected(Input::Ch0).into()), "{pace:?}");
            assert_eq!(light, Ok(expected(Input::Ch1).into()), "{pace:?}");
            assert_eq!(second, Ok(expected(Input::Ch2)), "{pace:?}");
            assert_eq!(other, Ok(expected(Input::Ch3)), "{pace:?}");
        }
        assert_eq!(rig.chips[0].borrow().counts().conversions, 30);
        rig.check_uses(&format!("{pace:?}"));
    }
}

#[test]
fn both_modes_of_the_chip_serve() {
    for mode in [MODE_0, MODE_3] {
        let rig = Rig::timed();
        rig.sim.run(async { rig.bus.lock().await.set_mode(mode) });
        assert_eq!(rig.sim.run(rig.adc::<10>().read(Input::Ch5)), Ok(expected(Input::Ch5)));
        rig.check_uses(&format!("{mode:?}"));
    }
}

#[test]
fn a_conversion_is_one_transaction() {
    let rig = Rig::timed();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    let listener = move |traffic: &Traffic| log.borrow_mut().push(traffic.to_string());
    rig.sim.run(async { rig.bus.lock().await.on_transaction(listener) });
    let mut adc = rig.adc::<10>();
    for _ in 0..2 {
        rig.sim.run(adc.read(Input::Ch7)).unwrap();
    }
    assert_eq!(*seen.borrow(), ["01:ff f0:fb 00:cb"; 2]);
}

#[test]
fn it_is_a_byte_larger_than_its_bus() {
    assert_eq!(size_of::<Mcp3008<()>>(), 1);
    assert_eq!(size_of::<Channel<(), 10>>(), 2);
}
