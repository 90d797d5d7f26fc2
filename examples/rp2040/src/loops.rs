//! A pin that leads to another, and a serial line that leads back: what edges and bytes come
//! from in the programs that compare.
//!
//! Both contenders use it: drivers over our traits get the HAL's own pins and lines, since these
//! implement the traits of embedded-hal and embedded-io.

use embassy_rp::Peri;
use embassy_rp::gpio::{Input, Level, Output, Pull};
use embassy_rp::peripherals::{PIN_0, PIN_1, PIN_14, PIN_15, UART0};
use embassy_rp::uart::{BufferedInterruptHandler, BufferedUart, Config};
use embedded_io_async::{Read, Write};
use static_cell::StaticCell;
use tickwire_backends::{CHUNK, Devices, Operation, begin_then};

embassy_rp::bind_interrupts!(struct Interrupts {
    UART0_IRQ => BufferedInterruptHandler<UART0>;
});

/// More than a chunk, so that a write never waits.
const ROOM: usize = 2 * CHUNK;

/// GP14 leads to GP15, and GP0 to GP1.
pub struct Loops {
    output: Output<'static>,
    input: Input<'static>,
    line: BufferedUart,
}

impl Loops {
    /// Sets up the pins, and the line at 115,200 baud.
    ///
    /// # Panics
    ///
    /// If it is called twice.
    pub fn new(
        pins: (Peri<'static, PIN_14>, Peri<'static, PIN_15>),
        line: (Peri<'static, PIN_0>, Peri<'static, PIN_1>),
        uart: Peri<'static, UART0>,
    ) -> Self {
        static SENT: StaticCell<[u8; ROOM]> = StaticCell::new();
        static RECEIVED: StaticCell<[u8; ROOM]> = StaticCell::new();

        let (sent, received) = (SENT.init([0; ROOM]), RECEIVED.init([0; ROOM]));
        let config = Config::default();
        Self {
            output: Output::new(pins.0, Level::Low),
            input: Input::new(pins.1, Pull::None),
            line: BufferedUart::new(uart, line.0, line.1, Interrupts, sent, received, config),
        }
    }
}

impl Devices for Loops {
    fn has(&self, operation: Operation) -> bool {
        matches!(operation, Operation::Edge | Operation::Chunk)
    }

    async fn edge(&mut self) {
        let rise = async { self.output.set_high() };
        begin_then(self.input.wait_for_rising_edge(), rise).await;
        self.output.set_low();
    }

    async fn chunk(&mut self) {
        let (sent, received) = self.line.split_ref();
        let mut bytes = [0; CHUNK];
        begin_then(received.read_exact(&mut bytes), sent.write_all(&[7; CHUNK]))
            .await
            .expect("nothing is lost");
    }
}
