//! To fall asleep and to be woken: the timer queue, the alarm, its interrupt, two polls.

use embassy_time::{Duration as Ticks, Timer as EmbassyTimer};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_lm3s6965::meter::Mark;
use tickwire_traits::{Duration, Timer};

use crate::row::{Measured, Tenths};

/// Compares sleeps that end at the same tick: ours adds one, since the present one may be
/// nearly over.
pub(crate) async fn measure() -> Measured {
    const TIMES: u32 = 1_000;

    let mark = Mark::now();
    for _ in 0..TIMES {
        EmbassyClock.sleep(Duration::from_micros(999)).await;
    }
    let tickwire = Tenths::each(mark.elapsed(), TIMES);
    let mark = Mark::now();
    for _ in 0..TIMES {
        EmbassyTimer::after(Ticks::from_micros(1_000)).await;
    }
    Measured { tickwire, embassy: Some(Tenths::each(mark.elapsed(), TIMES)) }
}
