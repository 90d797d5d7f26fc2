//! The station: the application of `examples/station`, on this board.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_rp::peripherals::{I2C0, UART0};
use embassy_rp::uart::{self, BufferedInterruptHandler, BufferedUartRx};
use embassy_rp::{bind_interrupts, i2c};
use static_cell::StaticCell;
use tickwire_drivers::hd44780::FourBit;
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::{Observer, Settled};
use tickwire_station::Parts;
use tickwire_traits::PolledEdges;

bind_interrupts!(struct Interrupts {
    I2C0_IRQ => i2c::InterruptHandler<I2C0>;
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static BUFFER: StaticCell<[u8; 256]> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let low = Level::Low;
    let mut line = uart::Config::default();
    line.baudrate = 9_600;
    let buffer = BUFFER.init([0; 256]);
    let parts = Parts {
        button: PolledEdges::new(Input::new(board.PIN_15, Pull::Up), EmbassyClock),
        i2c: Settled(i2c::I2c::new_async(
            board.I2C0,
            board.PIN_5,
            board.PIN_4,
            Interrupts,
            i2c::Config::default(),
        )),
        lcd: FourBit::new(
            Output::new(board.PIN_16, low),
            Output::new(board.PIN_17, low),
            Output::new(board.PIN_18, low),
            Output::new(board.PIN_19, low),
            Output::new(board.PIN_20, low),
            Output::new(board.PIN_21, low),
        ),
        gps: BufferedUartRx::new(board.UART0, Interrupts, board.PIN_1, buffer, line),
        clock: EmbassyClock,
        controls: (),
    };
    match tickwire_station::run(parts, &Observer).await {}
}
