//! Readiness by polling in each pass of the executor.

use core::convert::Infallible;
use core::task::{Context, Poll};

use crate::{Interest, Readiness};

/// [`Readiness`] for a source without notification: ready once in each pass of the
/// executor.
///
/// While a task waits, the executor runs without a pause. Every other woken task runs
/// between two tries, but the core does not sleep. While no task waits, this type costs
/// nothing. Use it for short waits. [`PollEvery`](crate::PollEvery) lets the core sleep
/// between two tries; the `IrqFlag` of `tickwire-sync` lets it sleep until an interrupt.
///
/// ```
/// use tickwire_sim::Sim;
/// use tickwire_traits::{Interest, PollEachPass, nb_ready};
///
/// let mut tries = 0;
/// let convert = || {
///     tries += 1;
///     if tries < 4 { Err(nb::Error::WouldBlock) } else { Ok::<_, nb::Error<()>>(1_023) }
/// };
/// let sample = Sim::new().run(nb_ready(&mut PollEachPass::new(), Interest::Read, convert));
/// assert_eq!((sample, tries), (Ok(1_023), 4));
/// ```
///
/// After a dropped wait, the next one is ready immediately. Both directions share the
/// passes.
#[derive(Debug, Default)]
pub struct PollEachPass {
    is_asked: bool,
}

impl PollEachPass {
    /// Creates a source that is ready in each pass.
    pub const fn new() -> Self {
        Self { is_asked: false }
    }
}

impl embedded_io::ErrorType for PollEachPass {
    type Error = Infallible;
}

impl Readiness for PollEachPass {
    fn poll_ready(&mut self, _: Interest, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_asked = !self.is_asked;
        if self.is_asked {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}
