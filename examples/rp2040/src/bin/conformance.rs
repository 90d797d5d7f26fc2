//! What every backend must pass, on a Cortex-M0+.
//!
//! NOT BY MASK, on which the `unsafe` in this file rests: no critical section in this
//! program is one because an interrupt is masked in the NVIC. All of them are those of
//! embassy-rp, which mask every interrupt at once; so to unmask one breaks into none.
#![no_std]
#![no_main]

#[path = "../watchman.rs"]
mod watchman;

use core::fmt;
use core::future::pending;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{SCB, SYST};
use cortex_m_semihosting::{debug, hprint};
use embassy_executor::{SendSpawner, Spawner};
use embassy_rp::interrupt;
use embassy_rp::interrupt::InterruptExt;
use tickwire_board_checks::{Board, Proof, on_interrupt};
// Its panic handler, and nothing else.
use tickwire_conformance::{Verdict, expect};
use tickwire_exec_embassy::{Arena, EmbassyClock, IrqFlag};
use tickwire_rp2040 as _;
use tickwire_traits::{Clock, Duration, Exit, Instant, JoinHandle, Timer};

struct Pico;

impl Board for Pico {
    fn interrupt(&self) {
        interrupt::SWI_IRQ_1.pend();
        // The write has arrived, and what comes next is not fetched yet.
        cortex_m::asm::dsb();
        cortex_m::asm::isb();
    }

    fn stopwatch(&self) -> Instant {
        stopwatch()
    }
}

#[interrupt]
fn SWI_IRQ_1() {
    on_interrupt();
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let _board = embassy_rp::init(Default::default());
    start_stopwatch();
    // SAFETY: NOT BY MASK.
    unsafe { interrupt::SWI_IRQ_1.enable() };
    let mut proof = Proof::new(&Pico, say);
    proof.run(spawner).await;
    proof.wraps(wrap_after).await;
    let check = tasks_go_between_executors(watchman::start(), spawner);
    proof.check("tasks_go_between_executors", check).await;
    debug::exit(if proof.end() { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
}

fn say(what: fmt::Arguments<'_>) {
    hprint!("{}", what);
}

/// Who is spawned onto an executor that preempts runs while this one's task does not let
/// go, and spawns onto this one; and is cancelled and awaited from here.
async fn tasks_go_between_executors(above: SendSpawner, below: Spawner) -> Verdict {
    static ABOVE: Arena<64, 2> = Arena::new();
    static BELOW: Arena<64, 1> = Arena::new();
    static PREEMPTED: IrqFlag = IrqFlag::new();
    static HEARD: IrqFlag = IrqFlag::new();

    let (above, below) = (ABOVE.bind(above)?, BELOW.with(below).make_send());
    for _ in 0..20 {
        let task = above.spawn(async move {
            EmbassyClock.sleep(Duration::from_micros(300)).await;
            if let Ok(task) = below.spawn(async { HEARD.set() }) {
                task.detach();
            }
            PREEMPTED.set();
        })?;
        let start = EmbassyClock.now();
        while !PREEMPTED.clear() {
            let waited = EmbassyClock.now() - start;
            expect(waited < Duration::from_secs(1), "a task above did not run")?;
        }
        expect(!HEARD.is_set(), "a task below ran beside one that did not let go")?;
        expect(task.await == Exit::Completed, "the end of a task above was not heard")?;
        EmbassyClock.sleep(Duration::from_millis(1)).await;
        expect(HEARD.clear(), "what was spawned from above did not run")?;
    }
    let tasks = [(); 2].map(|()| above.spawn(pending()));
    let refused = above.spawn(pending()).is_err();
    expect(refused, "a full arena has taken a task")?;
    for task in tasks {
        let exit = task?.cancel().await;
        expect(exit == Exit::Cancelled, "a task above was not cancelled")?;
    }
    expect(ABOVE.free() == 2, "a task above has kept its slot")
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
