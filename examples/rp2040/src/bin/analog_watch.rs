//! A potentiometer on the chip's own converter: the light is on while it is in the middle, and
//! toggles if the converter fails.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::adc::{self, Adc, Channel};
use embassy_rp::gpio::{Level, Output, Pull};
use tickwire_drivers::analog_watch::{AnalogWatch, Band, Place, Settings};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::{Duration, analog};

embassy_rp::bind_interrupts!(struct Interrupts {
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

/// Of 4095. A value is the mean of 8 readings within 40 ms.
const SETTINGS: Settings = Settings::new(Band::between(1_000, 3_000).with_hysteresis(100))
    .with_period(Duration::from_millis(5))
    .with_mean_of(8);

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut adc = Adc::new(board.ADC, Interrupts, adc::Config::default());
    let mut channel = Channel::new_pin(board.PIN_26, Pull::None);
    let knob = analog::from_fn(4_095, async || adc.read(&mut channel).await);
    let Ok(mut watch) = AnalogWatch::new(knob, EmbassyClock, SETTINGS) else { return };
    loop {
        match watch.change().await {
            Ok(change) => {
                let is_inside = change.place == Place::Inside;
                led.set_level(is_inside.into());
                report!(change.at, "knob", value: change.value, inside: is_inside);
            }
            Err(_) => {
                led.toggle();
                report!(tickwire_traits::Clock::now(&EmbassyClock), "converter_failed");
            }
        }
    }
}
