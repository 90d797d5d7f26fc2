//! Four keys of a resistor ladder, at a converter on the SPI bus of the header: their gestures.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use tickwire_drivers::button::Buttons;
use tickwire_drivers::ladder::{self, Ladder, Settings, Share};
use tickwire_drivers::mcp3008::{self, Input, Mcp3008};
use tickwire_exec_std::{Shutdown, StdClock, run, spi};
use tickwire_traits::race;

/// 1, 2.2 and 4.7 kΩ in a row, with a key to ground before each and after the last, and 10 kΩ to
/// the supply.
const KEYS: Settings<4> = Settings::new([
    Share::divider(0, 10_000),
    Share::divider(1_000, 10_000),
    Share::divider(3_200, 10_000),
    Share::divider(7_900, 10_000),
]);

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, ladder()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("ladder: {error}");
    ExitCode::FAILURE
}

async fn ladder() -> Result<(), Box<dyn Error>> {
    // With 3.3 V, the chip is not specified above 1.35 MHz.
    let spi = spi::Device::open("/dev/spidev0.0", spi::Settings::new(1_000_000))?;
    let level = Mcp3008::new(spi).into_channel(Input::Ch0);
    let mut keys = Buttons::<_, 2>::of(Ladder::new(level, StdClock::new(), KEYS)?);
    loop {
        let gesture = keys.gesture().await.map_err(explained)?;
        writeln!(stdout(), "{} {:?}", gesture.key, gesture.event)?;
    }
}

/// The error of the bus says more than its kind does.
fn explained(error: ladder::Error<mcp3008::Error<spi::Error>>) -> Box<dyn Error> {
    match error {
        ladder::Error::Input(mcp3008::Error::Spi(error)) => error.into(),
        other => other.into(),
    }
}
