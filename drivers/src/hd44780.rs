//! Character displays with an HD44780 or a compatible controller.
//!
//! [`Lcd`] keeps two pictures: the wanted one, which [`set_line`](Lcd::set_line) and
//! similar methods change immediately, and the shown one. [`flush`](Lcd::flush)
//! writes only the difference.
//!
//! | wiring | bus | pins |
//! | --- | --- | --- |
//! | four data lines | [`FourBit`] | 6 |
//! | eight data lines | [`EightBit`] | 10 |
//! | I²C backpack, with backlight | [`Pcf8574`] | 2, shared |
//!
//! Times and tables are from Hitachi's data sheet of the HD44780U (ADE-207-272).
//! Times are scaled from 270 kHz to the slowest oscillator it allows, 190 kHz: 53 µs
//! instead of 37, 2.16 ms instead of 1.52. The busy flag is never read, so R/W may be
//! grounded, and a missing display causes no hang.

mod bus;
mod gpio;
mod page;
mod pcf8574;
mod picture;
mod rom;
mod screen;
mod wanted;

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

pub use bus::{Bus, Width, Write};
pub use gpio::{DataPins, EightBit, FourBit, Gpio};
pub use page::{Editing, Page};
pub use pcf8574::{Error, Pcf8574};
pub use picture::{Picture, Writer};
pub use rom::{A00, A02, Replacing, Rom};
use screen::Screen;

/// A character display of `COLS` columns and `ROWS` rows.
///
/// Text is mapped to the ROM with code A00: ASCII without `\` and `~`, and `°`, `µ`,
/// `→`, `←`, `¥`, `Ω`, `ä`, `ö`, `ü`, `ñ`, `÷`, `█`, some Greek and half-width
/// katakana. U+0000 to U+0007 are the custom characters. Any other character is
/// shown as `?`. [`with_rom`](Self::with_rom) sets another ROM or another replacement.
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
/// Geometries go from 8x1 to 40x2 and 20x4. A geometry that a controller cannot drive
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
/// All methods are cancel-safe. A dropped future leaves at most one byte half written,
/// and the next call resumes there. After a dropped I²C transfer that position is
/// unknown, so the next call synchronizes the display again, for 11 ms, and writes all
/// of it. The text stays readable meanwhile.
///
/// A dropped wait is repeated: a delay keeps no state. Waits are split into slices of
/// 1 ms. A caller that drops every future after 2 ms still makes progress; one that
/// always drops mid-transfer does not.
#[derive(Debug)]
pub struct Lcd<B, D, const COLS: usize, const ROWS: usize, R = A00> {
    bus: B,
    delay: D,
    screen: Screen<COLS, ROWS, R>,
    /// The write in progress.
    in_flight: Option<Write>,
    /// The time for which the controller is busy, in µs.
    busy: u32,
}

/// The look of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CursorStyle {
    /// A line below the character.
    Underline,
    /// The character alternates with a dark block, about every 0.4 s.
    Blink,
    /// Line and block.
    Both,
}

/// From reaching 2.7 V until the first instruction; from 4.5 V, 15 ms would be enough.
/// Covers the internal reset. (Figures 23 and 24.)
const POWER_ON_US: u32 = 40_000;

/// Long waits are split into short ones, so that dropping one loses little.
const SLICE_US: u32 = 1_000;

impl<B: Bus, D: DelayNs, const COLS: usize, const ROWS: usize> Lcd<B, D, COLS, ROWS> {
    /// 80 cells; a line is 80 of them, or two lines are 40 each. (Figures 2 to 4.)
    const GEOMETRY: () = assert!(
        COLS >= 8 && COLS <= 40 && (ROWS == 1 || ROWS == 2 || ROWS == 4 && COLS <= 20),
        "there are 8 to 40 columns in 1 or 2 rows, or up to 20 columns in 4 rows",
    );

    /// Creates a driver for a display in an unknown state. Sends nothing; the first
    /// [`flush`](Self::flush) initializes the display.
    ///
    /// The row of a 16x1 is taken as two halves, the usual wiring; see
    /// [`with_whole_row`](Self::with_whole_row).
    pub fn new(bus: B, delay: D) -> Self {
        let () = Self::GEOMETRY;
        // A constant is copied into place. The result of a call lies in the caller's frame first.
        let screen = const { Screen::new(A00) };
        Self { bus, delay, screen, in_flight: None, busy: POWER_ON_US }
    }
}

impl<B: Bus, D: DelayNs, const COLS: usize, const ROWS: usize, R: Rom> Lcd<B, D, COLS, ROWS, R> {
    /// Sets the ROM of the display, and what it shows for characters that it does not have.
    /// Text that was set before keeps its codes.
    ///
    /// ```
    /// use tickwire_drivers::hd44780::{A02, Lcd, Pcf8574, Rom};
    /// use tickwire_sim::{Sim, i2c};
    /// use tickwire_traits::Delay;
    ///
    /// let sim = Sim::new();
    /// let bus = Pcf8574::new(i2c::Bus::new(sim.clock()));
    /// let lcd = Lcd::<_, _, 16, 2>::new(bus, Delay(sim.clock()));
    /// let mut lcd = lcd.with_rom(A02.with_replacement('_'));
    /// lcd.set_line(0, "¡Olé! 漢");
    /// assert!(lcd.line(0).eq("¡Olé! _         ".chars()));
    /// ```
    pub fn with_rom<Q: Rom>(self, rom: Q) -> Lcd<B, D, COLS, ROWS, Q> {
        let Self { bus, delay, screen, in_flight, busy } = self;
        Lcd { bus, delay, screen: screen.with_rom(rom), in_flight, busy }
    }

    /// Sets that the row of a 16x1 is a single line. Use this if the right half stays
    /// blank.
    pub fn with_whole_row(mut self) -> Self {
        self.screen.make_whole();
        self
    }

    /// Initializes the display from any state, and writes the wanted picture.
    ///
    /// Waits for 40 ms first, since the supply may just have come up. Only needed if the
    /// display may have lost its power unnoticed: [`flush`](Self::flush) does the same on
    /// its first call and after errors.
    ///
    /// # Errors
    ///
    /// Errors of the bus. The next call of any method begins again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. A later `flush` resumes where this call was dropped; `init` starts
    /// over.
    pub async fn init(&mut self) -> Result<(), B::Error> {
        self.restart(true, POWER_ON_US);
        self.flush().await
    }

    /// Synchronizes the display and writes all of it again, without blanking it. A periodic
    /// redraw repairs corruption by sparks and long cables.
    ///
    /// # Errors
    ///
    /// Errors of the bus. The next call of any method begins again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. A later `flush` resumes where this call was dropped.
    pub async fn redraw(&mut self) -> Result<(), B::Error> {
        self.restart(false, 0);
        self.flush().await
    }

    /// Writes the difference between the wanted and the shown picture, and waits until the
    /// display has accepted it.
    ///
    /// A cell takes about 65 µs by pins, and 0.6 ms by a backpack at 100 kHz. Each run of
    /// cells takes as long again for its address.
    ///
    /// # Errors
    ///
    /// Errors of the bus. The wanted picture is kept. The controller's state is unknown,
    /// and it may have lost its power: the next call waits for 40 ms, synchronizes the
    /// display and writes all of it.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. Bytes already written stay, and the next call resumes from there; see
    /// [`Lcd`](Self#cancel-safety).
    // Without a future of its own: it would be a frame of each poll.
    pub fn flush(&mut self) -> impl Future<Output = Result<(), B::Error>> {
        self.flush_with(|_| {})
    }

    /// Erases the display by the clear instruction: 2.16 ms at any size.
    ///
    /// # Errors
    ///
    /// Errors of the bus. The next call of any method erases the display.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. The first poll erases the wanted picture, and a later `flush` does the
    /// rest.
    pub async fn clear(&mut self) -> Result<(), B::Error> {
        self.screen.erase();
        self.flush().await
    }

    /// Puts the cursor at a row and a column, or hides it. A position that does not exist
    /// hides it as well.
    pub fn set_cursor(&mut self, place: Option<(usize, usize)>, style: CursorStyle) {
        self.screen.set_cursor(place, style);
    }

    /// Returns the bus and the delay. The display keeps its content.
    pub fn release(self) -> (B, D) {
        (self.bus, self.delay)
    }

    /// Flushes, after `update` has changed the wanted picture before each byte.
    async fn flush_with(
        &mut self,
        mut update: impl FnMut(&mut Screen<COLS, ROWS, R>),
    ) -> Result<(), B::Error> {
        if !B::RESUMES && self.in_flight.take().is_some_and(|write| write != Write::Rest) {
            self.restart(false, 0);
        }
        loop {
            while self.busy != 0 {
                let slice = self.busy.min(SLICE_US);
                self.delay.delay_us(slice).await;
                self.busy -= slice;
            }
            update(&mut self.screen);
            // A write in progress is finished, even if the wanted picture has changed.
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
                // Assigned after the last await, when the write is known to be latched.
                Ok(()) => self.busy = self.screen.sent(write),
                Err(error) => {
                    self.restart(false, POWER_ON_US);
                    return Err(error);
                }
            }
        }
    }

    fn restart(&mut self, erase: bool, busy: u32) {
        self.screen.restart(erase);
        self.in_flight = None;
        self.busy = self.busy.max(busy);
    }
}

impl<I: I2c, D: DelayNs, const COLS: usize, const ROWS: usize, R>
    Lcd<Pcf8574<I>, D, COLS, ROWS, R>
{
    /// Sets the backlight, with the next [`flush`](Self::flush).
    pub fn set_backlight(&mut self, on: bool) {
        if self.bus.backlight != on {
            self.bus.backlight = on;
            self.screen.rest();
        }
    }
}
