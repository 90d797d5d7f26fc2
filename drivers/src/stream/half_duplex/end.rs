//! The end of an answer.

#[derive(Clone, Copy)]
pub(super) enum End {
    /// Any of these. Silence if there is none.
    Any(&'static [&'static [u8]]),
    /// Whatever the function finds complete.
    When(fn(&[u8]) -> bool),
}

impl End {
    pub(super) const fn is_silence(self) -> bool {
        matches!(self, Self::Any([]))
    }

    /// Returns the length of the answer if `bytes` have an end, which is not in the first
    /// `searched`.
    pub(super) fn find(self, bytes: &[u8], searched: usize) -> Option<usize> {
        if self.is_silence() {
            return None;
        }
        (searched + 1..=bytes.len()).find(|len| {
            let answer = bytes.get(..*len).unwrap_or_default();
            match self {
                Self::Any(ends) => ends.iter().any(|end| answer.ends_with(end)),
                Self::When(is_complete) => is_complete(answer),
            }
        })
    }
}

/// The final results that are a whole line (ITU-T V.250, table 1).
const RESULTS: &[&[u8]] =
    &[b"OK", b"ERROR", b"CONNECT", b"NO CARRIER", b"NO DIALTONE", b"BUSY", b"NO ANSWER"];

/// The beginnings of final results that tell more (V.250 6.2.7; 3GPP TS 27.007, 9.1; TS 27.005,
/// 3.2.5).
const STARTS: &[&[u8]] = &[b"CONNECT ", b"+CME ERROR: ", b"+CMS ERROR: "];

/// Returns whether the answer to an AT command is complete: whether its last line is a final
/// result, such as `OK` or `+CME ERROR: 10`, with its CR LF.
///
/// For [`HalfDuplex::with_end`](super::HalfDuplex::with_end). Lines that a modem sends unasked,
/// such as `RING`, are no final results: those that come before one are in the answer.
///
/// ```
/// use tickwire_drivers::stream::is_final_result;
///
/// assert!(is_final_result(b"\r\n+CSQ: 17,0\r\n\r\nOK\r\n"));
/// assert!(is_final_result(b"\r\n+CME ERROR: 10\r\n"));
/// assert!(!is_final_result(b"\r\n+CGMM: BOOK\r\n"));
/// ```
pub fn is_final_result(answer: &[u8]) -> bool {
    let Some(lines) = answer.strip_suffix(b"\r\n") else { return false };
    let line = lines.rsplit(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    RESULTS.contains(&line) || STARTS.iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;

    use super::{End, is_final_result};

    /// Checks the length of the answer, with every number of bytes searched before.
    #[track_caller]
    fn check(end: End, bytes: &[u8], expected: Option<usize>) {
        for searched in 0..expected.unwrap_or(bytes.len()) {
            assert_eq!(end.find(bytes, searched), expected, "{searched} searched");
        }
    }

    #[test]
    fn an_answer_ends_at_the_first_of_its_endings() {
        const ENDINGS: &[&[u8]] = &[b"OK\r\n", b"ERROR\r\n"];
        check(End::Any(ENDINGS), b"1\r\nOK\r\nRING\r\n", Some(7));
        check(End::Any(ENDINGS), b"ERROR\r\nOK\r\n", Some(7));
        check(End::Any(ENDINGS), b"OK\r", None);
        check(End::Any(&[]), b"OK\r\n", None);
    }

    #[test]
    fn an_answer_ends_with_a_line_that_is_a_final_result() {
        let end = End::When(is_final_result);
        check(end, b"\r\nOK\r\n\r\nRING\r\n", Some(6));
        check(end, b"OK\r\n", Some(4));
        check(end, b"\r\nRING\r\n\r\nBUSY\r\n", Some(16));
        check(end, b"\r\nNO CARRIER\r\n", Some(14));
        check(end, b"\r\nCONNECT 9600\r\n", Some(16));
        check(end, b"\r\n+CMS ERROR: 500\r\n", Some(19));
    }

    #[test]
    fn a_line_with_a_result_in_it_ends_nothing() {
        let end = End::When(is_final_result);
        for line in ["BOOK", "OK 1", "ERROR 1", "+CME ERROR", "no carrier", "RING", "", "> "] {
            check(end, format!("\r\n{line}\r\n").as_bytes(), None);
        }
        check(end, b"\r\nOK", None);
        check(end, b"\r\nOK\n", None);
    }
}
