//! Four keys on the chip's own converter: gestures; the light is on while a key is down.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::adc::{self, Adc, Channel};
use embassy_rp::gpio::{Level, Output, Pull};
use tickwire_drivers::button::{Buttons, Event};
use tickwire_drivers::ladder::{Ladder, Settings, Share};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::analog;

embassy_rp::bind_interrupts!(struct Interrupts {
    ADC_IRQ_FIFO => adc::InterruptHandler;
});

/// 1, 2.2 and 4.7 kΩ in a row, with a key to ground before each and after the last, and 10 kΩ to
/// the supply.
const KEYS: Settings<4> = Settings::new([
    Share::divider(0, 10_000),
    Share::divider(1_000, 10_000),
    Share::divider(3_200, 10_000),
    Share::divider(7_900, 10_000),
]);

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut adc = Adc::new(board.ADC, Interrupts, adc::Config::default());
    let mut channel = Channel::new_pin(board.PIN_26, Pull::None);
    let level = analog::from_fn(4_095, async || adc.read(&mut channel).await);
    let Ok(ladder) = Ladder::new(level, EmbassyClock, KEYS) else { return };
    let mut keys = Buttons::<_, 2>::of(ladder);
    loop {
        // A reading that failed is followed by others.
        let Ok(gesture) = keys.gesture().await else { continue };
        match gesture.event {
            Event::Press => led.set_high(),
            Event::Release => led.set_low(),
            _ => {}
        }
        report!(
            gesture.at, "key",
            key: gesture.key,
            gesture: format_args!("\"{}\"", tickwire_rp2040::gesture_name(gesture.event)),
        );
    }
}
