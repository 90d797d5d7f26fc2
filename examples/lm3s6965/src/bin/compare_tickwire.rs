//! What this backend takes for the operations of [`tickwire_backends`], in instructions.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use embassy_executor::Spawner;
use lm3s6965::{Interrupt, interrupt};
use static_cell::StaticCell;
use tickwire_backends::{Devices, Operation, Ours, Shared, TASKS, begin_then, measure};
use tickwire_exec_embassy::{Arena, EmbassyClock, IrqClaim, IrqFlag};
use tickwire_lm3s6965::{Counter, executor, init, interrupts, meter, report};
use tickwire_traits::{Interest, ReadinessExt};

static ARENA: Arena<160, TASKS> = Arena::new();
static EDGE: IrqFlag = IrqFlag::new();

#[interrupt]
fn QEI0() {
    EDGE.set();
}

/// An interrupt is the edge. Nothing carries bytes: QEMU does not loop the board's serial line
/// back.
struct Edges(IrqClaim<'static>);

impl Devices for Edges {
    fn has(&self, operation: Operation) -> bool {
        operation == Operation::Edge
    }

    async fn edge(&mut self) {
        let edge = self.0.ready(Interest::Read);
        let Ok(()) = begin_then(edge, async { interrupts::trigger(Interrupt::QEI0) }).await;
    }
}

#[cortex_m_rt::entry]
fn main() -> ! {
    init();
    interrupts::enable(Interrupt::QEI0);
    executor::run_with(meter::sleep, |spawner| {
        spawner.spawn(compare(spawner).expect("it is spawned once"));
    })
}

#[embassy_executor::task]
async fn compare(spawner: Spawner) {
    static SHARED: StaticCell<Shared> = StaticCell::new();

    meter::calibrate();
    let devices = Edges(EDGE.claim().expect("it is claimed once"));
    let (spawner, clock, tasks) = (ARENA.with(spawner), EmbassyClock, TASKS as u32);
    let shared = SHARED.init(Shared::new());
    let mut ours = Ours { spawner, clock, devices, shared, tasks };
    measure(&mut ours, &mut Counter::new()).await;
    report::exit(true)
}
