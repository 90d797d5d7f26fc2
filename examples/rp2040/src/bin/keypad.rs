//! A keypad of four rows and four columns: the light is on while a key is down.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, OutputOpenDrain, Pull};
use tickwire_drivers::button::{Buttons, Event};
use tickwire_drivers::keypad::Keypad;
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
    let mut keys = Buttons::<_, 4>::of(Keypad::new(rows, columns, EmbassyClock));
    let mut down = 0_u32;
    loop {
        let Ok(gesture) = keys.gesture().await;
        match gesture.event {
            Event::Press => down = down.saturating_add(1),
            Event::Release => down = down.saturating_sub(1),
            _ => {}
        }
        led.set_level((down > 0).into());
        report!(
            gesture.at,
            tickwire_rp2040::gesture_name(gesture.event),
            row: gesture.key.row, column: gesture.key.column,
        );
    }
}
