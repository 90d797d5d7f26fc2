//! Character displays with an HD44780 or one of its many heirs.
//!
//! [`Lcd`] keeps two pictures: what is wanted, which [`set_line`](Lcd::set_line)
//! and its like change at once, and what is shown. [`flush`](Lcd::flush) writes
//! only what differs.
//!
//! | wiring | bus | pins |
//! | --- | --- | --- |
//! | four data lines | [`FourBit`] | 6 |
//! | eight data lines | [`EightBit`] | 10 |
//! | I²C backpack, with backlight | [`Pcf8574`] | 2, shared |
//!
//! Times and tables are those of Hitachi's data sheet of the HD44780U
//! (ADE-207-272), times scaled from 270 kHz to the slowest oscillator it allows,
//! 190 kHz: 53 µs instead of 37, 2.16 ms instead of 1.52. The busy flag is never
//! read, so R/W may be grounded, and a display that is not there does not hang
//! anything.

mod bus;
mod gpio;
mod pcf8574;
mod rom;
mod screen;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

pub use bus::{Bus, Width, Write};
pub use gpio::{DataPins, EightBit, FourBit, Gpio};
pub use pcf8574::{Error, Pcf8574};
use screen::Screen;

/// A character display of `COLS` columns and `ROWS` rows.
///
/// What is written is in the ROM with code A00: ASCII without `\` and `~`, and
/// `°`, `µ`, `→`, `←`, `¥`, `Ω`, `ä`, `ö`, `ü`, `ñ`, `÷`, `█`, some Greek and
/// half-width katakana. U+0000 to U+0007 are the custom characters. Anything else
/// is `?`.
///
/// ```
/// use tickwire_drivers::hd44780::{CursorStyle, Lcd, Pcf8574};
/// use tickwire_sim::{Sim, i2c, models::hd44780::Display};
/// use tickwire_traits::Delay;
///
/// let sim = Sim::new();
/// let display = Display::new(sim.clock(), 16, 2);
/// let mut bus = i2c::Bus::new(sim.clock());
/// bus.attach(0x27, display.backpack());
///
/// let mut lcd = Lcd::<_, _, 16, 2>::new(Pcf8574::new(bus), Delay(sim.clock()));
/// sim.run(async {
///     lcd.init().await?;
///     lcd.set_glyph(0, [0, 0x0a, 0x1f, 0x1f, 0x0e, 0x04, 0, 0]);
///     lcd.set_line(0, "I \0 24 °C");
///     lcd.print(1, 10, "12:30");
///     lcd.set_cursor(Some((1, 12)), CursorStyle::Blink);
///     lcd.flush().await
/// })
/// .unwrap();
/// assert_eq!(display.rows(), ["I ⓪ 24 °C       ", "          12:30 "]);
/// assert_eq!(display.blink(), Some((1, 12)));
/// assert!(lcd.line(1).eq("          12:30 ".chars()));
/// ```
///
/// Geometries go from 8x1 to 40x2 and 20x4. One that a controller cannot drive
/// does not compile:
///
/// ```compile_fail
/// # use tickwire_drivers::hd44780::{Lcd, Pcf8574};
/// # use tickwire_sim::{Sim, i2c};
/// # use tickwire_traits::Delay;
/// # let sim = Sim::new();
/// # let bus = i2c::Bus::new(sim.clock());
/// let lcd = Lcd::<_, _, 41, 2>::new(Pcf8574::new(bus), Delay(sim.clock()));
/// ```
///
/// # Cancel safety
///
/// All methods are. A future that is dropped leaves a byte half written at most;
/// the next call knows how far it came and goes on there. Of an I²C transfer that
/// cannot be known, so after one that was cut the next call synchronises the
/// display again, for 11 ms, and writes all of it. It stays readable meanwhile.
///
/// A wait that was dropped is waited for again: a delay has no memory. Waits are
/// cut into slices of 1 ms, so that who drops every future after 2 ms still gets
/// on; who drops an I²C transfer each time does not.
#[derive(Debug)]
pub struct Lcd<B, D, const COLS: usize, const ROWS: usize> {
    bus: B,
    delay: D,
    screen: Screen<COLS, ROWS>,
    /// What has been begun.
    in_flight: Option<Write>,
    /// How long the controller is busy, in µs.
    busy: u32,
}

/// How the cursor looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CursorStyle {
    /// A line below the character.
    Underline,
    /// The character takes turns with a dark block, about every 0.4 s.
    Blink,
    /// Both.
    Both,
}

/// From 2.7 V on until the first instruction; from 4.5 V on 15 ms would do. The
/// internal reset is over then, too. (Figures 23 and 24.)
const POWER_ON_US: u32 = 40_000;

/// Long waits are made of short ones, so that one which is dropped loses little.
const SLICE_US: u32 = 1_000;

impl<B: Bus, D: DelayNs, const COLS: usize, const ROWS: usize> Lcd<B, D, COLS, ROWS> {
    /// 80 cells, of which a line is 80 or twice 40. (Figures 2 to 4.)
    const GEOMETRY: () = assert!(
        COLS >= 8 && COLS <= 40 && (ROWS == 1 || ROWS == 2 || ROWS == 4 && COLS <= 20),
        "there are 8 to 40 columns in 1 or 2 rows, or up to 20 columns in 4 rows",
    );

    /// Takes a display of which nothing is known. Nothing is sent yet; the first
    /// [`flush`](Self::flush) initialises.
    ///
    /// The row of a 16x1 is two halves, as nearly all of them are wired; see
    /// [`with_whole_row`](Self::with_whole_row).
    pub fn new(bus: B, delay: D) -> Self {
        let () = Self::GEOMETRY;
        Self { bus, delay, screen: Screen::new(), in_flight: None, busy: POWER_ON_US }
    }

    /// Takes a 16x1 whose row is a whole one: to be used if the right half stays
    /// blank.
    pub fn with_whole_row(mut self) -> Self {
        self.screen.make_whole();
        self
    }

    /// Initialises the display, whatever state it is in, and writes what is wanted.
    ///
    /// Waits for 40 ms first, since the supply may just have come up. Only needed
    /// to do it once more, for a display that has lost its power unnoticed:
    /// [`flush`](Self::flush) does the same the first time, and after errors.
    ///
    /// # Errors
    ///
    /// What the bus reports. The next call of any method begins again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. A later `flush` goes on where this was dropped; `init` starts
    /// over.
    pub async fn init(&mut self) -> Result<(), B::Error> {
        self.restart(true, POWER_ON_US);
        self.flush().await
    }

    /// Synchronises the display and writes all of it again, without blanking it:
    /// every now and then, that repairs what sparks and long cables garble.
    ///
    /// # Errors
    ///
    /// What the bus reports. The next call of any method begins again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. A later `flush` goes on where this was dropped.
    pub async fn redraw(&mut self) -> Result<(), B::Error> {
        self.restart(false, 0);
        self.flush().await
    }

    /// Writes what differs from what is shown, and waits until the display has
    /// taken it.
    ///
    /// A cell takes about 65 µs by pins, and 0.6 ms by a backpack at 100 kHz; each
    /// run of cells takes as long again for its address.
    ///
    /// # Errors
    ///
    /// What the bus reports. Nothing that is wanted is lost. What the controller
    /// made of it is not known, and it may have lost its power: the next call
    /// waits for 40 ms, synchronises the display and writes all of it.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. What has been written stays, the next call goes on from there;
    /// see [`Lcd`](Self#cancel-safety).
    pub async fn flush(&mut self) -> Result<(), B::Error> {
        if !B::RESUMES && self.in_flight.take().is_some_and(|write| write != Write::Rest) {
            self.restart(false, 0);
        }
        loop {
            while self.busy != 0 {
                let slice = self.busy.min(SLICE_US);
                self.delay.delay_us(slice).await;
                self.busy -= slice;
            }
            // What was begun is finished as it was, whatever is wanted by now.
            let write = match self.in_flight {
                Some(write) => write,
                None => match self.screen.next(B::WIDTH) {
                    Some(write) => write,
                    None => return Ok(()),
                },
            };
            self.in_flight = Some(write);
            let result = self.bus.send(write, &mut self.delay).await;
            self.in_flight = None;
            match result {
                // Assigned after the last await: it was latched before it counts.
                Ok(()) => self.busy = self.screen.sent(write),
                Err(error) => {
                    self.restart(false, POWER_ON_US);
                    return Err(error);
                }
            }
        }
    }

    /// Erases the display, by the instruction for it: 2.16 ms, at any size.
    ///
    /// # Errors
    ///
    /// What the bus reports. The next call of any method erases it.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. What is wanted is erased at the first poll, a later `flush` does
    /// the rest.
    pub async fn clear(&mut self) -> Result<(), B::Error> {
        self.screen.erase();
        self.flush().await
    }

    /// Sets a row: cut, or padded with spaces, to `COLS` characters.
    ///
    /// A row that is not there is ignored.
    pub fn set_line(&mut self, row: usize, text: &str) {
        self.screen.print(row, 0, text.chars().chain(core::iter::repeat(' ')));
    }

    /// Sets the cells from `column` on in a row, as many as the text has characters
    /// or the row has room for.
    ///
    /// A place that is not there is ignored.
    pub fn print(&mut self, row: usize, column: usize, text: &str) {
        self.screen.print(row, column, text.chars());
    }

    /// Returns the text that is wanted in a row: `COLS` characters, those that the
    /// display does not have as `?`. A row that is not there is empty.
    pub fn line(&self, row: usize) -> impl Iterator<Item = char> {
        self.screen.line(row)
    }

    /// Sets what the custom character `index`, 0 to 7, looks like: eight rows from
    /// the top, the left dot in bit 4; the last row is also the cursor's. Cells
    /// that show it change with the next [`flush`](Self::flush).
    ///
    /// It is written in text as U+0000 to U+0007. Other indices are ignored.
    pub fn set_glyph(&mut self, index: usize, rows: [u8; 8]) {
        self.screen.set_glyph(index, rows);
    }

    /// Puts a cursor at a row and a column, or nowhere, which a place that is not
    /// there also means.
    pub fn set_cursor(&mut self, place: Option<(usize, usize)>, style: CursorStyle) {
        self.screen.set_cursor(place, style);
    }

    /// Gives bus and delay back. The display keeps what it shows.
    pub fn release(self) -> (B, D) {
        (self.bus, self.delay)
    }

    fn restart(&mut self, erase: bool, busy: u32) {
        self.screen.restart(erase);
        self.in_flight = None;
        self.busy = self.busy.max(busy);
    }
}

impl<I: I2c, D: DelayNs, const COLS: usize, const ROWS: usize> Lcd<Pcf8574<I>, D, COLS, ROWS> {
    /// Switches the backlight with the next [`flush`](Self::flush).
    pub fn set_backlight(&mut self, on: bool) {
        if self.bus.backlight != on {
            self.bus.backlight = on;
            self.screen.rest();
        }
    }
}
