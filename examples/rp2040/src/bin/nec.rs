//! A remote control: each key switches the light, and a key that is held lets it flicker.
//!
//! An executor in an interrupt stamps the edges, so that the driver may be late.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

#[path = "../watchman.rs"]
mod watchman;

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embedded_hal::digital::PinState;
use tickwire_drivers::nec::{Addressing, Event, Nec};
use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
use tickwire_rp2040::report;

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
    let edges = EDGES.claim().expect("it is claimed once");
    let mut nec = Nec::new(edges, EmbassyClock).with_addressing(Addressing::Extended);
    let watchman = watchman::start();
    let pin = Input::new(board.PIN_14, Pull::Up);
    watchman.spawn(watch(pin).expect("it is spawned once"));
    loop {
        let Ok(signal) = nec.signal().await;
        match signal.event {
            Event::Frame(_frame) => {
                led.toggle();
                report!(signal.at, "frame", address: _frame.address(), command: _frame.command());
            }
            Event::Repeat(_repeat) => {
                led.toggle();
                report!(signal.at, "repeat", held_us: _repeat.held.as_micros());
            }
            Event::Error(_error) => report!(signal.at, _error.name()),
        }
    }
}
