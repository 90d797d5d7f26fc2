//! `led` with the crate `blinq`: a light that another task sets.
#![no_std]
#![no_main]

use blinq::{Blinq, Pattern};
use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Ticker, Timer};
use tickwire_rp2040::report;

/// What the light shows: the newest pattern replaces one that was not taken.
static STATUS: Signal<CriticalSectionRawMutex, Pattern> = Signal::new();

/// The longest in which all durations can be counted.
const STEP: Duration = Duration::from_millis(25);
/// 125 ms on, 125 ms off.
const FLASH: Pattern = Pattern::from_u32(0b11_1110_0000, 10);
/// Twice 50 ms on.
const HEARTBEAT: Pattern = Pattern::from_u32(0b1100_1100_0000_0000_0000, 20);
const ON: Pattern = Pattern::from_u32(1, 1);

#[embassy_executor::task]
async fn light(pin: Output<'static>) {
    let mut led = Blinq::<_, 2>::new(pin, false);
    let mut ticker = Ticker::every(STEP);
    let mut shown = STATUS.wait().await;
    loop {
        if let Some(new) = STATUS.try_take() {
            shown = new;
        }
        if led.idle() {
            led.enqueue(shown.clone());
        }
        led.step();
        ticker.next().await;
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let pin = Output::new(board.PIN_25, Level::Low);
    spawner.spawn(light(pin).expect("it is spawned once"));
    loop {
        for pattern in [FLASH, HEARTBEAT, ON] {
            STATUS.signal(pattern);
            report!(embassy_time::Instant::now(), "set");
            Timer::after_millis(1_030).await;
        }
    }
}
