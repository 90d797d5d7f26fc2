//! A GPS receiver that reports how exact its position is: the light is on while the error of either
//! coordinate is at most five meters.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUart, Config};
use embedded_io_async::Write;
use static_cell::StaticCell;
use tickwire_drivers::gps::mtk::{Command, Every, Output as Sent, Rates, Reply, System, Verdict};
use tickwire_drivers::gps::{Accuracy, Event, Extended, Gps};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
#[cfg(feature = "report")]
use tickwire_traits::Clock;

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

const RATES: Rates = Rates::USUAL.with(Sent::Gst, Every::Fix).with(Sent::Zda, Every::Fix);
const COMMAND: Command = Command::Rates(RATES);
/// How often the command is repeated if the receiver could not carry it out.
const REPEATS: u8 = 1;

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static SENT: StaticCell<[u8; 64]> = StaticCell::new();
    static RECEIVED: StaticCell<[u8; 64]> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.baudrate = 9_600;
    let (sent, received) = (SENT.init([0; 64]), RECEIVED.init([0; 64]));
    let (tx, rx) = (board.PIN_0, board.PIN_1);
    let uart = BufferedUart::new(board.UART0, tx, rx, Interrupts, sent, received, config);
    let (mut tx, rx) = uart.split();
    let mut gps = Gps::new(rx, EmbassyClock).with_decoder(Extended::new());
    let (mut is_due, mut repeats_left) = (true, REPEATS);
    loop {
        if is_due {
            is_due = tx.write_all(COMMAND.encode().as_bytes()).await.is_err();
        }
        match gps.next().await {
            Ok(Event::Update(_)) => {
                let accuracy = gps.decoder().accuracy().map(|accuracy| accuracy.value);
                led.set_level(accuracy.is_some_and(is_exact).into());
                report!(
                    EmbassyClock.now(), "update",
                    is_exact: accuracy.is_some_and(is_exact),
                    dated: gps.fix().date().is_some(),
                    modes: gps.decoder().modes().is_some(),
                );
            }
            Ok(Event::Other(raw)) => {
                let Some(reply) = Reply::of(raw.bytes()) else { continue };
                // A receiver that has started anew has settings of its own.
                let has_started = matches!(reply, Reply::System(System::Startup));
                if has_started {
                    repeats_left = REPEATS;
                }
                let has_failed = COMMAND.answer(&reply) == Some(Verdict::Failed);
                is_due = has_started || (has_failed && repeats_left > 0);
                repeats_left = repeats_left.saturating_sub(has_failed.into());
                report!(EmbassyClock.now(), "reply", has_started: has_started, is_due: is_due);
            }
            Err(_error) => {
                led.toggle();
                report!(EmbassyClock.now(), "gps_failed", error: format_args!("\"{_error}\""));
            }
        }
    }
}

fn is_exact(accuracy: Accuracy) -> bool {
    let errors = [accuracy.latitude_mm(), accuracy.longitude_mm()];
    errors.iter().all(|error| error.is_some_and(|millimeters| millimeters <= 5_000))
}
