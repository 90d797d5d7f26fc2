//! An interrupt that comes ten thousand times between two polls.

use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use embassy_executor::Spawner;
use lm3s6965::{Interrupt, interrupt};
use tickwire_exec_embassy::{EmbassyClock, IrqFlag};
use tickwire_lm3s6965::interrupts;
use tickwire_lm3s6965::meter::Mark;
use tickwire_traits::{Duration, Interest, ReadinessExt, Timer};

use crate::row::{Measured, Tenths};

static FLAG: IrqFlag = IrqFlag::new();
static WAKES: AtomicU32 = AtomicU32::new(0);

#[interrupt]
fn QEI0() {
    FLAG.set();
}

pub(crate) struct Storm {
    /// What it costs to set the flag.
    pub(crate) of_sets: Measured,
    /// What it costs to do so in an interrupt, with making it.
    pub(crate) of_interrupts: Measured,
}

/// Lets the flag be set ten thousand times, twice, and looks whether that woke once.
pub(crate) async fn measure(spawner: Spawner) -> Storm {
    const TIMES: u32 = 10_000;

    interrupts::enable(Interrupt::QEI0);
    spawner.spawn(wait().expect("it is spawned once"));
    settle().await;
    let mark = Mark::now();
    for _ in 0..TIMES {
        FLAG.set();
    }
    let of_sets = Measured::alone(Tenths::each(mark.elapsed(), TIMES));
    assert_eq!(WAKES.load(Relaxed), 0, "it was woken while another task ran");
    settle().await;
    assert_eq!(WAKES.load(Relaxed), 1, "wakes after ten thousand settings");

    let mark = Mark::now();
    for _ in 0..TIMES {
        interrupts::trigger(Interrupt::QEI0);
    }
    let of_interrupts = Measured::alone(Tenths::each(mark.elapsed(), TIMES));
    settle().await;
    assert_eq!(WAKES.load(Relaxed), 2, "wakes after ten thousand interrupts");
    Storm { of_sets, of_interrupts }
}

/// Counts how often the flag lets through, which wakes it each time.
#[embassy_executor::task]
async fn wait() {
    let mut ready = FLAG.claim().expect("nobody else has it");
    loop {
        let Ok(()) = ready.ready(Interest::Read).await;
        WAKES.store(WAKES.load(Relaxed) + 1, Relaxed);
    }
}

/// Lets everyone run who can.
async fn settle() {
    for _ in 0..3 {
        EmbassyClock.sleep(Duration::from_millis(1)).await;
    }
}
