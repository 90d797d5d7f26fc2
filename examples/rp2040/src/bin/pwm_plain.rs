//! A light that is dimmed in steps, by embassy alone: what `led_dimmed` is measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::pwm::{Config, Pwm, SetDutyCycle};
use embassy_time::Timer;
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut config = Config::default();
    config.top = 62_499; // 2 kHz at 125 MHz.
    let mut light = Pwm::new_output_a(board.PWM_SLICE0, board.PIN_16, config);
    let mut duty = 0;
    loop {
        let _ = light.set_duty_cycle(duty);
        duty = if duty > 62_000 { 0 } else { duty + 500 };
        Timer::after_millis(10).await;
    }
}
