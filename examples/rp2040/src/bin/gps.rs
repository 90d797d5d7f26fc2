//! A GPS receiver: the light is on while the position is known.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUartRx, Config};
use static_cell::StaticCell;
use tickwire_drivers::gps::{Gps, Status};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::Clock;

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

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
    loop {
        match gps.update().await {
            Ok(_update) => {
                let valid = gps.fix().status().is_some_and(|status| status.value == Status::Valid);
                led.set_level(valid.into());
                #[cfg(feature = "report")]
                tickwire_rp2040::report_fix(EmbassyClock.now(), _update, gps.fix(), gps.counters());
            }
            Err(_error) => {
                led.toggle();
                report!(EmbassyClock.now(), "gps_failed", error: format_args!("\"{_error}\""));
            }
        }
    }
}
