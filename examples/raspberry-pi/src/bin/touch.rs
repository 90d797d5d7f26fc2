//! A light sensor that a hand covers, as a button, at a converter on the SPI bus of the header.
//! The board has no sensor of touches.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::button::Button;
use tickwire_drivers::mcp3008::{self, Input, Mcp3008};
use tickwire_drivers::touch::{self, Settings, Touch};
use tickwire_exec_std::{Shutdown, StdClock, run, spi};
use tickwire_traits::race;

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, touch()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("touch: {error}");
    ExitCode::FAILURE
}

async fn touch() -> Result<(), Box<dyn Error>> {
    // With 3.3 V, the chip is not specified above 1.35 MHz.
    let spi = spi::Device::open("/dev/spidev0.0", spi::Settings::new(1_000_000))?;
    let sensor = Mcp3008::new(spi).into_channel(Input::Ch0);
    // Lamps flicker by some percent: 60 %, and three readings.
    let settings = Settings::default().with_threshold(60).with_hysteresis(10).with_readings(3);
    let mut button = Button::of(Touch::new(sensor, StdClock::new(), settings)?);
    loop {
        let gesture = button.gesture().await.map_err(explained)?;
        writeln!(stdout(), "{:?}", gesture.event)?;
    }
}

/// The error of the bus says more than its kind does.
fn explained(error: touch::Error<mcp3008::Error<spi::Error>>) -> Box<dyn Error> {
    match error {
        touch::Error::Input(mcp3008::Error::Spi(error)) => error.into(),
        other => other.into(),
    }
}
