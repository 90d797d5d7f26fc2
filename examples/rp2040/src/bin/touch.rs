//! A light sensor that a hand covers, as a button: gestures; the light follows.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::adc::{self, Adc, Channel};
use embassy_rp::gpio::{Level, Output, Pull};
use tickwire_drivers::button::{Button, Event};
use tickwire_drivers::touch::{Settings, Touch};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::analog;

embassy_rp::bind_interrupts!(struct Interrupts {
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut adc = Adc::new(board.ADC, Interrupts, adc::Config::default());
    let mut channel = Channel::new_pin(board.PIN_26, Pull::None);
    let sensor = analog::from_fn(4_095, async || adc.read(&mut channel).await);
    let Ok(touch) = Touch::new(sensor, EmbassyClock, Settings::default()) else { return };
    let mut button = Button::of(touch);
    loop {
        // A reading that failed is followed by others.
        let Ok(gesture) = button.gesture().await else { continue };
        match gesture.event {
            Event::Press => led.set_high(),
            Event::Release => led.set_low(),
            _ => {}
        }
        report!(
            gesture.at, "touch",
            gesture: format_args!("\"{}\"", tickwire_rp2040::gesture_name(gesture.event)),
        );
    }
}
