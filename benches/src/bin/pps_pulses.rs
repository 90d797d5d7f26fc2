//! What a pulse of a GPS receiver costs, and the question for the time.
//!
//! The program runs itself under valgrind to count instructions. A figure is the difference
//! between many pulses and few, over the difference in pulses.
//!
//! It fails when one takes more than its bound.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::process::ExitCode;

use tickwire_counting::{Row, Table, Tenths, counted};
use tickwire_drivers::gps::pps::{Timekeeper, Utc};
use tickwire_traits::{Duration, Instant};

// The bounds are what was measured and 4 %.
const TABLE: Table<'_> = Table {
    heading: "instructions per pulse",
    rows: &[
        row("a pulse", 2_310, |number| run(number, false, false)),
        row("a pulse and its sentence", 4_860, |number| run(number, true, false)),
        row("a pulse and the time within its second", 3_050, |number| run(number, false, true)),
    ],
    work: [4_000, 12_000],
    units: 1,
    around: Tenths(0),
};

const fn row(name: &str, tenths: u64, work: fn(u32)) -> Row<'_> {
    Row { name, bound: Some(Tenths(tenths)), work }
}

fn main() -> Result<ExitCode, lexopt::Error> {
    TABLE.main()
}

/// Pulses of a clock that is 20 ppm fast, whose jitter has a period of three.
fn run(number: u32, sentences: bool, asks: bool) {
    let mut keeper = Timekeeper::new().with_patience(Duration::from_secs(1_000_000));
    let noon = Utc::from_unix_micros(1_782_043_200_000_000);
    let (date, time) = (noon.date(), noon.time());
    keeper.sentence(date, time, Instant::from_millis(900));
    black_box(counted(|| {
        let mut sum = 0;
        for pulse in 1..=u64::from(number) {
            let at = pulse * 1_000_020 + pulse % 3;
            keeper.pulse(Instant::from_micros(at));
            if sentences {
                // The same work for each: the second is overruled.
                keeper.sentence(date, time, Instant::from_micros(at + 300_000));
            }
            if asks {
                let utc = keeper.utc_at(Instant::from_micros(at + 500_000));
                sum ^= utc.map_or(0, Utc::unix_micros);
            }
        }
        (sum, keeper)
    }));
}
