//! What every backend must pass, on a Cortex-M0+.
//!
//! NOT BY MASK, on which the `unsafe` in this file rests: no critical section in this
//! program is one because an interrupt is masked in the NVIC. All of them are those of
//! embassy-rp, which mask every interrupt at once; so to unmask one breaks into none.
#![no_std]
#![no_main]

use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{SCB, SYST};
use cortex_m_semihosting::{debug, hprint};
use embassy_executor::Spawner;
use embassy_rp::interrupt;
use embassy_rp::interrupt::InterruptExt;
use tickwire_board_checks::{Board, Proof, on_interrupt};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;
use tickwire_traits::{Duration, Instant};

struct Pico;

impl Board for Pico {
    fn interrupt(&self) {
        interrupt::SWI_IRQ_0.pend();
        // The write has arrived, and what comes next is not fetched yet.
        cortex_m::asm::dsb();
        cortex_m::asm::isb();
    }

    fn stopwatch(&self) -> Instant {
        stopwatch()
    }
}

#[interrupt]
fn SWI_IRQ_0() {
    on_interrupt();
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let _board = embassy_rp::init(Default::default());
    start_stopwatch();
    // SAFETY: NOT BY MASK.
    unsafe { interrupt::SWI_IRQ_0.enable() };
    let mut proof = Proof::new(&Pico, say);
    proof.run(spawner).await;
    proof.wraps(wrap_after).await;
    debug::exit(if proof.end() { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
}

fn say(what: fmt::Arguments<'_>) {
    hprint!("{}", what);
}

/// The timer is read in halves, and compared with by the low one, which wraps every
/// 72 minutes.
fn wrap_after(now: Instant) -> Instant {
    Instant::from_micros(((now.as_micros() >> 32) + 1) << 32)
}

/// SysTick counts cycles of the core, as embassy-rp sets it up, and not those of the
/// timer's microseconds. It has come to its end so often.
static ROUNDS: AtomicU32 = AtomicU32::new(0);

const CYCLES_PER_MICRO: u32 = 125;
const ROUND: Duration = Duration::from_millis(100);
const CYCLES: u32 = CYCLES_PER_MICRO * ROUND.as_micros() as u32;

#[cortex_m_rt::exception]
fn SysTick() {
    ROUNDS.store(ROUNDS.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

fn start_stopwatch() {
    let mut core = cortex_m::Peripherals::take().expect("it is taken once");
    core.SYST.set_clock_source(SystClkSource::Core);
    core.SYST.set_reload(CYCLES - 1);
    core.SYST.clear_current();
    core.SYST.enable_counter();
    core.SYST.enable_interrupt();
}

fn stopwatch() -> Instant {
    let (rounds, left) = critical_section::with(|_| {
        let rounds = ROUNDS.load(Ordering::Relaxed);
        let left = SYST::get_current();
        // It has come to its end, and its interrupt is still to be served.
        if SCB::is_pendst_pending() { (rounds + 1, SYST::get_current()) } else { (rounds, left) }
    });
    let gone = u64::from((CYCLES - 1 - left) / CYCLES_PER_MICRO);
    Instant::EPOCH + ROUND * rounds + Duration::from_micros(gone)
}
