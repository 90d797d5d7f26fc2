//! Messages of one line, whatever the names in them.

use std::fmt::{self, Write};

/// A formatter that escapes control characters: those in the names of files, lines and other
/// programs would end the line, or a terminal would obey them.
pub(crate) struct OneLine<'a, 'b>(pub(crate) &'a mut fmt::Formatter<'b>);

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.split_inclusive(char::is_control).try_for_each(|part| {
            match part.char_indices().next_back() {
                Some((at, last)) if last.is_control() => {
                    write!(self.0, "{}{}", &part[..at], last.escape_debug())
                }
                _ => self.0.write_str(part),
            }
        })
    }
}
