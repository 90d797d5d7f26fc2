//! `analog_watch` with the crate `pot-head`: the light is on while a potentiometer is in the
//! middle.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::adc::{self, Adc, Channel};
use embassy_rp::gpio::{Level, Output, Pull};
use embassy_time::{Duration, Ticker};
use pot_head::{Config, HysteresisMode, NoiseFilter, PotHead, ResponseCurve};
use tickwire_rp2040::report;

embassy_rp::bind_interrupts!(struct Interrupts {
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

/// The mean of 8 readings, which changes by 100 or more.
static KNOB: Config<u16> = Config {
    input_min: 0,
    input_max: 4_095,
    output_min: 0,
    output_max: 4_095,
    curve: ResponseCurve::Linear,
    filter: NoiseFilter::MovingAverage { window_size: 8 },
    hysteresis: HysteresisMode::ChangeThreshold { threshold: 100.0 / 4_095.0 },
    snap_zones: &[],
};

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut adc = Adc::new(board.ADC, Interrupts, adc::Config::default());
    let mut channel = Channel::new_pin(board.PIN_26, Pull::None);
    let Ok(mut knob) = PotHead::new(&KNOB) else { return };
    let mut ticker = Ticker::every(Duration::from_millis(5));
    let mut was_inside = None;
    loop {
        match adc.read(&mut channel).await {
            Ok(reading) => {
                let value = knob.process(reading);
                let is_inside = (1_000..=3_000).contains(&value);
                if was_inside.replace(is_inside) != Some(is_inside) {
                    led.set_level(is_inside.into());
                    report!(
                        embassy_time::Instant::now(), "knob",
                        value: value, inside: is_inside,
                    );
                }
            }
            Err(_) => {
                led.toggle();
                report!(embassy_time::Instant::now(), "converter_failed");
            }
        }
        ticker.next().await;
    }
}
