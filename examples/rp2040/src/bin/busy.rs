//! A contact beside work that takes the processor for 50 ms at a time: its edges have
//! the time of the interrupt, and the light follows when there is time for it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

#[path = "../watchman.rs"]
mod watchman;

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embedded_hal::digital::PinState;
use tickwire_drivers::switch::{Contact, Switch};
use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
use tickwire_rp2040::report;
use tickwire_traits::{Clock, Duration, Timer};

static EDGES: IrqEdges<16> = IrqEdges::new(PinState::High, EmbassyClock);

#[embassy_executor::task]
async fn watch(pin: Input<'static>) {
    let Ok(never) = EDGES.watch(pin).await;
    match never {}
}

#[embassy_executor::task]
async fn work() {
    loop {
        let start = EmbassyClock.now();
        while EmbassyClock.now() - start < Duration::from_millis(50) {}
        EmbassyClock.sleep(Duration::from_micros(500)).await;
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let watchman = watchman::start();
    watchman.spawn(watch(Input::new(board.PIN_15, Pull::Up)).expect("it is spawned once"));
    spawner.spawn(work().expect("it is spawned once"));
    let pin = EDGES.claim().expect("it is claimed once");
    let mut switch = Switch::new(pin, EmbassyClock);
    loop {
        let Ok(change) = switch.change().await;
        let closed = change.contact == Contact::Closed;
        led.set_level(closed.into());
        report!(change.at, if closed { "closed" } else { "open" });
    }
}
