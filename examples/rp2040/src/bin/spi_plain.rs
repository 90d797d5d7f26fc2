//! A transfer on a bus by embassy alone: what a driver on a bus is measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::dma;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::{DMA_CH0, DMA_CH1};
use embassy_rp::spi::{Config, Spi};
use embassy_time::{Duration, Ticker};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

embassy_rp::bind_interrupts!(struct Interrupts {
    DMA_IRQ_0 => dma::InterruptHandler<DMA_CH0>, dma::InterruptHandler<DMA_CH1>;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.frequency = 1_000_000;
    let mut spi = Spi::new(
        board.SPI0,
        board.PIN_2,
        board.PIN_3,
        board.PIN_0,
        board.DMA_CH0,
        board.DMA_CH1,
        Interrupts,
        config,
    );
    let mut cs = Output::new(board.PIN_6, Level::High);
    let mut ticker = Ticker::every(Duration::from_millis(200));
    loop {
        let mut frame = [0x01, 0x80, 0x00];
        cs.set_low();
        let transferred = spi.transfer_in_place(&mut frame).await;
        cs.set_high();
        match transferred {
            Ok(()) => led.set_level((frame[1] & 2 != 0).into()),
            Err(_) => led.toggle(),
        }
        ticker.next().await;
    }
}
