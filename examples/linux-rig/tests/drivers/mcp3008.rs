//! A converter on `/dev/spidev0.0`, whose inputs are parameters of the kernel's module.

use std::fs;

use futures_lite::future::poll_once;
use tickwire_drivers::mcp3008::{Input, Mcp3008};
use tickwire_exec_std::run;
use tickwire_exec_std::spi::{Device, Settings};
use tickwire_traits::AnalogInput;

use crate::rig::in_rig;

const INPUTS: [u16; 8] = [0, 1, 2, 511, 512, 700, 1_022, 1_023];

pub(crate) fn set(parameter: &str, value: &str) {
    fs::write(format!("/sys/module/tickwire_board/parameters/{parameter}"), value).unwrap();
}

#[test]
fn a_converter_measures_what_its_inputs_are_set_to() {
    in_rig(|| {
        set("inputs", &INPUTS.map(|input| input.to_string()).join(","));
        let spi = Device::open("/dev/spidev0.0", Settings::new(1_000_000)).unwrap();
        let mut adc = Mcp3008::new(spi);
        run(async |_| {
            for (channel, expected) in (0_u8..).zip(INPUTS) {
                let input = Input::single(channel).unwrap();
                assert_eq!(adc.read(input).await.unwrap(), expected, "{input:?}");
                let (other, its) = (channel ^ 1, INPUTS[usize::from(channel ^ 1)]);
                let input = Input::difference(channel, other).unwrap();
                let difference = expected.saturating_sub(its);
                assert_eq!(adc.read(input).await.unwrap(), difference, "{input:?}");
            }
            // An error of the bus, and a call that is dropped, end with themselves.
            set("spi_error", "5");
            adc.read(Input::Ch5).await.unwrap_err();
            set("spi_error", "0");
            assert!(poll_once(adc.read(Input::Ch5)).await.is_none());
            let mut knob = adc.into_channel(Input::Ch5);
            assert_eq!((knob.read().await.unwrap(), knob.full_scale()), (700, 1_023));
        });
    });
}
