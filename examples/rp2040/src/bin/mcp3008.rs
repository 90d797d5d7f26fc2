//! A potentiometer on a converter: the light is on in its upper half, and blinks if there is no
//! converter.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::dma;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::{DMA_CH0, DMA_CH1};
use embassy_rp::spi::{Config, Spi};
use tickwire_drivers::mcp3008::{Input, Mcp3008};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_sync::local;
use tickwire_traits::{Clock, Delay, Duration, Timer};

embassy_rp::bind_interrupts!(struct Interrupts {
    DMA_IRQ_0 => dma::InterruptHandler<DMA_CH0>, dma::InterruptHandler<DMA_CH1>;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.frequency = 1_000_000; // 1.35 MHz is the most with less than 5 V.
    let spi = Spi::new(
        board.SPI0,
        board.PIN_2,
        board.PIN_3,
        board.PIN_0,
        board.DMA_CH0,
        board.DMA_CH1,
        Interrupts,
        config,
    );
    let bus = local::SharedBus::new(spi);
    let cs = Output::new(board.PIN_6, Level::High);
    let Ok(spi) = bus.spi(cs, Delay(EmbassyClock));
    let mut adc = Mcp3008::new(spi);
    let mut ticker = EmbassyClock.ticker(Duration::from_millis(200));
    loop {
        let knob = adc.read(Input::Ch0).await;
        let difference = adc.read(Input::Ch0MinusCh1).await;
        match (knob, difference) {
            (Ok(knob), Ok(difference)) => {
                led.set_level((knob > Mcp3008::<()>::FULL_SCALE / 2).into());
                report!(EmbassyClock.now(), "knob", value: knob, difference: difference);
            }
            (Err(_error), _) | (_, Err(_error)) => {
                led.toggle();
                report!(
                    EmbassyClock.now(), "converter_failed",
                    error: format_args!("\"{_error}\""),
                );
            }
        }
        ticker.tick().await;
    }
}
