//! Lines, some of which say in what form the next bytes come. The light is on after an item, and
//! off after an error. Each is answered by a message, and another task sends messages meanwhile.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Level, Output};
use embassy_rp::peripherals::UART0;
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUart, BufferedUartTx, Config};
use static_cell::StaticCell;
use tickwire_drivers::stream::{Buffered, Exactly, Frames, Lines, Quiet, Records, SharedWriter};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_sync::NoopRawMutex;
#[cfg(feature = "report")]
use tickwire_traits::Clock;
use tickwire_traits::{Duration, Timer};

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

/// The longest item, in bytes.
const LONGEST: usize = 16;

/// More than the buffers of the UART hold, of 16 and of 32 bytes.
const BEACON: &[u8] = b"This program reads lines, and tells of each of them.\r\n";

type Writer = SharedWriter<NoopRawMutex, BufferedUartTx, { BEACON.len() }>;

/// The form of the next bytes.
enum Form {
    Line,
    Record,
    Three,
    Block,
    Frame,
}

#[embassy_executor::task]
async fn beacon(writer: &'static Writer) {
    for _ in 0..20 {
        // No write of this UART fails.
        _ = writer.send(BEACON).await;
        EmbassyClock.sleep(Duration::from_millis(30)).await;
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    static SENT: StaticCell<[u8; 16]> = StaticCell::new();
    static RECEIVED: StaticCell<[u8; 64]> = StaticCell::new();
    static WRITER: StaticCell<Writer> = StaticCell::new();

    let board = embassy_rp::init(Default::default());
    let mut led = Output::new(board.PIN_25, Level::Low);
    let mut config = Config::default();
    config.baudrate = 9_600;
    let (sent, received) = (SENT.init([0; 16]), RECEIVED.init([0; 64]));
    let (tx, rx) = (board.PIN_0, board.PIN_1);
    let port = BufferedUart::new(board.UART0, tx, rx, Interrupts, sent, received, config);
    let (tx, rx) = port.split();
    let writer = &*WRITER.init(SharedWriter::new(tx));
    spawner.spawn(beacon(writer).expect("it is spawned once"));
    let mut bytes = Buffered::<_, LONGEST>::new(rx);
    let mut show = async |item: Option<&[u8]>| {
        led.set_level(item.is_some().into());
        match item {
            Some(_item) => report!(
                EmbassyClock.now(), "item",
                bytes: format_args!("\"{}\"", _item.escape_ascii()),
            ),
            None => report!(EmbassyClock.now(), "error"),
        }
        _ = writer.send(if item.is_some() { b"an item\r\n" } else { b"an error\r\n" }).await;
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
            show(line).await;
        }
        bytes = lines.release();
        bytes = match form {
            Form::Line => bytes,
            Form::Record => {
                let mut records = Records::resume(bytes, b';');
                show(records.record().await.ok()).await;
                records.release()
            }
            Form::Three => {
                let mut exactly = Exactly::resume(bytes);
                show(exactly.bytes(3).await.ok()).await;
                exactly.release()
            }
            Form::Block => {
                let mut quiet = Quiet::resume(bytes, EmbassyClock, Duration::from_millis(20));
                show(quiet.block().await.ok()).await;
                quiet.release()
            }
            Form::Frame => {
                let mut frames = Frames::resume(bytes);
                show(frames.frame().await.ok()).await;
                frames.release()
            }
        };
    }
}
