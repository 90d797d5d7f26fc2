//! A VCD file that grows with its trace.

use std::fmt;
use std::io;

use tickwire_traits::Instant;
use vcd::IdCode;

use super::Trace;

/// A VCD file that is written while its [`Trace`] records. Created by
/// [`Trace::stream_vcd`].
///
/// Written changes are no longer kept in memory.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_sim::{Sim, Trace};
/// use tickwire_traits::{Clock, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let trace = Trace::new();
/// let led = trace.wire("led", clock.clone(), PinState::Low);
/// let mut file = Vec::new();
/// let mut stream = trace.stream_vcd(&mut file)?;
/// for millis in [1, 2] {
///     sim.run(clock.sleep_until(Instant::from_millis(millis)));
///     led.set(!led.level());
///     stream.write_until(clock.now(), &mut file)?;
/// }
/// assert!(file.ends_with(b"#1000\n1!\n#2000\n0!\n"));
/// # Ok::<_, std::io::Error>(())
/// ```
pub struct VcdStream {
    trace: Trace,
    ids: Vec<IdCode>,
    /// The last time stamp in the file.
    reached: Instant,
    late: u64,
}

impl VcdStream {
    pub(super) fn begin(trace: Trace, out: impl io::Write) -> io::Result<Self> {
        let ids = trace.log.borrow().declare(&mut vcd::Writer::new(out))?;
        Ok(Self { trace, ids, reached: Instant::EPOCH, late: 0 })
    }

    /// Writes the changes up to and including `until`, as whole lines. A line is
    /// several small writes, so `out` should be a buffer.
    ///
    /// A signal that is recorded through a [`Probe`](super::Probe) may lag behind the clock, so
    /// `until` should be a little in the past. Time in a VCD file never goes back: a change that
    /// comes too late gets the last time stamp written, and is counted in [`late`](Self::late).
    ///
    /// A signal created after the stream is not in the file.
    ///
    /// # Errors
    ///
    /// Errors of `out`. The changes of this call are lost; begin a new file.
    pub fn write_until(&mut self, until: Instant, out: impl io::Write) -> io::Result<()> {
        self.trace.catch_up();
        let mut due = self.trace.log.borrow_mut().take_until(until, self.ids.len());
        due.sort_by_key(|(at, ..)| *at); // Stable: order at one instant stays.
        let mut vcd = vcd::Writer::new(out);
        for (at, signal, value) in due {
            if at > self.reached {
                self.reached = at;
                vcd.timestamp(at.as_micros())?;
            } else if at < self.reached {
                self.late += 1;
            }
            value.write(&mut vcd, self.ids[signal])?;
        }
        vcd.flush()
    }

    /// Returns how many changes came too late for their own time stamp.
    pub fn late(&self) -> u64 {
        self.late
    }
}

impl fmt::Debug for VcdStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a VCD file of {:?}", self.trace)
    }
}
