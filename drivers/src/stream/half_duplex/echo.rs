//! The search for a command's echo.

/// A search in bytes that come piece by piece.
pub(super) struct Echo<'a> {
    command: &'a [u8],
    /// How many of the last bytes are a beginning of the command.
    matched: usize,
    seen: usize,
}

impl<'a> Echo<'a> {
    pub(super) const fn of(command: &'a [u8]) -> Self {
        Self { command, matched: 0, seen: 0 }
    }

    /// Searches the next bytes. Returns how many there are up to the end of the echo.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut taken = 0;
        for byte in bytes {
            if self.matched == self.command.len() {
                break;
            }
            taken += 1;
            self.matched = self.matched_with(*byte);
        }
        self.seen = self.seen.saturating_add(taken);
        (self.matched == self.command.len()).then_some(taken)
    }

    /// Returns how many bytes came that are no part of the echo.
    pub(super) const fn unasked(&self) -> usize {
        self.seen.saturating_sub(self.matched)
    }

    /// Returns the longest beginning of the command that ends with `byte`.
    fn matched_with(&self, byte: u8) -> usize {
        let is_matched = |len: &usize| {
            let start = self.command.get(..*len).unwrap_or_default();
            let Some((last, before)) = start.split_last() else { return true };
            let so_far = self.command.get(..self.matched).unwrap_or_default();
            *last == byte && so_far.ends_with(before)
        };
        (0..=self.matched + 1).rev().find(is_matched).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Echo;

    /// Checks where the echo ends, with `bytes` in pieces of each length.
    #[track_caller]
    fn check(command: &[u8], bytes: &[u8], expected: Option<usize>) {
        for size in 1..=bytes.len().max(1) {
            let mut echo = Echo::of(command);
            let mut before = 0;
            let mut found = echo.find(b"");
            for piece in bytes.chunks(size) {
                if found.is_some() {
                    break;
                }
                found = echo.find(piece).map(|end| before + end);
                before += piece.len();
            }
            assert_eq!(found, expected, "in pieces of {size}");
            if let Some(end) = found {
                assert_eq!(echo.unasked(), end - command.len(), "in pieces of {size}");
            }
        }
    }

    #[test]
    fn an_echo_ends_with_the_last_byte_of_the_command() {
        check(b"AT\r", b"AT\r\r\nOK\r\n", Some(3));
        check(b"AT\r", b"AT", None);
        check(b"", b"", Some(0));
    }

    #[test]
    fn what_came_before_is_passed_over() {
        check(b"AT\r", b"\r\nRING\r\nAT\r", Some(11));
        check(b"AT\r", b"AAT\r", Some(4));
        check(b"AT\r", b"ATAT\r", Some(5));
        check(b"aab", b"aaab", Some(4));
        check(b"abac", b"ababac", Some(6));
    }

    #[test]
    fn an_echo_with_a_wrong_byte_is_none() {
        check(b"AT+CSQ\r", b"AT+CSP\r\r\nOK\r\n", None);
        check(b"AT+CSQ\r", b"AT+CSSQ\r", None);
        check(b"AT+CSQ\r", b"AT+CQ\r", None);
    }
}
