//! `keypad` without gestures: presses and releases, as `peer_keypad` has them.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, OutputOpenDrain, Pull};
use tickwire_drivers::keypad::Keypad;
use tickwire_drivers::switch::Contact;
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let rows = [
        OutputOpenDrain::new(board.PIN_2, Level::High),
        OutputOpenDrain::new(board.PIN_3, Level::High),
        OutputOpenDrain::new(board.PIN_4, Level::High),
        OutputOpenDrain::new(board.PIN_5, Level::High),
    ];
    let columns = [
        Input::new(board.PIN_6, Pull::Up),
        Input::new(board.PIN_7, Pull::Up),
        Input::new(board.PIN_8, Pull::Up),
        Input::new(board.PIN_9, Pull::Up),
    ];
    let mut keys = Keypad::new(rows, columns, EmbassyClock);
    let mut down = 0_u32;
    loop {
        let Ok(change) = keys.change().await;
        let closed = change.contact == Contact::Closed;
        down = if closed { down.saturating_add(1) } else { down.saturating_sub(1) };
        led.set_level((down > 0).into());
        report!(
            change.at, if closed { "press" } else { "release" },
            row: change.key.row, column: change.key.column,
        );
    }
}
