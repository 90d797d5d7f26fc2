//! What every backend must pass, on a 32-bit RISC-V.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use embassy_executor::Spawner;
use riscv::interrupt::Interrupt;
use tickwire_board_checks::{Board, Proof, on_interrupt};
use tickwire_riscv32::{init, interrupts, report, stopwatch};
use tickwire_traits::Instant;

struct Virt;

impl Board for Virt {
    fn interrupt(&self) {
        interrupts::trigger();
    }

    fn stopwatch(&self) -> Instant {
        stopwatch::now()
    }
}

#[riscv_rt::core_interrupt(Interrupt::MachineSoft)]
fn spare() {
    interrupts::acknowledge();
    on_interrupt();
}

#[embassy_executor::main(entry = "riscv_rt::entry")]
async fn main(spawner: Spawner) {
    init();
    let mut proof = Proof::new(&Virt, report::say);
    proof.run(spawner).await;
    proof.wraps(wrap_after).await;
    proof.many_wraps(wrap_after).await;
    report::exit(proof.end());
}

/// The timer does not wrap, but it is read and compared with in halves. The low one does,
/// every 429 seconds.
fn wrap_after(now: Instant) -> Instant {
    let ticks = (((now.as_micros() * 10) >> 32) + 1) << 32;
    Instant::from_micros(ticks.div_ceil(10))
}
