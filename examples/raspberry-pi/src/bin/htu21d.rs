//! A hygrometer and thermometer at the I2C bus of the header.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::htu21d::{self, Htu21d};
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{Delay, Duration, Timer, race};

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, htu21d()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("htu21d: {error}");
    ExitCode::FAILURE
}

async fn htu21d() -> Result<(), Box<dyn Error>> {
    let clock = StdClock::new();
    let mut sensor = Htu21d::new(Bus::open("/dev/i2c-1")?, Delay(clock));
    let mut ticker = clock.ticker(Duration::from_secs(2));
    loop {
        let climate = sensor.measure().await.map_err(|error| match error {
            htu21d::Error::Bus(error) => error.into(), // It says more than its kind does.
            other => Box::<dyn Error>::from(other),
        })?;
        writeln!(stdout(), "{} °C, {} %", climate.temperature, climate.humidity)?;
        ticker.tick().await;
    }
}
