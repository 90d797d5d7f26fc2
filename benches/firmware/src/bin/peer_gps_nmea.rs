//! `gps` with the crate `nmea`: the light is on while the position is known.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUartRx, Config};
use embedded_io_async::Read;
use nmea::sentences::rmc::RmcStatusOfFix;
use nmea::{Error, ParseResult, SENTENCE_MAX_LEN, parse_bytes};
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
    let mut uart = BufferedUartRx::new(board.UART0, Interrupts, board.PIN_1, buffer, config);
    let (mut line, mut length) = ([0; SENTENCE_MAX_LEN], 0);
    loop {
        let mut byte = [0];
        let Ok(_) = uart.read(&mut byte).await else {
            led.toggle();
            continue;
        };
        // The crate parses sentences. Their bounds are the program's.
        if byte[0] == b'$' {
            length = 0;
        }
        if let Some(place) = line.get_mut(length) {
            *place = byte[0];
            length += 1;
        }
        if byte[0] != b'\n' {
            continue;
        }
        match parse_bytes(&line[..length]) {
            Ok(ParseResult::RMC(rmc)) => {
                let is_known = rmc.status_of_fix != RmcStatusOfFix::Invalid;
                led.set_level(is_known.into());
                if let (true, Some(_latitude), Some(_longitude)) = (is_known, rmc.lat, rmc.lon) {
                    report!(
                        embassy_time::Instant::now(), "fix",
                        latitude_e7: (_latitude * 1e7) as i32, longitude_e7: (_longitude * 1e7) as i32,
                    );
                } else {
                    report!(embassy_time::Instant::now(), "no_fix");
                }
            }
            // Sentences that are not asked for.
            Ok(_) | Err(Error::DisabledSentence) => {}
            Err(_) => report!(embassy_time::Instant::now(), "error"),
        }
        length = 0;
    }
}
