//! `led` that is set by embassy's signal, as `peer_led` is, and not by our queue.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use tickwire_drivers::led::{Led, Program, Step};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::{Duration, Timer};

/// What the light shows: the newest program replaces one that was not taken.
static STATUS: Signal<CriticalSectionRawMutex, Program> = Signal::new();

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
    let Ok(never) = led.run(async || STATUS.wait().await).await;
    match never {}
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let pin = Output::new(board.PIN_25, Level::Low);
    spawner.spawn(light(pin).expect("it is spawned once"));
    loop {
        for program in [FLASH, HEARTBEAT, Program::ON] {
            STATUS.signal(program);
            report!(tickwire_traits::Clock::now(&EmbassyClock), "set");
            EmbassyClock.sleep(Duration::from_millis(1_030)).await;
        }
    }
}
