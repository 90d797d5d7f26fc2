//! The line to the receiver.

use core::convert::Infallible;

use embedded_io_async::Write;
use tickwire_drivers::gps::mtk::Command;
use tickwire_traits::{Duration, Timer, TimerQueue};

use crate::controls::Serve;
use crate::receiver::Outcome;
use crate::state::Has;
use crate::station::Station;
use crate::{Event, Observe};

/// The line to a GPS receiver, or none. The station alone implements it.
///
/// - `()` is no line. It takes no flash; of memory, an empty [`Receiver`](crate::Receiver).
/// - An `Option` is a line of which a program learns only when it runs whether it is there.
#[allow(private_bounds, reason = "sealed")]
pub trait CommandLine: Serve {}

/// The line to a GPS receiver with a chip of MediaTek. Others ignore what the station sends: one
/// question, and a command for each turn of the rate.
#[derive(Clone, Copy, Debug)]
pub struct Commands<W> {
    /// The line.
    pub line: W,
}

/// The time that a receiver has to answer, which includes the sentences before the answer.
const PATIENCE: Duration = Duration::from_secs(2);

impl CommandLine for () {}

impl<W: CommandLine> CommandLine for Option<W> {}

impl<W: Write> CommandLine for Commands<W> {}

impl<W: Write> Serve for Commands<W> {
    const HAS: Has = Has::SETTINGS;

    async fn serve<T, O, C, I, R, B>(mut self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        loop {
            let Some(command) = station.begin_exchange() else {
                station.exchange.wait().await;
                continue;
            };
            let sent = station.clock.timeout(PATIENCE, self.send(command)).await;
            let missing = match sent {
                Ok(Ok(())) => {
                    let until = station.clock.now() + PATIENCE;
                    while station.is_waiting() {
                        if station.clock.timeout_at(until, station.exchange.wait()).await.is_err() {
                            break;
                        }
                    }
                    Outcome::NoAnswer
                }
                Ok(Err(_)) | Err(_) => Outcome::NotSent,
            };
            if let Some((command, outcome)) = station.end_exchange(missing) {
                station.report(Event::Told(command, outcome));
            }
        }
    }
}

impl<W: Write> Commands<W> {
    /// Sends a command. If it is dropped, the next command ends the part that was sent.
    async fn send(&mut self, command: Command) -> Result<(), W::Error> {
        self.line.write_all(command.encode().as_bytes()).await?;
        self.line.flush().await
    }
}
