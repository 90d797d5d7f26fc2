//! Lines of a board, or wires that only the keys move.

use embedded_hal::digital::{self, ErrorKind, InputPin, PinState};
use tickwire_exec_std::StdClock;
use tickwire_exec_std::gpio;
use tickwire_sim as sim;
use tickwire_traits::{Edge, Edges, TimeSource, TwoLines};

/// Real ones, or the keys'.
pub(crate) enum Lines<R, K> {
    Real(Box<R>),
    Keys(K),
}

/// A contact, or a receiver of a remote control.
pub(crate) type Contact = Lines<gpio::Input, sim::Input<StdClock>>;

/// The lines of an encoder.
pub(crate) type Pair = Lines<gpio::InputPair, sim::InputPair<StdClock>>;

impl<R, K> digital::ErrorType for Lines<R, K> {
    type Error = ErrorKind;
}

impl<R: InputPin, K: InputPin> InputPin for Lines<R, K> {
    fn is_high(&mut self) -> Result<bool, ErrorKind> {
        match self {
            Self::Real(line) => line.is_high().map_err(kind),
            Self::Keys(wire) => wire.is_high().map_err(kind),
        }
    }

    fn is_low(&mut self) -> Result<bool, ErrorKind> {
        self.is_high().map(|is_high| !is_high)
    }
}

impl<R: Edges, K: Edges<Line = R::Line>> Edges for Lines<R, K> {
    type Line = R::Line;

    fn time_source(&self) -> TimeSource {
        match self {
            Self::Real(line) => line.time_source(),
            Self::Keys(wire) => wire.time_source(),
        }
    }

    fn arm(&mut self) -> Result<(), ErrorKind> {
        match self {
            Self::Real(line) => line.arm().map_err(kind),
            Self::Keys(wire) => wire.arm().map_err(kind),
        }
    }

    async fn edge(&mut self) -> Result<Edge<R::Line>, ErrorKind> {
        match self {
            Self::Real(line) => line.edge().await.map_err(kind),
            Self::Keys(wire) => wire.edge().await.map_err(kind),
        }
    }
}

impl<R: TwoLines, K: TwoLines> TwoLines for Lines<R, K> {
    fn levels(&mut self) -> Result<(PinState, PinState), ErrorKind> {
        match self {
            Self::Real(lines) => lines.levels().map_err(kind),
            Self::Keys(wires) => wires.levels().map_err(kind),
        }
    }
}

fn kind(error: impl digital::Error) -> ErrorKind {
    error.kind()
}
