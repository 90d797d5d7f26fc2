//! What embassy alone takes for the operations of [`tickwire_backends`], in instructions.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use embassy_executor::Spawner;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use lm3s6965::{Interrupt, interrupt};
use static_cell::StaticCell;
use tickwire_backends::{Devices, Embassy, EmbassyShared, Operation, begin_then, measure};
use tickwire_lm3s6965::{Counter, executor, init, interrupts, meter, report};

static EDGE: Signal<CriticalSectionRawMutex, ()> = Signal::new();

#[interrupt]
fn QEI0() {
    EDGE.signal(());
}

/// An interrupt is the edge. Nothing carries bytes: QEMU does not loop the board's serial line
/// back.
struct Edges;

impl Devices for Edges {
    fn has(&self, operation: Operation) -> bool {
        operation == Operation::Edge
    }

    async fn edge(&mut self) {
        begin_then(EDGE.wait(), async { interrupts::trigger(Interrupt::QEI0) }).await;
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
    static SHARED: StaticCell<EmbassyShared> = StaticCell::new();

    meter::calibrate();
    let shared = SHARED.init(EmbassyShared::new());
    let mut embassy = Embassy { spawner, devices: Edges, shared };
    measure(&mut embassy, &mut Counter::new()).await;
    report::exit(true)
}
