//! Transfers of the HAL that are dropped after each microsecond: whether the next conversion is
//! right. For the emulator or a debugger.
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
    let spi = Spi::new(
        board.SPI0,
        board.PIN_2,
        board.PIN_3,
        board.PIN_0,
        board.DMA_CH0,
        board.DMA_CH1,
        Interrupts,
        Config::default(),
    );
    let bus = local::SharedBus::new(spi);
    let Ok(spi) = bus.spi(Output::new(board.PIN_6, Level::High), Delay(EmbassyClock));
    let mut adc = Mcp3008::new(spi);
    let (mut dropped, mut wrong) = (0, 0);
    for micros in 0..60 {
        let limit = Duration::from_micros(micros);
        let ended = EmbassyClock.timeout(limit, adc.read(Input::Ch1)).await;
        dropped += u32::from(ended.is_err());
        // A transfer that is dropped leaves bytes in the queues of the HAL's controller.
        let [high, low] = [adc.read(Input::Ch0).await, adc.read(Input::Ch1).await];
        wrong += u32::from(high != Ok(1_023) || low != Ok(0));
    }
    led.set_level((wrong > 0).into());
    report!(EmbassyClock.now(), "dropped", transfers: dropped, cut: bus.cancelled(), wrong: wrong);
    core::future::pending().await
}
