//! What every backend must pass, on RTIC.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use core::cell::Cell;
use core::panic::PanicInfo;
use core::task::Waker;

use cortex_m::peripheral::NVIC;
use cortex_m_semihosting::{debug, hprint, hprintln};
use critical_section::Mutex;
use lm3s6965::Interrupt;
use tickwire_backend_rtic::{Mono, Pool, RticClock, serve};
use tickwire_conformance::{Bench, Order, Progress, Scratch, run_all};

const SLOTS: usize = 6;

type Tasks = Pool<SLOTS, 16>;

static SCRATCH: Scratch = Scratch::new();
static ELSEWHERE: Mutex<Cell<Option<Waker>>> = Mutex::new(Cell::new(None));

struct OnRtic(&'static Tasks);

impl Bench for OnRtic {
    type Clock = RticClock;
    type Spawner = &'static Tasks;

    fn clock(&self) -> Self::Clock {
        RticClock
    }

    fn spawner(&self) -> Self::Spawner {
        self.0
    }

    fn scratch(&self) -> &'static Scratch {
        &SCRATCH
    }

    fn wake_elsewhere(&self, waker: Waker) {
        critical_section::with(|cs| ELSEWHERE.borrow(cs).set(Some(waker)));
        NVIC::pend(Interrupt::UART0);
    }

    fn slots(&self) -> Option<usize> {
        Some(SLOTS)
    }

    /// RTIC polls tasks of one priority in the order of their declarations.
    fn order(&self) -> Order {
        Order::Unspecified
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    exit(false)
}

fn exit(is_well: bool) -> ! {
    loop {
        debug::exit(if is_well { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    }
}

#[rtic::app(device = lm3s6965, dispatchers = [SSI0])]
mod app {
    use super::*;

    #[shared]
    struct Shared {}

    #[local]
    struct Local {}

    #[init]
    fn init(cx: init::Context) -> (Shared, Local) {
        // The frequency of QEMU's board after a reset.
        Mono::start(cx.core.SYST, 12_500_000);
        timers::spawn().ok();
        checks::spawn().ok();
        (Shared {}, Local {})
    }

    #[idle]
    fn idle(_: idle::Context) -> ! {
        loop {
            cortex_m::asm::wfi();
        }
    }

    #[task(binds = UART0, priority = 2)]
    fn elsewhere(_: elsewhere::Context) {
        critical_section::with(|cs| ELSEWHERE.borrow(cs).take()).into_iter().for_each(Waker::wake);
    }

    #[task(priority = 1)]
    async fn timers(_: timers::Context) {
        serve().await
    }

    #[task(priority = 1, local_task = true)]
    async fn slot0(_: slot0::Context, pool: &'static Tasks) {
        pool.run_slot(0).await
    }

    #[task(priority = 1, local_task = true)]
    async fn slot1(_: slot1::Context, pool: &'static Tasks) {
        pool.run_slot(1).await
    }

    #[task(priority = 1, local_task = true)]
    async fn slot2(_: slot2::Context, pool: &'static Tasks) {
        pool.run_slot(2).await
    }

    #[task(priority = 1, local_task = true)]
    async fn slot3(_: slot3::Context, pool: &'static Tasks) {
        pool.run_slot(3).await
    }

    #[task(priority = 1, local_task = true)]
    async fn slot4(_: slot4::Context, pool: &'static Tasks) {
        pool.run_slot(4).await
    }

    #[task(priority = 1, local_task = true)]
    async fn slot5(_: slot5::Context, pool: &'static Tasks) {
        pool.run_slot(5).await
    }

    #[task(priority = 1, local = [pool: Tasks = Pool::new()])]
    async fn checks(cx: checks::Context) -> ! {
        let pool: &'static Tasks = cx.local.pool;
        let spawner = cx.local_spawner;
        spawner.slot0(pool).ok();
        spawner.slot1(pool).ok();
        spawner.slot2(pool).ok();
        spawner.slot3(pool).ok();
        spawner.slot4(pool).ok();
        spawner.slot5(pool).ok();
        let report = |check: &str, progress: Progress| match progress {
            // The last name of a program that hangs is its check.
            Progress::Begins => hprint!("{}: ", check),
            ended => hprintln!("{}", ended),
        };
        let totals = run_all(&OnRtic(pool), report).await;
        hprintln!("{:?}", totals);
        exit(totals.failed == 0)
    }
}
