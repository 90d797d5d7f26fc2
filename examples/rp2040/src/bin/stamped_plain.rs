//! The pin of `nec`, with `IrqEdges` to stamp its edges: what `nec` is measured against.
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
use tickwire_traits::Edges;

static EDGES: IrqEdges<32> = IrqEdges::new(PinState::High, EmbassyClock);

#[embassy_executor::task]
async fn watch(pin: Input<'static>) {
    let Ok(never) = EDGES.watch(pin).await;
    match never {}
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut edges = EDGES.claim().expect("it is claimed once");
    let Ok(()) = edges.arm();
    let watchman = watchman::start();
    let pin = Input::new(board.PIN_14, Pull::Up);
    watchman.spawn(watch(pin).expect("it is spawned once"));
    loop {
        Timer::after_millis(20).await;
        let Ok(edge) = edges.edge().await;
        led.set_level((edge.level == PinState::Low).into());
    }
}
