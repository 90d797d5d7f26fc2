//! A GPS receiver that is told what to send: the light is on while it has obeyed, and its position
//! is not older than three seconds.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUart, Config};
use static_cell::StaticCell;
use tickwire_drivers::gps::mtk::{Command, Rates, Verdict};
use tickwire_drivers::gps::{Commands, Gps, Hub};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_sync::NoopRawMutex;
#[cfg(feature = "report")]
use tickwire_traits::Clock;
use tickwire_traits::{Duration, race};

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
    let (tx, rx) = port.split();
    let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(rx, EmbassyClock), EmbassyClock)
        .with_commands(Commands::mtk(tx).with_retries(2));
    let tasks = async {
        loop {
            let answer = hub.send(Command::Rates(Rates::USUAL)).await;
            report!(EmbassyClock.now(), "answer", is_done: answer == Ok(Verdict::Succeeded));
            if answer != Ok(Verdict::Succeeded) {
                continue;
            }
            while hub.next().await.is_ok() {
                led.set_high();
                report!(
                    EmbassyClock.now(), "position",
                    doubled: hub.strays().doubled, foreign: hub.strays().foreign,
                );
                if hub.lost(Duration::from_secs(3)).await.is_ok() {
                    break;
                }
            }
            // The receiver may have been exchanged.
            led.set_low();
            report!(EmbassyClock.now(), "lost");
        }
    };
    let run = async {
        loop {
            // A line with noise is read again.
            let Err(_error) = hub.run().await;
            report!(EmbassyClock.now(), "gps_failed", error: format_args!("\"{_error}\""));
        }
    };
    race(tasks, run).await;
}
