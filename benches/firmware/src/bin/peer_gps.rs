//! `gps` with the crate `nmea0183`: the light is on while the position is known.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUartRx, Config};
use embedded_io_async::Read;
use nmea0183::{ParseResult, Parser};
use static_cell::StaticCell;
use tickwire_rp2040::report;

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
    let mut line = BufferedUartRx::new(board.UART0, Interrupts, board.PIN_1, buffer, config);
    let mut parser = Parser::new();
    loop {
        let mut bytes = [0; 64];
        let Ok(count) = line.read(&mut bytes).await else {
            led.toggle();
            continue;
        };
        for sentence in parser.parse_from_bytes(&bytes[..count]) {
            match sentence {
                Ok(ParseResult::RMC(rmc)) => {
                    led.set_level(rmc.is_some().into());
                    match rmc {
                        Some(_rmc) => report!(
                            embassy_time::Instant::now(), "fix",
                            latitude_e7: (_rmc.latitude.as_f64() * 1e7) as i32,
                            longitude_e7: (_rmc.longitude.as_f64() * 1e7) as i32,
                        ),
                        None => report!(embassy_time::Instant::now(), "no_fix"),
                    }
                }
                Ok(_) => {}
                Err(_error) => report!(
                    embassy_time::Instant::now(), "error", error: format_args!("\"{_error}\""),
                ),
            }
        }
    }
}
