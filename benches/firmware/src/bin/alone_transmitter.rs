//! Bursts while a contact is closed, and a pin that a second task watches, by embassy alone: what
//! `nec_transmitter` and `peer_nec_transmitter` are measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Pull};
use embassy_rp::pwm::{Config, Pwm, SetDutyCycle};
use embassy_time::Timer;
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    spawner.spawn(receive(Input::new(board.PIN_14, Pull::Up)).expect("it is spawned once"));

    let mut config = Config::default();
    config.top = 3_288; // 38 kHz at 125 MHz.
    let mut light = Pwm::new_output_a(board.PWM_SLICE0, board.PIN_16, config);
    let mut contact = Input::new(board.PIN_15, Pull::Up);
    loop {
        contact.wait_for_low().await;
        let _ = light.set_duty_cycle_fraction(1, 3);
        Timer::after_micros(562).await;
        let _ = light.set_duty_cycle_fully_off();
        Timer::after_micros(562).await;
    }
}

#[embassy_executor::task]
async fn receive(mut pin: Input<'static>) {
    loop {
        pin.wait_for_any_edge().await;
    }
}
