//! A light that another task sets: it flashes, shows a pattern, and is on.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use tickwire_drivers::led::{Led, Program, Step};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_sync::shared;
use tickwire_traits::{Clock, Duration, Timer};

/// What the light shows, for any task or interrupt to set: the newest program replaces one that
/// was not taken.
static STATUS: shared::RingQueue<Program, 1> = shared::RingQueue::new();

const FLASH: Program = Program::flash(Duration::from_millis(250));
const SHORT: Duration = Duration::from_millis(50);
const HEARTBEAT: Program = Program::repeat(&[
    Step::on(SHORT),
    Step::off(SHORT),
    Step::on(SHORT),
    Step::off(Duration::from_millis(350)),
])
.unwrap();

#[embassy_executor::task]
async fn light(pin: Output<'static>) {
    let mut led = Led::new(pin, EmbassyClock);
    let Ok(never) = led.run(async || STATUS.pop().await).await;
    match never {}
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let pin = Output::new(board.PIN_25, Level::Low);
    spawner.spawn(light(pin).expect("it is spawned once"));
    loop {
        for program in [FLASH, HEARTBEAT, Program::ON] {
            STATUS.push(program);
            report!(EmbassyClock.now(), "set");
            EmbassyClock.sleep(Duration::from_millis(1_030)).await;
        }
    }
}
