//! A potentiometer at a converter on the SPI bus of the header.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::mcp3008::{self, Input, Mcp3008};
use tickwire_exec_std::spi::{Device, Settings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{AnalogInput, Duration, Timer, race};

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, mcp3008()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("mcp3008: {error}");
    ExitCode::FAILURE
}

async fn mcp3008() -> Result<(), Box<dyn Error>> {
    // With 3.3 V, the chip is not specified above 1.35 MHz.
    let spi = Device::open("/dev/spidev0.0", Settings::new(1_000_000))?;
    let mut knob = Mcp3008::new(spi).into_channel(Input::Ch0);
    let clock = StdClock::new();
    let mut ticker = clock.ticker(Duration::from_millis(500));
    loop {
        let value = knob.read().await.map_err(|error| match error {
            mcp3008::Error::Spi(error) => error.into(), // It says more than its kind does.
            other => Box::<dyn Error>::from(other),
        })?;
        writeln!(stdout(), "{} %", value * 100 / knob.full_scale())?;
        ticker.tick().await;
    }
}
