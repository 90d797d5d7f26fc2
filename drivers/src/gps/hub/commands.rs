//! The line to a receiver, and what the task that reads it knows of the commands.

use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use tickwire_sync::{Message, Mutex, RawMutex};
use tickwire_traits::{Duration, Instant};

use super::Request;
use crate::gps::{Outgoing, Raw, mtk};

/// The time that a receiver has to answer, which includes the sentences before the answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The line to a receiver, for [`Hub::with_commands`](super::Hub::with_commands).
///
/// `R` is the raw mutex of the hub, `W` the writer, and `C` the type of the commands.
/// [`Hub::send`](super::Hub::send) has an example.
pub struct Commands<R, W, C: Request> {
    /// Locked through an exchange: a command and its answer.
    pub(super) line: Mutex<R, Line<W>>,
    /// Written by the task that has the lock of `line`.
    asked: Message<R, Asked<C>>,
    /// Written by the task that runs the hub, as are the counters.
    heard: Message<R, Heard<C::Answer>>,
    // Messages that tasks wait for have no value: the code of a wait is then the same for all.
    /// Set with each answer.
    pub(super) answered: Message<R, ()>,
    /// Set with each sentence.
    pub(super) read: Message<R, ()>,
    /// How many sentences were read. It wraps.
    sentences: AtomicU32,
    late: AtomicU32,
    doubled: AtomicU32,
    foreign: AtomicU32,
    pub(super) patience: Duration,
    pub(super) retries: u8,
}

/// The answers that no call of [`Hub::send`](super::Hub::send) waited for. Each number stops at
/// `u32::MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Strays {
    /// Answers to the last command that came after its call had timed out or was dropped.
    pub late: u32,
    /// Answers to the last command after its first one.
    pub doubled: u32,
    /// Answers to other commands: earlier ones, or those of another host.
    pub foreign: u32,
}

/// The writer, and the exchange that was begun last.
pub(super) struct Line<W> {
    pub(super) writer: W,
    pub(super) phase: Phase,
    /// How many bytes of the command the writer has accepted.
    pub(super) sent: usize,
    /// How many bytes of [`SEPARATOR`] are written first.
    pub(super) separator_left: usize,
    /// The deadline of the phase. Without a phase, that of answers that may still come.
    pub(super) until: Instant,
    pub(super) retries_left: u8,
    pub(super) looks: u8,
    pub(super) owed: Owed,
}

/// What the present exchange does. It goes on if its call was dropped and is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Over,
    Writing,
    Flushing,
    Waiting,
}

/// What may still come of the present exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owed {
    Nothing,
    /// The first answer.
    One,
    /// The command was sent more than once.
    Several,
}

/// Ends a command of which only a part was sent. CR LF alone would complete one that lacks them.
pub(super) const SEPARATOR: &[u8] = b"$\r\n";

#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<C> {
    /// The number of the exchange, from 1.
    pub(super) number: u32,
    pub(super) command: C,
    pub(super) by: By,
}

/// Whose command it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A task waits for the answer.
    Waiter,
    /// The task has gone.
    Nobody,
    /// No task ever waited.
    Post,
}

#[derive(Clone, Copy, Debug)]
struct Heard<A> {
    /// The number of the last exchange that was answered.
    number: u32,
    answer: A,
}

impl<R: RawMutex, W> Commands<R, W, mtk::Command> {
    /// Creates the line to a receiver with a chip of MediaTek, whose answers are verdicts.
    pub const fn mtk(writer: W) -> Self {
        Self::new(writer)
    }
}

impl<R: RawMutex, W> Commands<R, W, Outgoing> {
    /// Creates the line to any receiver. A command is any body, and the answer a sentence.
    pub const fn any(writer: W) -> Self {
        Self::new(writer)
    }
}

impl<R: RawMutex, W, C: Request> Commands<R, W, C> {
    /// Creates a line whose answers come within 2 s. No command is sent twice.
    pub const fn new(writer: W) -> Self {
        let line = Line {
            writer,
            phase: Phase::Over,
            sent: 0,
            separator_left: 0,
            until: Instant::EPOCH,
            retries_left: 0,
            looks: 0,
            owed: Owed::Nothing,
        };
        Self {
            line: Mutex::new(line),
            asked: Message::new(),
            heard: Message::new(),
            answered: Message::new(),
            read: Message::new(),
            sentences: AtomicU32::new(0),
            late: AtomicU32::new(0),
            doubled: AtomicU32::new(0),
            foreign: AtomicU32::new(0),
            patience: PATIENCE,
            retries: 0,
        }
    }

    /// Sets how long to wait for an answer, and for the writer to accept a part of a command.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets how often a command is sent again if its answer did not come. A receiver may then obey
    /// it more than once.
    #[must_use]
    pub fn with_retries(mut self, retries: u8) -> Self {
        self.retries = retries;
        self
    }

    pub(super) fn sentences(&self) -> u32 {
        self.sentences.load(Relaxed)
    }

    pub(super) fn strays(&self) -> Strays {
        Strays {
            late: self.late.load(Relaxed),
            doubled: self.doubled.load(Relaxed),
            foreign: self.foreign.load(Relaxed),
        }
    }

    /// Returns the answer to an exchange, if it has come.
    pub(super) fn answer_to(&self, number: u32) -> Option<C::Answer> {
        Some(self.heard.get().filter(|heard| heard.number == number)?.answer)
    }

    /// Notes whose the last command is.
    pub(super) fn pass_to(&self, by: By) {
        if let Some(asked) = self.asked() {
            self.ask(Asked { by, ..asked });
        }
    }

    /// Returns the last command.
    // Inlined into futures, this and the next function take more flash.
    #[inline(never)]
    pub(super) fn asked(&self) -> Option<Asked<C>> {
        self.asked.get()
    }

    /// Sets the last command.
    #[inline(never)]
    pub(super) fn ask(&self, asked: Asked<C>) {
        self.asked.set(asked);
    }
}

/// What a hub does with sentences that are not decoded. `()` ignores them.
pub trait Hears {
    /// Notes that a sentence was decoded.
    fn note(&self);

    fn hear(&self, sentence: Raw<'_>);

    /// Wakes the task that waits for an answer: the stream has failed or ended.
    fn fail(&self);
}

impl Hears for () {
    fn note(&self) {}

    fn hear(&self, _: Raw<'_>) {}

    fn fail(&self) {}
}

impl<R: RawMutex, W, C: Request> Hears for Commands<R, W, C> {
    fn note(&self) {
        self.sentences.store(self.sentences().wrapping_add(1), Relaxed);
        self.read.set(());
    }

    // Inlined into the future that reads, it takes more flash.
    #[inline(never)]
    fn hear(&self, sentence: Raw<'_>) {
        self.note();
        let asked = self.asked();
        let answer = asked.and_then(|asked| Some((asked, asked.command.answer(sentence)?)));
        match answer {
            Some((asked, answer)) if self.answer_to(asked.number).is_none() => {
                self.heard.set(Heard { number: asked.number, answer });
                self.answered.set(());
                if asked.by == By::Nobody {
                    count(&self.late);
                }
            }
            _ if !C::is_answer(sentence) => {}
            Some(_) => count(&self.doubled),
            None => count(&self.foreign),
        }
    }

    fn fail(&self) {
        self.answered.set(());
    }
}

/// A load and a store, as a Cortex-M0+ has no atomic addition. One task counts.
fn count(counter: &AtomicU32) {
    counter.store(counter.load(Relaxed).saturating_add(1), Relaxed);
}

impl<R: RawMutex, W, C: Request> fmt::Debug for Commands<R, W, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commands").field("strays", &self.strays()).finish_non_exhaustive()
    }
}
