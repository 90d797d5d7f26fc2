//! Commands to the receiver, and its answers among the sentences.

use embedded_io_async::Read;
use tickwire_drivers::gps::mtk::Command;
use tickwire_drivers::gps::{self, Gps};
use tickwire_traits::TimerQueue;

use super::Station;
use crate::controls::Serve;
use crate::receiver::Outcome;

impl<T: TimerQueue + Clone, O, C: Serve> Station<'_, T, O, C> {
    /// Waits for a sentence that is understood. Others may be the answer to a command.
    pub(super) async fn sentence<R: Read>(
        &self,
        gps: &mut Gps<R, T>,
    ) -> Result<gps::Update, gps::Error<R::Error>> {
        if !C::HAS.settings {
            return gps.update().await;
        }
        loop {
            match gps.next().await? {
                gps::Event::Update(update) => return Ok(update),
                gps::Event::Other(sentence) => {
                    if self.state.borrow_mut().receiver.hear(sentence.bytes()) {
                        self.exchange.set();
                    }
                }
            }
        }
    }

    /// Lets the receiver be asked what it is, once it is heard.
    pub(super) fn heard(&self) {
        if self.has().settings && self.state.borrow_mut().receiver.heard() {
            self.exchange.set();
        }
    }

    /// Returns the next command to the receiver, if there is one.
    pub(crate) fn begin_exchange(&self) -> Option<Command> {
        self.state.borrow_mut().receiver.begin()
    }

    /// Returns whether an answer is missing.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.state.borrow().receiver.last, Some((_, Outcome::Pending)))
    }

    /// Returns the last command, and what became of it: `missing` if it was not answered.
    pub(crate) fn end_exchange(&self, missing: Outcome) -> Option<(Command, Outcome)> {
        self.state.borrow_mut().receiver.end(missing)
    }
}
