//! A GPS receiver that is made faster: the light is on while it is heard at its new speed.
#![no_std]
#![no_main]

mod speed;

use embassy_executor::Spawner;
use embassy_futures::join::join;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::pac;
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUart, BufferedUartTx, Config};
use static_cell::StaticCell;
use tickwire_drivers::gps::mtk::{Baud, SpeedChange};
use tickwire_drivers::gps::{Commands, Gps, Hub};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_sync::NoopRawMutex;
#[cfg(feature = "report")]
use tickwire_traits::Clock;
use tickwire_traits::{Duration, baud};

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static SENT: StaticCell<[u8; 64]> = StaticCell::new();
    static RECEIVED: StaticCell<[u8; 256]> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.baudrate = 9_600;
    let (sent, received) = (SENT.init([0; 64]), RECEIVED.init([0; 256]));
    let (tx, rx) = (board.PIN_0, board.PIN_1);
    let uart = BufferedUart::new(board.UART0, tx, rx, Interrupts, sent, received, config);
    let (tx, rx) = uart.split();
    let port = baud::from_fn(tx, async |tx: &mut BufferedUartTx, baud| {
        speed::set(tx, pac::UART0, baud).await
    });
    let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(rx, EmbassyClock), EmbassyClock)
        .with_commands(Commands::mtk(port));
    let read = async {
        loop {
            // The UART reports garbled bytes as errors, and goes on.
            let Err(_error) = hub.run().await;
            report!(EmbassyClock.now(), "garbled", error: format_args!("\"{_error}\""));
        }
    };
    let change = async {
        let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
        loop {
            let found = hub.change_speed(&mut change).await;
            match found {
                Ok(_found) => {
                    report!(EmbassyClock.now(), "heard", baud: _found.bits_per_second());
                }
                Err(_error) => {
                    report!(EmbassyClock.now(), "unheard", error: format_args!("\"{_error}\""));
                }
            }
            if found == Ok(change.to()) {
                led.set_high();
                // A loss, or an error of the UART: the receiver may have another speed.
                let _lost = hub.lost(Duration::from_secs(3)).await;
                led.set_low();
            }
        }
    };
    join(read, change).await;
}
