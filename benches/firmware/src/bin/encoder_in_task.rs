//! `encoder` where the task itself sees the edges, as `peer_encoder` does: without an executor in
//! an interrupt that stamps them.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use tickwire_drivers::encoder::{Division, Encoder, InOrder, Range};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::PolledEdges;

const POSITIONS: Range = match Range::clamped(0, 10) {
    Ok(range) => range,
    Err(_) => Range::FREE,
};

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let a = PolledEdges::new(Input::new(board.PIN_10, Pull::Up), EmbassyClock);
    let b = PolledEdges::new(Input::new(board.PIN_11, Pull::Up), EmbassyClock);
    let mut knob = Encoder::new(InOrder::new(a, b), EmbassyClock)
        .with_division(Division::X1)
        .with_range(POSITIONS);
    loop {
        let Ok(turn) = knob.turn().await;
        led.set_level((turn.position > 5).into());
        report!(turn.at, "turn", position: turn.position, delta: turn.delta, illegal: knob.illegal());
    }
}
