//! Commands, and the sentences that answer them.

use crate::gps::mtk::Answers;
use crate::gps::{Outgoing, Raw};

/// A command to a receiver, and how its answer is recognized.
///
/// [`mtk::Command`](crate::gps::mtk::Command) is one whose answer is a verdict.
/// [`Outgoing`] is any body; its answer is the sentence that came. For another protocol, implement
/// the trait, for an enum of commands as a rule.
///
/// ```
/// use tickwire_drivers::gps::{Outgoing, Raw, Request};
///
/// /// Asks a receiver of u-blox how many satellites it uses.
/// #[derive(Clone, Copy, PartialEq)]
/// struct Used;
///
/// impl Request for Used {
///     type Answer = u8;
///
///     fn encode(&self) -> impl AsRef<[u8]> {
///         Outgoing::<16>::new(b"PUBX,00").unwrap()
///     }
///
///     fn answer(&self, sentence: Raw<'_>) -> Option<u8> {
///         let mut fields = sentence.fields();
///         if sentence.address() != b"PUBX" || fields.next()? != b"00" {
///             return None;
///         }
///         str::from_utf8(fields.nth(16)?).ok()?.parse().ok()
///     }
/// }
/// ```
pub trait Request: Copy + PartialEq {
    /// What an answer says.
    type Answer: Copy;

    /// Returns the sentence, with checksum and CR LF, as [`Outgoing`] makes it.
    fn encode(&self) -> impl AsRef<[u8]>;

    /// Returns what a sentence says if it answers this command.
    fn answer(&self, sentence: Raw<'_>) -> Option<Self::Answer>;

    /// Returns whether receivers answer this command. If not, only [`post`](super::Hub::post) sends
    /// it. The default is `true`.
    fn is_answered(&self) -> bool {
        true
    }

    /// Returns whether an answer to `other` may look like one to this command. If so, this command
    /// waits for a late answer to `other`. The default is `true`.
    fn is_like(&self, other: &Self) -> bool {
        let _ = other;
        true
    }

    /// Returns whether a sentence answers some command, and so is a [stray](super::Strays) if no
    /// call waits for it. The default is `false`.
    fn is_answer(sentence: Raw<'_>) -> bool {
        let _ = sentence;
        false
    }
}

/// Any body. Its answer is the first of these sentences that has at most `N` bytes:
///
/// - to `PMTK` and `PGCMD`, those of [the table](crate::gps::mtk#answers);
/// - to `PAIR`, a `PAIR001` with its number, unless it says that the command is in progress
///   (Airoha, *AG3335 PAIR protocol*);
/// - to `PMTK251`, a change of speed, none: it is for [`post`](super::Hub::post);
/// - to others, a sentence whose fields begin with those of the body: `PUBX,00` is answered by
///   `PUBX,00,…`.
impl<const N: usize> Request for Outgoing<N> {
    type Answer = Self;

    fn encode(&self) -> impl AsRef<[u8]> {
        self.as_bytes()
    }

    fn answer(&self, sentence: Raw<'_>) -> Option<Self> {
        let is_answer = match (Answers::to_body(self.body()), pair(self.body())) {
            (Some(answers), _) => answers.verdict_of(sentence).is_some(),
            (None, Some(number)) => {
                let mut fields = sentence.fields();
                sentence.address() == b"PAIR001"
                    && fields.next() == Some(number)
                    && fields.next() != Some(b"1")
            }
            (None, None) => {
                let rest = sentence.body().strip_prefix(self.body());
                rest.is_some_and(|rest| matches!(rest, [] | [b',', ..]))
            }
        };
        if is_answer { Self::new(sentence.body()) } else { None }
    }

    fn is_answered(&self) -> bool {
        Answers::to_body(self.body()) != Some(Answers::TO_BAUD)
    }

    fn is_like(&self, other: &Self) -> bool {
        match (Answers::to_body(self.body()), Answers::to_body(other.body())) {
            (Some(answers), Some(others)) => answers.overlap(others),
            (None, None) => match (pair(self.body()), pair(other.body())) {
                (Some(number), Some(other)) => number == other,
                (None, None) => {
                    let (body, other) = (self.body(), other.body());
                    body.starts_with(other) || other.starts_with(body)
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_answer(sentence: Raw<'_>) -> bool {
        sentence.address() == b"PAIR001" || Answers::are(sentence)
    }
}

/// Returns the number of a command of Airoha.
fn pair(body: &[u8]) -> Option<&[u8]> {
    let digits = body.strip_prefix(b"PAIR")?.get(..3)?;
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}
