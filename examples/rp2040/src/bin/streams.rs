//! Lines, some of which say in what form the next bytes come. The light is on after an item, and
//! off after an error.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUartRx, Config};
use static_cell::StaticCell;
use tickwire_drivers::stream::{Buffered, Exactly, Frames, Lines, Quiet, Records};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::{Clock, Duration};

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

/// The longest item, in bytes.
const LONGEST: usize = 16;

/// The form of the next bytes.
enum Form {
    Line,
    Record,
    Three,
    Block,
    Frame,
}

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static BUFFER: StaticCell<[u8; 64]> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.baudrate = 9_600;
    let buffer = BUFFER.init([0; 64]);
    let line = BufferedUartRx::new(board.UART0, Interrupts, board.PIN_1, buffer, config);
    let mut bytes = Buffered::<_, LONGEST>::new(line);
    let mut show = |item: Option<&[u8]>| {
        led.set_level(item.is_some().into());
        match item {
            Some(_item) => report!(
                EmbassyClock.now(), "item",
                bytes: format_args!("\"{}\"", _item.escape_ascii()),
            ),
            None => report!(EmbassyClock.now(), "error"),
        }
    };
    loop {
        let mut lines = Lines::resume(bytes);
        let mut form = Form::Line;
        while let Form::Line = form {
            let line = lines.line().await.ok();
            form = match line {
                Some(b"record") => Form::Record,
                Some(b"bytes") => Form::Three,
                Some(b"block") => Form::Block,
                Some(b"frame") => Form::Frame,
                _ => Form::Line,
            };
            show(line);
        }
        bytes = lines.release();
        bytes = match form {
            Form::Line => bytes,
            Form::Record => {
                let mut records = Records::resume(bytes, b';');
                show(records.record().await.ok());
                records.release()
            }
            Form::Three => {
                let mut exactly = Exactly::resume(bytes);
                show(exactly.bytes(3).await.ok());
                exactly.release()
            }
            Form::Block => {
                let mut quiet = Quiet::resume(bytes, EmbassyClock, Duration::from_millis(20));
                show(quiet.block().await.ok());
                quiet.release()
            }
            Form::Frame => {
                let mut frames = Frames::resume(bytes);
                show(frames.frame().await.ok());
                frames.release()
            }
        };
    }
}
