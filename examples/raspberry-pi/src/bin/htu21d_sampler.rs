//! A hygrometer and thermometer at the I2C bus of the header, measured by one task for others. It
//! may be unplugged: the others are told, and go on when it is back.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::htu21d::{Htu21d, Resolution, Sampler, Samples, Settings};
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Delay, Duration, race};

type Climate = Samples<NoopRawMutex>;

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, watch()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("htu21d_sampler: {error}");
    ExitCode::FAILURE
}

async fn watch() -> Result<(), Box<dyn Error>> {
    let clock = StdClock::new();
    // For an SHT21 or a Si7021, write its type here.
    let sensor = Htu21d::new(Bus::open("/dev/i2c-1")?, Delay(clock));
    let climate = Climate::new();
    let mut sampler = Sampler::new(sensor, clock, &climate)
        .with_period(Duration::from_secs(2))
        .with_settings(Settings::new().with_resolution(Resolution::Rh12T14));
    let told = race(tell(&climate), tell_errors(&climate));
    race(told, async { match sampler.run().await {} }).await.into_inner().into_inner()
}

async fn tell(climate: &Climate) -> Result<(), Box<dyn Error>> {
    let mut samples = climate.listener();
    loop {
        let room = samples.next().await.measurement;
        writeln!(stdout(), "{} °C, {} %", room.temperature, room.humidity)?;
    }
}

async fn tell_errors(climate: &Climate) -> Result<(), Box<dyn Error>> {
    loop {
        let health = climate.health_change().await;
        match health.last_error.filter(|_| health.failing > 0) {
            Some(error) => writeln!(stdout(), "error {}: {error}", health.errors())?,
            None => writeln!(stdout(), "works again")?,
        }
    }
}
