//! What embassy alone takes for the operations of [`tickwire_backends`]; for the emulator, whose
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
use tickwire_backends::{Embassy, EmbassyShared, measure};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

use crate::counter::Counter;
use crate::loops::Loops;

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    static SHARED: StaticCell<EmbassyShared> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let devices = Loops::new((board.PIN_14, board.PIN_15), (board.PIN_0, board.PIN_1), board.UART0);
    let shared = SHARED.init(EmbassyShared::new());
    let mut embassy = Embassy { spawner, devices, shared };
    measure(&mut embassy, &mut Counter::default()).await;
    debug::exit(debug::EXIT_SUCCESS);
}
