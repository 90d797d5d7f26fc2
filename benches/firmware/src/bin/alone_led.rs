//! Flashes that another task switches, by embassy alone: what `led` and `peer_led` are measured
//! against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Timer, with_timeout};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

static FLASHES: Signal<CriticalSectionRawMutex, bool> = Signal::new();

#[embassy_executor::task]
async fn light(mut pin: Output<'static>) {
    let mut flashes = false;
    loop {
        pin.set_level((flashes && pin.is_set_low()).into());
        let half = if flashes { Duration::from_millis(125) } else { Duration::MAX };
        if let Ok(new) = with_timeout(half, FLASHES.wait()).await {
            flashes = new;
        }
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let pin = Output::new(board.PIN_25, Level::Low);
    spawner.spawn(light(pin).expect("it is spawned once"));
    loop {
        for flashes in [true, false] {
            FLASHES.signal(flashes);
            Timer::after_millis(1_030).await;
        }
    }
}
