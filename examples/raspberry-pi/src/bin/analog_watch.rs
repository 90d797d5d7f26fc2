//! A potentiometer at a converter on the SPI bus of the header: its position, each time that it
//! is turned by more than 2 %.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::analog_watch::{self, AnalogWatch, Band, Settings};
use tickwire_drivers::mcp3008::{self, Input, Mcp3008};
use tickwire_exec_std::{Shutdown, StdClock, run, spi};
use tickwire_traits::{AnalogInput, Duration, race};

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, analog_watch()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("analog_watch: {error}");
    ExitCode::FAILURE
}

async fn analog_watch() -> Result<(), Box<dyn Error>> {
    // With 3.3 V, the chip is not specified above 1.35 MHz.
    let spi = spi::Device::open("/dev/spidev0.0", spi::Settings::new(1_000_000))?;
    let knob = Mcp3008::new(spi).into_channel(Input::Ch0);
    let full_scale = knob.full_scale();
    let span = full_scale / 50;
    // A value each 40 ms.
    let settings = Settings::new(Band::around_current(span))
        .with_period(Duration::from_millis(5))
        .with_mean_of(8);
    let mut watch = AnalogWatch::new(knob, StdClock::new(), settings)?;
    let mut value = watch.sample().await.map_err(explained)?.value;
    loop {
        writeln!(stdout(), "{} %", value * 100 / full_scale)?;
        watch.set_band(Band::around(value, span))?;
        value = watch.leave().await.map_err(explained)?.value;
    }
}

/// The error of the bus says more than its kind does.
fn explained(error: analog_watch::Error<mcp3008::Error<spi::Error>>) -> Box<dyn Error> {
    match error {
        analog_watch::Error::Input(mcp3008::Error::Spi(error)) => error.into(),
        other => other.into(),
    }
}
