//! A GPS receiver with a pulse per second: the light is on while UTC is known to the microsecond.
//!
//! An executor in an interrupt stamps the pulses, so that the driver may be late.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

#[path = "../watchman.rs"]
mod watchman;

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUartRx, Config};
use embassy_time::Timer;
use embedded_hal::digital::PinState;
use static_cell::StaticCell;
use tickwire_drivers::gps::Gps;
use tickwire_drivers::gps::pps::{Event, Pps, State};
use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
use tickwire_rp2040::report;
use tickwire_traits::Clock;

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

static EDGES: IrqEdges<8> = IrqEdges::new(PinState::Low, EmbassyClock);

#[embassy_executor::task]
async fn watch(pin: Input<'static>) {
    let Ok(never) = EDGES.watch(pin).await;
    match never {}
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static BUFFER: StaticCell<[u8; 64]> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.baudrate = 9_600;
    let buffer = BUFFER.init([0; 64]);
    let line = BufferedUartRx::new(board.UART0, Interrupts, board.PIN_1, buffer, config);
    let mut gps = Gps::new(line, EmbassyClock);
    let mut pps = Pps::new(EDGES.claim().expect("it is claimed once"));
    let watchman = watchman::start();
    let pin = Input::new(board.PIN_13, Pull::None);
    watchman.spawn(watch(pin).expect("it is spawned once"));
    loop {
        match pps.event(&mut gps).await {
            Ok(event) => {
                let now = EmbassyClock.now();
                let lock = pps.keeper().lock(now);
                led.set_level((lock.state == State::Locked).into());
                if let (Event::Pulse(_), Some(_utc)) = (event, pps.keeper().utc_at(now)) {
                    report!(
                        now,
                        "second",
                        of_day: _utc.time().millis_of_day() / 1_000,
                        subsec_us: _utc.subsec_micros(),
                        pulses: lock.pulses,
                        drift_ppb: pps.keeper().drift().map_or(0, |drift| drift.ppb()),
                        error_us: lock.error.as_micros(),
                        missed: pps.keeper().counters().missed
                    );
                }
            }
            // The line is read again, and not in a loop that lets nobody else run.
            Err(_error) => Timer::after_millis(100).await,
        }
    }
}
