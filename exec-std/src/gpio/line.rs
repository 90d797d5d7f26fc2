//! Lines, by number or name.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use gpiocdev::{Chip, chip};

use super::Error;
use super::request::open_chip;
use crate::messages::one_line::OneLine;
use crate::nearest::nearest;

/// Where a line is: a chip, and the line's offset on it. It claims nothing.
///
/// ```
/// use tickwire_exec_std::gpio::Line;
///
/// let line = Line::at("/dev/gpiochip0", 17);
/// assert_eq!(line.to_string(), "line 17 of /dev/gpiochip0");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    chip: PathBuf,
    offset: u32,
}

impl Line {
    /// Creates the address of the line at `offset` on `chip`, whether it exists or not.
    ///
    /// The number of a chip may change from one start of the system to the next. Where
    /// lines have names, [`named`](Self::named) is safer.
    pub fn at(chip: impl Into<PathBuf>, offset: u32) -> Self {
        Self { chip: chip.into(), offset }
    }

    /// Finds a line by the name that the board's device tree gives it, `GPIO17` for
    /// example. `gpioinfo` of the package `gpiod` lists all names.
    ///
    /// This asks each chip for each of its lines, one system call per line.
    ///
    /// ```no_run
    /// use tickwire_exec_std::gpio::Line;
    ///
    /// // Not run: it needs a board whose lines have names.
    /// let line = Line::named("GPIO17")?;
    /// # Ok::<_, tickwire_exec_std::gpio::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`], with a suggestion; [`Error::AmbiguousName`];
    /// [`Error::Denied`] if the name may be on a chip that the user may not open;
    /// [`Error::NoChips`]. Nothing is claimed, and it may be called again.
    pub fn named(name: &str) -> Result<Self, Error> {
        let chips = chip::chips().map_err(Error::of_call)?;
        if chips.is_empty() {
            return Err(Error::NoChips);
        }
        let (mut found, mut others, mut denied) = (None, Vec::new(), None);
        for path in chips {
            let chip = match open_chip(&path) {
                Ok(chip) => chip,
                Err(error @ Error::Denied { .. }) => {
                    denied.get_or_insert(error);
                    continue;
                }
                // It was removed since.
                Err(_) => continue,
            };
            for (offset, it) in names(&chip) {
                if it != name {
                    others.push(it);
                    continue;
                }
                let line = Self::at(&path, offset);
                if let Some(first) = found {
                    let name = name.to_owned();
                    return Err(Error::AmbiguousName { name, lines: [first, line] });
                }
                found = Some(line);
            }
        }
        match (found, denied) {
            (Some(line), _) => Ok(line),
            (None, Some(denied)) => Err(denied),
            (None, None) => {
                let nearest = nearest(name, others.iter().map(String::as_str)).map(str::to_owned);
                Err(Error::UnknownName { name: name.to_owned(), nearest })
            }
        }
    }

    /// Returns the path of the chip.
    pub fn chip(&self) -> &Path {
        &self.chip
    }

    /// Returns the number of the line on its chip, from 0.
    pub const fn offset(&self) -> u32 {
        self.offset
    }
}

/// Returns the lines of `chip` that have a name.
fn names(chip: &Chip) -> impl Iterator<Item = (u32, String)> {
    let lines = chip.line_info_iter().into_iter().flatten().flatten();
    lines.filter(|line| !line.name.is_empty()).map(|line| (line.offset, line.name))
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(OneLine(f), "line {} of {}", self.offset, self.chip.display())
    }
}
