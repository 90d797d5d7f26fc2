//! A device that answers commands: the light is on while it does.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUart, Config};
use static_cell::StaticCell;
use tickwire_drivers::stream::HalfDuplex;
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
#[cfg(feature = "report")]
use tickwire_traits::Clock;
use tickwire_traits::{Duration, Timer};

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static SENT: StaticCell<[u8; 16]> = StaticCell::new();
    static RECEIVED: StaticCell<[u8; 64]> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.baudrate = 9_600;
    let (sent, received) = (SENT.init([0; 16]), RECEIVED.init([0; 64]));
    let (tx, rx) = (board.PIN_0, board.PIN_1);
    let port = BufferedUart::new(board.UART0, tx, rx, Interrupts, sent, received, config);
    // The device pauses for 300 ms between the lines of an answer.
    let mut device = HalfDuplex::<_, _, 64>::new(port, EmbassyClock)
        .with_patience(Duration::from_secs(1))
        .with_quiet(Duration::from_millis(400))
        .with_retries(1);
    loop {
        let answer = device.ask(b"Run\r\n").await.map(<[u8]>::len);
        led.set_level(answer.is_ok().into());
        match answer {
            Ok(_len) => report!(
                EmbassyClock.now(), "answer", bytes: _len,
                retries: device.counters().retries, dropped: device.counters().dropped,
            ),
            Err(_error) => {
                report!(EmbassyClock.now(), "no_answer", error: format_args!("\"{_error}\""));
            }
        }
        EmbassyClock.sleep(Duration::from_secs(1)).await;
    }
}
