//! The pins of `encoder_plain`, with `IrqEdges` to put their edges in one order: what `encoder`
//! is measured against.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

#[path = "../watchman.rs"]
mod watchman;

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_time::Timer;
use embedded_hal::digital::PinState;
use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;
use tickwire_traits::{Edges, Side};

static EDGES: IrqEdges<32, Side> = IrqEdges::new(PinState::High, EmbassyClock);

#[embassy_executor::task(pool_size = 2)]
async fn watch(line: Side, pin: Input<'static>) {
    let Ok(never) = EDGES.watch_line(line, pin).await;
    match never {}
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut lines = EDGES.claim().expect("it is claimed once");
    let Ok(()) = lines.arm();
    let watchman = watchman::start();
    let a = watch(Side::A, Input::new(board.PIN_10, Pull::Up));
    let b = watch(Side::B, Input::new(board.PIN_11, Pull::Up));
    for task in [a, b] {
        watchman.spawn(task.expect("there is a task for each pin"));
    }
    loop {
        Timer::after_millis(20).await;
        let Ok(edge) = lines.edge().await;
        led.set_level((edge.level == PinState::Low).into());
    }
}
