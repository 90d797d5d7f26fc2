//! A hygrometer: the light is on where it is damp, and blinks if there is none.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::i2c::{Config, I2c, InterruptHandler};
use embassy_rp::peripherals::I2C0;
use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent, Htu21d};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::{Settled, report};
use tickwire_traits::{Clock, Delay, Duration, Timer};

embassy_rp::bind_interrupts!(struct Interrupts {
    I2C0_IRQ => InterruptHandler<I2C0>;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let i2c = I2c::new_async(board.I2C0, board.PIN_5, board.PIN_4, Interrupts, Config::default());
    let mut sensor = Htu21d::new(Settled(i2c), Delay(EmbassyClock));
    let mut ticker = EmbassyClock.ticker(Duration::from_millis(500));
    loop {
        match sensor.measure().await {
            Ok(climate) => {
                let damp = climate.humidity > CentiPercent(6_000);
                led.set_level((damp && climate.temperature > CentiCelsius(0)).into());
                report!(
                    EmbassyClock.now(), "climate",
                    centi_celsius: climate.temperature.0, centi_percent: climate.humidity.0,
                );
            }
            Err(_error) => {
                led.toggle();
                report!(EmbassyClock.now(), "sensor_failed", error: format_args!("\"{_error}\""));
            }
        }
        ticker.tick().await;
    }
}
