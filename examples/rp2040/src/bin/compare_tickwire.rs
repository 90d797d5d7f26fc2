//! What this backend takes for the operations of [`tickwire_backends`]; for the emulator, whose
//! instructions it counts.
#![no_std]
#![no_main]

#[path = "../counter.rs"]
mod counter;
#[path = "../loops.rs"]
mod loops;

use cortex_m_semihosting::debug;
use embassy_executor::Spawner;
use static_cell::StaticCell;
use tickwire_backends::{Ours, Shared, TASKS, measure};
use tickwire_exec_embassy::{Arena, EmbassyClock};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

use crate::counter::Counter;
use crate::loops::Loops;

static ARENA: Arena<160, TASKS> = Arena::new();

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    static SHARED: StaticCell<Shared> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let devices = Loops::new((board.PIN_14, board.PIN_15), (board.PIN_0, board.PIN_1), board.UART0);
    let (spawner, clock, tasks) = (ARENA.with(spawner), EmbassyClock, TASKS as u32);
    let shared = SHARED.init(Shared::new());
    let mut ours = Ours { spawner, clock, devices, shared, tasks };
    measure(&mut ours, &mut Counter::default()).await;
    debug::exit(debug::EXIT_SUCCESS);
}
