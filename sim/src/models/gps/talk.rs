//! Answers between the sentences of a log.

use std::collections::VecDeque;

use tickwire_traits::Instant;

use crate::uart::Baud;

/// What a receiver says besides its log.
///
/// An answer waits for the end of the sentence that is being sent, and delays those after it.
pub(super) struct Talk {
    /// Answers, each with the time before which it does not begin. In their order.
    due: VecDeque<(Instant, Vec<u8>)>,
    /// The answer being sent.
    current: Option<Answer>,
}

struct Answer {
    bytes: Vec<u8>,
    start: Instant,
    sent: usize,
}

impl Talk {
    pub(super) fn new() -> Self {
        Self { due: VecDeque::new(), current: None }
    }

    pub(super) fn is_over(&self) -> bool {
        self.due.is_empty() && self.current.is_none()
    }

    pub(super) fn is_speaking(&self) -> bool {
        self.current.is_some()
    }

    pub(super) fn put(&mut self, due: Instant, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let place = self.due.partition_point(|(other, _)| *other <= due);
        self.due.insert(place, (due, bytes));
    }

    /// Returns the next byte of an answer, with the times of its start bit and of its end, if an
    /// answer is being sent or may begin before `gap`. `None` for `gap` is the middle of a
    /// sentence. The line is free since `free`.
    pub(super) fn peek(
        &self,
        gap: Option<Instant>,
        free: Instant,
        baud: Baud,
    ) -> Option<(u8, Instant, Instant)> {
        let (bytes, start, sent) = match &self.current {
            Some(Answer { bytes, start, sent }) => (bytes, *start, *sent),
            None => {
                let may_begin = |due: Instant| gap.is_some_and(|gap| due <= gap);
                let (due, bytes) = self.due.front().filter(|(due, _)| may_begin(*due))?;
                (bytes, free.max(*due), 0)
            }
        };
        let time = |bytes: usize| baud.time_of(bytes as u64);
        Some((*bytes.get(sent)?, start + time(sent), start + time(sent + 1)))
    }

    /// Notes that the byte of [`peek`](Self::peek), which started then, was sent.
    pub(super) fn sent(&mut self, start: Instant) {
        let begun = self.current.take().or_else(|| {
            let (_, bytes) = self.due.pop_front()?;
            Some(Answer { bytes, start, sent: 0 })
        });
        self.current = begun
            .map(|it| Answer { sent: it.sent + 1, ..it })
            .filter(|it| it.sent < it.bytes.len());
    }
}
