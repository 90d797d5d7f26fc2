//! A transfer on a bus that blocks, by embassy alone: what `peer_htu21d` is measured against.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::i2c::{Config, I2c};
use embassy_time::{Duration, Ticker};
// Its panic handler, and nothing else.
use tickwire_rp2040 as _;

const SENSOR: u8 = 0x40;
const READ_USER_REGISTER: u8 = 0xe7;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut i2c = I2c::new_blocking(board.I2C0, board.PIN_5, board.PIN_4, Config::default());
    let mut ticker = Ticker::every(Duration::from_millis(500));
    loop {
        let mut register = [0];
        match i2c.blocking_write_read(SENSOR, &[READ_USER_REGISTER], &mut register) {
            Ok(()) => led.set_level((register[0] & 1 != 0).into()),
            Err(_) => led.toggle(),
        }
        ticker.next().await;
    }
}
