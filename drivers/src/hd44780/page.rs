//! A picture that tasks change while another one shows it.

use core::convert::Infallible;
use core::ops::{Deref, DerefMut};

use embedded_hal_async::delay::DelayNs;
use tickwire_sync::{Flag, Mutex, MutexGuard, RawMutex};

use super::picture::Picture;
use super::rom::{A00, Rom};
use super::{Bus, Lcd};

/// A picture that any tasks change while one task [shows](super::Lcd::follow) it.
///
/// `M` says where those tasks run, as for the primitives of `tickwire-sync`. A page with
/// `CriticalSectionRawMutex` can be a `static`.
///
/// ```
/// use core::fmt::Write;
/// use tickwire_drivers::hd44780::{Lcd, Page, Pcf8574};
/// use tickwire_sim::{Sim, i2c, models::hd44780::Display};
/// use tickwire_sync::NoopRawMutex;
/// use tickwire_traits::{Delay, Duration, Either, Timer, race};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let display = Display::new(sim.clock(), 16, 2);
/// let mut bus = i2c::Bus::new(sim.clock());
/// bus.attach(0x27, display.backpack());
/// let mut lcd = Lcd::<_, _, 16, 2>::new(Pcf8574::new(bus), Delay(sim.clock()));
///
/// let page = Page::<NoopRawMutex, 16, 2>::new();
/// let work = async {
///     for degrees in 20..24 {
///         // Shown together, when the guard is dropped.
///         let mut picture = page.edit().await;
///         write!(picture.at(0, 0), "{degrees} °C").unwrap();
///         picture.bar(1, 0..16, degrees, 40);
///         drop(picture);
///         clock.sleep(Duration::from_millis(100)).await;
///     }
/// };
/// assert!(matches!(sim.run(race(lcd.follow(&page), work)), Either::Second(())));
/// assert_eq!(display.row(0), "23 °C           ");
/// ```
#[derive(Debug)]
pub struct Page<M: RawMutex, const COLS: usize, const ROWS: usize, R = A00> {
    picture: Mutex<M, Picture<COLS, ROWS, R>>,
    changed: Flag<M>,
}

/// The picture of a [`Page`] while it is being changed. Dropping it shows the changes.
#[derive(Debug)]
pub struct Editing<'a, M: RawMutex, const COLS: usize, const ROWS: usize, R = A00> {
    // In this order: fields are dropped from the first on, and the task that shows the page
    // takes the notice once the picture can be read.
    picture: MutexGuard<'a, M, Picture<COLS, ROWS, R>>,
    _notice: Notice<'a, M>,
}

#[derive(Debug)]
struct Notice<'a, M: RawMutex>(&'a Flag<M>);

impl<M: RawMutex, const COLS: usize, const ROWS: usize> Page<M, COLS, ROWS> {
    /// Creates a blank page, for a display with the ROM [`A00`].
    pub const fn new() -> Self {
        Self::with_rom(A00)
    }
}

impl<M: RawMutex, const COLS: usize, const ROWS: usize, R> Page<M, COLS, ROWS, R> {
    /// Creates a blank page, for a display with another ROM.
    pub const fn with_rom(rom: R) -> Self {
        Self { picture: Mutex::new(Picture::new(rom)), changed: Flag::new() }
    }

    /// Waits until no other task changes the page, and returns its picture. Nothing of it is
    /// shown before the returned guard is dropped.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a dropped future changes nothing.
    pub async fn edit(&self) -> Editing<'_, M, COLS, ROWS, R> {
        Editing { picture: self.picture.lock().await, _notice: Notice(&self.changed) }
    }

    /// Returns the picture, unless another task changes it or the display reads it now.
    ///
    /// With tasks of one executor, that is only while a guard is kept across an `await`.
    pub fn try_edit(&self) -> Option<Editing<'_, M, COLS, ROWS, R>> {
        let picture = self.picture.try_lock()?;
        Some(Editing { picture, _notice: Notice(&self.changed) })
    }

    /// Waits for the next change, and clears the notice of it.
    async fn changed(&self) {
        self.changed.wait().await;
    }

    /// Copies the page, once no task changes it.
    ///
    /// It queues for the lock: tasks that keep the page in turn would keep a reader that only
    /// tries from it.
    async fn copy_to<Q>(&self, picture: &mut Picture<COLS, ROWS, Q>) {
        self.picture.with(|page| self.copy(page, picture)).await;
    }

    /// Copies the page if it was changed, unless a task changes it now: then the notice stays.
    fn copy_change_to<Q>(&self, picture: &mut Picture<COLS, ROWS, Q>) {
        if self.changed.is_set() {
            self.picture.try_with(|page| self.copy(page, picture));
        }
    }

    /// Copies the page under its lock. A task sets the notice after it has unlocked the page.
    fn copy<Q>(&self, page: &Picture<COLS, ROWS, R>, picture: &mut Picture<COLS, ROWS, Q>) {
        self.changed.clear();
        picture.copy(page);
    }
}

impl<M: RawMutex, const COLS: usize, const ROWS: usize, R: Rom + Default> Default
    for Page<M, COLS, ROWS, R>
{
    fn default() -> Self {
        Self::with_rom(R::default())
    }
}

impl<M: RawMutex, const COLS: usize, const ROWS: usize, R> Deref for Editing<'_, M, COLS, ROWS, R> {
    type Target = Picture<COLS, ROWS, R>;

    fn deref(&self) -> &Self::Target {
        &self.picture
    }
}

impl<M: RawMutex, const COLS: usize, const ROWS: usize, R> DerefMut
    for Editing<'_, M, COLS, ROWS, R>
{
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.picture
    }
}

impl<M: RawMutex> Drop for Notice<'_, M> {
    fn drop(&mut self) {
        self.0.set();
    }
}

/// The display of a [`Page`].
impl<B: Bus, D: DelayNs, const COLS: usize, const ROWS: usize, R: Rom> Lcd<B, D, COLS, ROWS, R> {
    /// Writes the difference between a page and the shown picture, and waits until the
    /// display has accepted it.
    ///
    /// It waits first until no task changes the page: a task that keeps the page would wait for
    /// itself. A task may change the page afterwards: cells that it changes are written next, also
    /// where older text of the page has not been written yet. The page replaces the wanted
    /// picture, except for the cursor.
    ///
    /// # Errors
    ///
    /// Errors of the bus, as of [`flush`](Self::flush). The page is kept, and may be shown
    /// again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. Bytes already written stay, and the next call resumes from there.
    pub async fn show<M: RawMutex, Q>(
        &mut self,
        page: &Page<M, COLS, ROWS, Q>,
    ) -> Result<(), B::Error> {
        page.copy_to(&mut self.screen.wanted).await;
        self.flush_with(|screen| page.copy_change_to(&mut screen.wanted)).await
    }

    /// Shows a page, and each change of it, until an error. No other display may show the
    /// page at the same time.
    ///
    /// # Errors
    ///
    /// Errors of the bus, as of [`flush`](Self::flush). The page is kept. The next call shows
    /// all of it.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe. The next call shows what has changed meanwhile.
    pub async fn follow<M: RawMutex, Q>(
        &mut self,
        page: &Page<M, COLS, ROWS, Q>,
    ) -> Result<Infallible, B::Error> {
        loop {
            self.show(page).await?;
            page.changed().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use tickwire_sync::NoopRawMutex;

    use super::*;

    /// With the notice still set, the page would be copied again before each byte.
    #[test]
    fn a_copy_takes_the_notice_and_a_change_sets_it() {
        let page = Page::<NoopRawMutex, 8, 2>::new();
        let mut picture = Picture::<8, 2>::new(A00);
        assert!(!page.changed.is_set());
        for text in ["one", "two"] {
            page.try_edit().unwrap().set_line(0, text);
            assert!(page.changed.is_set());
            page.copy_change_to(&mut picture);
            assert!(!page.changed.is_set(), "{text}");
            assert!(picture.line(0).take(3).eq(text.chars()));
        }
        let editing = page.try_edit().unwrap();
        page.copy_change_to(&mut picture);
        drop(editing);
        assert!(page.changed.is_set(), "the page could not be copied");
    }
}
