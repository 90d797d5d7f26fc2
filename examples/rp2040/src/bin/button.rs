//! A button: what it is used for is told, and the light follows it.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use tickwire_drivers::button::{Button, Event, Timing};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::{Duration, PolledEdges};

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let pin = PolledEdges::new(Input::new(board.PIN_15, Pull::Up), EmbassyClock);
    let repeat = Some(Duration::from_millis(200));
    let timing = Timing { repeat, most_clicks: 3, ..Timing::default() };
    let mut button = Button::new(pin, EmbassyClock).with_timing(timing);
    loop {
        let Ok(gesture) = button.gesture().await;
        match gesture.event {
            Event::Press | Event::Release => led.set_level(button.is_pressed().into()),
            _ => led.toggle(),
        }
        report!(gesture.at, tickwire_rp2040::gesture_name(gesture.event));
    }
}
