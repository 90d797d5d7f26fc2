//! Readings of the chip's own converter by embassy alone: what `analog_watch` is measured
//! against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::adc::{self, Adc, Channel};
use embassy_rp::gpio::{Level, Output, Pull};
use embassy_time::{Duration, Ticker};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

embassy_rp::bind_interrupts!(struct Interrupts {
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut adc = Adc::new(board.ADC, Interrupts, adc::Config::default());
    let mut channel = Channel::new_pin(board.PIN_26, Pull::None);
    let mut ticker = Ticker::every(Duration::from_millis(5));
    loop {
        match adc.read(&mut channel).await {
            Ok(reading) => led.set_level((1_000..=3_000).contains(&reading).into()),
            Err(_) => led.toggle(),
        }
        ticker.next().await;
    }
}
