//! Readiness for sources that cannot tell, as often as can be.

use core::convert::Infallible;
use core::task::{Context, Poll};

use tickwire_traits::{Interest, Readiness};

/// [`Readiness`] of a source that cannot tell: worth a try each time that the executor
/// has gone round.
///
/// While somebody waits, the executor goes round without a pause: every other task
/// that was woken has its turn between two tries, but the core does not sleep. While
/// nobody waits there is nothing at all. So wait with it for what comes soon;
/// [`PollEvery`](tickwire_traits::PollEvery) lets the core sleep between two tries,
/// and [`IrqFlag`](crate::IrqFlag) until there is something.
///
/// ```
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use tickwire_exec_embassy::PollEachPass;
/// use tickwire_traits::{Interest, nb_ready};
///
/// # host::run(async |_| {
/// let mut tries = 0;
/// let convert = || {
///     tries += 1;
///     if tries < 4 { Err(nb::Error::WouldBlock) } else { Ok::<_, nb::Error<()>>(1_023) }
/// };
/// let sample = nb_ready(&mut PollEachPass::new(), Interest::Read, convert).await;
/// assert_eq!((sample, tries), (Ok(1_023), 4));
/// # });
/// ```
///
/// A wait that was dropped is ready at once the next time. Both directions are one.
#[derive(Debug, Default)]
pub struct PollEachPass {
    is_asked: bool,
}

impl PollEachPass {
    /// Creates a source that is worth a try in each pass.
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
