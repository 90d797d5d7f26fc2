//! A display of 16x2 at six lines. It counts the seconds.
#![forbid(unsafe_code)]

use std::error::Error;
use std::process::ExitCode;

use tickwire_drivers::hd44780::{FourBit, Lcd};
use tickwire_exec_std::gpio::{Line, Output, OutputSettings};
use tickwire_exec_std::{Shutdown, StdClock, run};
use tickwire_traits::{Delay, Duration, Timer, race};

fn main() -> ExitCode {
    let ended = run(async |_| {
        let mut shutdown = Shutdown::new()?;
        let stopped = async { Ok(shutdown.requested().await.map(drop)?) };
        race(stopped, hd44780()).await.into_inner()
    });
    let Err(error) = ended else { return ExitCode::SUCCESS };
    eprintln!("hd44780: {error}");
    ExitCode::FAILURE
}

async fn hd44780() -> Result<(), Box<dyn Error>> {
    let line = |name: &str| Output::open(&Line::named(name)?, OutputSettings::DEFAULT);
    let (rs, e) = (line("GPIO22")?, line("GPIO23")?);
    let (d4, d5, d6, d7) = (line("GPIO24")?, line("GPIO25")?, line("GPIO5")?, line("GPIO6")?);
    let clock = StdClock::new();
    let mut lcd = Lcd::<_, _, 16, 2>::new(FourBit::new(rs, e, d4, d5, d6, d7), Delay(clock));
    let mut ticker = clock.ticker(Duration::from_secs(1));
    for seconds in 0.. {
        lcd.set_line(0, "Tickwire");
        lcd.set_line(1, &format!("{seconds} s"));
        lcd.flush().await?;
        ticker.tick().await;
    }
    Ok(())
}
