//! A knob with a detent per cycle, from 0 to 10: the light is on in the upper half.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

#[path = "../watchman.rs"]
mod watchman;

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embedded_hal::digital::PinState;
use tickwire_drivers::encoder::{Division, Encoder, Range};
use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
use tickwire_rp2040::report;
use tickwire_traits::Side;

/// Both lines, in one order. A contact that bounces makes many edges.
static KNOB: IrqEdges<32, Side> = IrqEdges::new(PinState::High, EmbassyClock);

const POSITIONS: Range = match Range::clamped(0, 10) {
    Ok(range) => range,
    Err(_) => Range::FREE,
};

#[embassy_executor::task(pool_size = 2)]
async fn watch(line: Side, pin: Input<'static>) {
    let Ok(never) = KNOB.watch_line(line, pin).await;
    match never {}
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let lines = KNOB.claim().expect("it is claimed once");
    let mut knob =
        Encoder::new(lines, EmbassyClock).with_division(Division::X1).with_range(POSITIONS);
    let Ok(()) = knob.arm();
    let watchman = watchman::start();
    let a = watch(Side::A, Input::new(board.PIN_10, Pull::Up));
    let b = watch(Side::B, Input::new(board.PIN_11, Pull::Up));
    for task in [a, b] {
        watchman.spawn(task.expect("there is a task for each pin"));
    }
    loop {
        let Ok(turn) = knob.turn().await;
        led.set_level((turn.position > 5).into());
        report!(turn.at, "turn", position: turn.position, delta: turn.delta, illegal: knob.illegal());
    }
}
