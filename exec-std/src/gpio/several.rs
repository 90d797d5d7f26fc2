//! Inputs of several lines.

use std::fs;

use embedded_hal::digital::{ErrorType, PinState};
use gpiocdev::line::Values;
use tickwire_traits::{Edge, Edges, Side, TimeSource, TwoLines};

use super::edge_queue::EdgeQueue;
use super::{Error, InputSettings, Line};

/// `N` inputs of one chip whose edges come in one order, for a keypad or a parallel bus.
///
/// An edge's line is its index among the lines that were opened. [`Edge::missed`] counts the
/// lost edges of all of them.
///
/// ```no_run
/// use tickwire_exec_std::gpio::{InputGroup, InputSettings, Line};
/// use tickwire_exec_std::run;
/// use tickwire_traits::Edges;
///
/// // Not run: it needs a board.
/// let lines = [5, 6, 13, 19].map(|offset| Line::at("/dev/gpiochip0", offset));
/// let mut keys = InputGroup::open(lines.each_ref(), InputSettings::DEFAULT)?;
/// let edge = run(async |_| keys.edge().await)?;
/// println!("key {} is {:?}; all: {:?}", edge.line, edge.level, keys.levels()?);
/// # Ok::<_, tickwire_exec_std::gpio::Error>(())
/// ```
///
/// [`Input`](super::Input) describes the edges of each line.
#[derive(Debug)]
pub struct InputGroup<const N: usize> {
    queue: EdgeQueue,
    offsets: [u32; N],
}

/// Two inputs of one chip whose edges come in one order: [`TwoLines`], for an encoder.
///
/// ```no_run
/// use tickwire_exec_std::gpio::{InputPair, InputSettings, Line};
/// use tickwire_exec_std::run;
/// use tickwire_traits::Edges;
///
/// // Not run: it needs a board with an encoder.
/// let (a, b) = (Line::named("GPIO17")?, Line::named("GPIO27")?);
/// let mut lines = InputPair::open(&a, &b, InputSettings::DEFAULT)?;
/// let edge = run(async |_| lines.edge().await)?;
/// println!("{:?} is {:?}", edge.line, edge.level);
/// # Ok::<_, tickwire_exec_std::gpio::Error>(())
/// ```
#[derive(Debug)]
pub struct InputPair(InputGroup<2>);

impl<const N: usize> InputGroup<N> {
    /// Claims all lines, with the same settings, until the group is dropped. `N` is 1 to 64,
    /// which the compiler checks.
    ///
    /// # Errors
    ///
    /// Those of [`Input::open`](super::Input::open), and [`Error::NoPair`] with two of the
    /// lines if they are one, or are on different chips. No line is left claimed.
    pub fn open(lines: [&Line; N], settings: InputSettings) -> Result<Self, Error> {
        // The kernel's limit (`GPIO_V2_LINES_MAX`).
        const { assert!(0 < N && N <= 64, "a group has 1 to 64 lines") };
        for (index, line) in lines.iter().enumerate() {
            for other in &lines[..index] {
                if line.offset() == other.offset() || !is_same_chip(line, other) {
                    return Err(Error::NoPair([(*other).clone(), (*line).clone()]));
                }
            }
        }
        Ok(Self { queue: settings.claim(&lines)?, offsets: lines.map(Line::offset) })
    }

    /// Returns the current levels of all lines, read by one system call, in the order in
    /// which the lines were opened.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`], or another error of the system. The lines may be read again.
    pub fn levels(&mut self) -> Result<[PinState; N], Error> {
        let mut values = Values::from_offsets(&self.offsets);
        self.queue.request().values(&mut values).map_err(Error::of_call)?;
        Ok(self.offsets.map(|offset| values.get(offset).is_some_and(bool::from).into()))
    }
}

/// Whether two lines are on one chip, which may have several paths: a Raspberry Pi 5 has a
/// link `gpiochip4` for the programs of its first system.
fn is_same_chip(a: &Line, b: &Line) -> bool {
    let resolved = |line: &Line| fs::canonicalize(line.chip()).ok();
    a.chip() == b.chip() || resolved(a).is_some_and(|path| resolved(b) == Some(path))
}

impl<const N: usize> ErrorType for InputGroup<N> {
    type Error = Error;
}

impl<const N: usize> Edges for InputGroup<N> {
    /// The index of the line among those that were opened.
    type Line = usize;

    fn time_source(&self) -> TimeSource {
        TimeSource::Kernel
    }

    fn arm(&mut self) -> Result<(), Error> {
        self.queue.arm()
    }

    async fn edge(&mut self) -> Result<Edge<usize>, Error> {
        let Edge { line, at, level, missed } = self.queue.edge().await?;
        // The kernel reports no other lines than those of the request.
        let line = self.offsets.iter().position(|offset| *offset == line).unwrap_or_default();
        Ok(Edge { line, at, level, missed })
    }
}

impl InputPair {
    /// Claims both lines, with the same settings, until the pair is dropped.
    ///
    /// # Errors
    ///
    /// Those of [`InputGroup::open`]. Neither line is left claimed.
    pub fn open(a: &Line, b: &Line, settings: InputSettings) -> Result<Self, Error> {
        InputGroup::open([a, b], settings).map(Self)
    }
}

impl ErrorType for InputPair {
    type Error = Error;
}

impl Edges for InputPair {
    type Line = Side;

    fn time_source(&self) -> TimeSource {
        self.0.time_source()
    }

    fn arm(&mut self) -> Result<(), Error> {
        self.0.arm()
    }

    async fn edge(&mut self) -> Result<Edge<Side>, Error> {
        let Edge { line, at, level, missed } = self.0.edge().await?;
        let line = if line == 0 { Side::A } else { Side::B };
        Ok(Edge { line, at, level, missed })
    }
}

impl TwoLines for InputPair {
    fn levels(&mut self) -> Result<(PinState, PinState), Error> {
        self.0.levels().map(|[a, b]| (a, b))
    }
}
