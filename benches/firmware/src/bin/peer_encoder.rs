//! `encoder` with the crate `rotary-encoder-hal`: a knob with a detent per cycle, from 0 to 10.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_futures::select::select;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use rotary_encoder_hal::{Direction, Rotary};
use tickwire_rp2040::report;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let a = Input::new(board.PIN_10, Pull::Up);
    let b = Input::new(board.PIN_11, Pull::Up);
    // What it calls clockwise is the other way round.
    let mut knob = Rotary::new(b, a);
    let (mut position, mut quarters) = (0_i32, 0_i32);
    loop {
        let (b, a) = knob.pins();
        select(a.wait_for_any_edge(), b.wait_for_any_edge()).await;
        let Ok(direction) = knob.update();
        quarters += match direction {
            Direction::Clockwise => 1,
            Direction::CounterClockwise => -1,
            Direction::None => continue,
        };
        if quarters % 4 != 0 {
            continue;
        }
        let turned = (position + quarters / 4).clamp(0, 10);
        quarters = 0;
        if turned != position {
            let _delta = turned - position;
            position = turned;
            led.set_level((position > 5).into());
            report!(embassy_time::Instant::now(), "turn", position: position, delta: _delta);
        }
    }
}
