//! The state machine of a receiver.

use tickwire_traits::Instant;

use super::counters::count;
use super::decode::{Page, Refusal, Report};
use super::in_view::InView;
use super::{Counters, Decoder, Event, Fix, FixedPoint, Framer, LINE_LENGTH, Raw, Update};

/// A state machine that turns bytes into a [`Fix`].
///
/// It does not wait and has no clock. The caller passes the time when the bytes were read.
///
/// ```text
/// bytes, now ─► Framer ─► sentence ─► Decoder ─► report ─► Fix ─► Update
///                 └────── Counters ──────┘
/// ```
///
/// ```
/// use tickwire_drivers::gps::Receiver;
/// use tickwire_traits::Instant;
///
/// let mut receiver = Receiver::<102>::new();
/// for byte in *b"$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n" {
///     receiver.push(byte, Instant::EPOCH);
/// }
/// assert_eq!(receiver.counters().accepted, 1);
/// assert_eq!(receiver.fix().position().unwrap().value.latitude.e7(), 492_741_667);
/// ```
#[derive(Clone, Debug)]
pub struct Receiver<const LINE: usize = LINE_LENGTH, D = FixedPoint> {
    framer: Framer<LINE>,
    fix: Fix,
    in_view: InView,
    decoder: D,
}

/// The sentence that ended last.
#[derive(Clone, Copy, Debug)]
pub(super) enum Taken {
    Update(Update),
    /// Its bytes are the first of the framer's line.
    Other {
        len: usize,
    },
}

impl<const LINE: usize> Receiver<LINE> {
    /// Creates a receiver without any report.
    pub const fn new() -> Self {
        Self {
            framer: Framer::new(),
            fix: Fix::UNKNOWN,
            in_view: InView::NOTHING,
            decoder: FixedPoint,
        }
    }
}

impl<const LINE: usize, D> Receiver<LINE, D> {
    /// Replaces the decoder. The default is [`FixedPoint`].
    pub fn with_decoder<E: Decoder>(self, decoder: E) -> Receiver<LINE, E> {
        let Self { framer, fix, in_view, .. } = self;
        Receiver { framer, fix, in_view, decoder }
    }

    /// Sets the longest sentence that is kept, and forgets the others.
    pub(super) fn with_line_length<const LONGEST: usize>(self) -> Receiver<LONGEST, D> {
        let Receiver { framer, fix, in_view, .. } = Receiver::<LONGEST>::new();
        Receiver { framer, fix, in_view, decoder: self.decoder }
    }

    /// Returns the last report of each value.
    pub const fn fix(&self) -> &Fix {
        &self.fix
    }

    /// Returns the decoder, which may hold values of its own.
    pub const fn decoder(&self) -> &D {
        &self.decoder
    }

    /// Returns the counters since the receiver was created.
    pub const fn counters(&self) -> &Counters {
        self.framer.counters()
    }
}

impl<const LINE: usize, D: Decoder> Receiver<LINE, D> {
    /// Takes the next byte, which was read at `now`. Returns an update if the byte ends a sentence
    /// that the decoder accepts.
    pub fn push(&mut self, byte: u8, now: Instant) -> Option<Update> {
        let sentence = self.framer.push(byte)?;
        let mut report = Report::NOTHING;
        let read = self.decoder.decode(sentence, now, &mut report);
        self.take(read, &report, now)
    }

    /// Takes bytes that were read at `now`, up to the end of the first sentence that the decoder
    /// accepts. Returns the number of bytes taken, and the update.
    ///
    /// Without an update, all bytes were taken. The result is that of [`push`](Self::push) with
    /// each byte, in half the time.
    ///
    /// ```
    /// use tickwire_drivers::gps::Receiver;
    /// use tickwire_traits::Instant;
    ///
    /// let mut receiver = Receiver::<102>::new();
    /// let mut bytes = &b"$GPGLL,,,,,,V*06\r\n$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n"[..];
    /// let mut updates = Vec::new();
    /// while !bytes.is_empty() {
    ///     let (taken, update) = receiver.push_all(bytes, Instant::EPOCH);
    ///     bytes = &bytes[taken..];
    ///     updates.extend(update);
    /// }
    /// assert_eq!(updates.len(), 2);
    /// ```
    pub fn push_all(&mut self, bytes: &[u8], now: Instant) -> (usize, Option<Update>) {
        match self.advance::<false>(bytes, now) {
            (taken, Some(Taken::Update(update))) => (taken, Some(update)),
            (taken, _) => (taken, None),
        }
    }

    /// Takes bytes that were read at `now`, up to the end of the first sentence that the decoder
    /// accepts or whose type it does not support. Returns the number of bytes taken, and the event.
    ///
    /// It is [`push_all`](Self::push_all) for callers that also read other sentences, such as
    /// u-blox' `PUBX`. Malformed sentences are counted and passed over.
    ///
    /// ```
    /// use tickwire_drivers::gps::{Event, Receiver};
    /// use tickwire_traits::Instant;
    ///
    /// let mut receiver = Receiver::<102>::new();
    /// let bytes = b"$PMTK001,314,3*36\r\n$GPGLL,,,,,,V*06\r\n";
    /// let (taken, event) = receiver.push_any(bytes, Instant::EPOCH);
    /// assert!(matches!(event, Some(Event::Other(raw)) if raw.address() == b"PMTK001"));
    /// let (_, event) = receiver.push_any(&bytes[taken..], Instant::EPOCH);
    /// assert!(matches!(event, Some(Event::Update(_))));
    /// ```
    pub fn push_any(&mut self, bytes: &[u8], now: Instant) -> (usize, Option<Event<'_>>) {
        let (all, taken) = self.advance::<true>(bytes, now);
        (all, taken.map(|taken| self.event(taken)))
    }

    /// Takes bytes up to an update; with `OTHERS`, up to a sentence of another type as well.
    pub(super) fn advance<const OTHERS: bool>(
        &mut self,
        bytes: &[u8],
        now: Instant,
    ) -> (usize, Option<Taken>) {
        let mut all = 0;
        while let Some(rest) = bytes.get(all..) {
            let (taken, sentence) = self.framer.push_all(rest);
            all += taken;
            let Some(sentence) = sentence else { break };
            let len = sentence.len();
            let mut report = Report::NOTHING;
            let read = self.decoder.decode(sentence, now, &mut report);
            if let Some(update) = self.take(read, &report, now) {
                return (all, Some(Taken::Update(update)));
            }
            if OTHERS && read == Err(Refusal::Unsupported) {
                return (all, Some(Taken::Other { len }));
            }
        }
        (all, None)
    }

    /// Returns what was taken, before the next byte.
    pub(super) fn event(&self, taken: Taken) -> Event<'_> {
        match taken {
            Taken::Update(update) => Event::Update(update),
            Taken::Other { len } => Event::Other(Raw::new(self.framer.ended(len))),
        }
    }

    fn take(&mut self, read: Result<(), Refusal>, report: &Report, now: Instant) -> Option<Update> {
        let counters = &mut self.framer.counters;
        match read {
            Ok(()) => {}
            Err(Refusal::Unsupported) => {
                count(&mut counters.unsupported);
                return None;
            }
            Err(Refusal::Malformed) => {
                count(&mut counters.malformed);
                return None;
            }
        }
        count(&mut counters.accepted);
        let in_view = |page: Page| Some((page.system, self.in_view.take(&page)?));
        Some(self.fix.apply(report, report.page.and_then(in_view), now))
    }
}

impl<const LINE: usize> Default for Receiver<LINE> {
    fn default() -> Self {
        Self::new()
    }
}
