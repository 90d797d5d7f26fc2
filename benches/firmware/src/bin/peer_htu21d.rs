//! `htu21d` with the crate `htu21df-sensor`: the light is on where it is damp.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::i2c::{Config, Error as BusError, I2c};
use embassy_time::{Delay, Duration, Ticker};
use htu21df_sensor::{Error, Sensor};
use tickwire_rp2040::report;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let i2c = I2c::new_blocking(board.I2C0, board.PIN_5, board.PIN_4, Config::default());
    let Ok(mut sensor) = Sensor::new(i2c, Some(&mut Delay)) else { return };
    let mut ticker = Ticker::every(Duration::from_millis(500));
    loop {
        match measure(&mut sensor) {
            Ok((celsius, percent)) => {
                led.set_level((percent > 60.0 && celsius > 0.0).into());
                report!(
                    embassy_time::Instant::now(), "climate",
                    centi_celsius: (celsius * 100.0) as i32, centi_percent: (percent * 100.0) as i32,
                );
            }
            Err(_error) => {
                led.toggle();
                report!(
                    embassy_time::Instant::now(), "sensor_failed",
                    error: match _error { Error::I2c(_) => "\"bus\"", Error::Crc => "\"checksum\"" },
                );
            }
        }
        ticker.next().await;
    }
}

type Climate = (f32, f32);

fn measure<I2C>(sensor: &mut Sensor<I2C>) -> Result<Climate, Error<BusError>>
where
    I2C: embedded_hal_02::blocking::i2c::Read<Error = BusError>
        + embedded_hal_02::blocking::i2c::Write<Error = BusError>,
{
    let temperature = sensor.measure_temperature(&mut Delay)?;
    let humidity = sensor.measure_humidity(&mut Delay)?;
    Ok((temperature.value(), humidity.value()))
}
