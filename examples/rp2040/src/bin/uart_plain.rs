//! A line by embassy alone: what `gps` is measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUartRx, Config};
use embedded_io_async::Read;
use static_cell::StaticCell;
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

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
    loop {
        let mut bytes = [0; 64];
        match line.read(&mut bytes).await {
            Ok(count) => led.set_level(bytes[..count].contains(&b'$').into()),
            Err(_) => led.toggle(),
        }
    }
}
