//! Two pins, watched by tasks of an interrupt executor, by embassy alone: what `encoder` is
//! measured against.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

#[path = "../watchman.rs"]
mod watchman;

use core::sync::atomic::{AtomicBool, Ordering};

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_time::Timer;
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

static IS_LOW: AtomicBool = AtomicBool::new(false);

#[embassy_executor::task(pool_size = 2)]
async fn watch(mut pin: Input<'static>) {
    loop {
        pin.wait_for_any_edge().await;
        IS_LOW.store(pin.is_low(), Ordering::Relaxed);
    }
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let watchman = watchman::start();
    let a = watch(Input::new(board.PIN_10, Pull::Up));
    let b = watch(Input::new(board.PIN_11, Pull::Up));
    for task in [a, b] {
        watchman.spawn(task.expect("there is a task for each pin"));
    }
    loop {
        Timer::after_millis(20).await;
        led.set_level(IS_LOW.load(Ordering::Relaxed).into());
    }
}
