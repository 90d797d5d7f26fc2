//! A light on a PWM channel that breathes.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use embassy_executor::Spawner;
use embassy_rp::pwm::{Config, Pwm};
use tickwire_drivers::led::{Brightness, Led, Program, Step};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040 as _;
use tickwire_traits::Duration;

const BREATHE: Program = Program::repeat(&[
    Step::fade(Brightness::FULL, Duration::from_millis(500)),
    Step::fade(Brightness::OFF, Duration::from_millis(500)),
    Step::off(Duration::from_millis(500)),
])
.unwrap();

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut config = Config::default();
    config.top = 62_499; // 2 kHz at 125 MHz.
    let channel = Pwm::new_output_a(board.PWM_SLICE0, board.PIN_16, config);
    let mut led = Led::dimmed(channel, EmbassyClock);
    // It ends only if the channel fails.
    let _ = led.play(BREATHE).await;
}
