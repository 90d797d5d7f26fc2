//! The keys of a terminal in raw mode.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::unix::fs::OpenOptionsExt;

use embedded_io_async::Read;
use rustix::fs::OFlags;
use tickwire_exec_std::Fd;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A character, or a part of one.
    Byte(u8),
    /// The arrows.
    Left,
    Right,
}

pub(crate) const CTRL_C: u8 = 0x03;
pub(crate) const ENTER: u8 = b'\r';
pub(crate) const CTRL_Z: u8 = 0x1a;
pub(crate) const ESCAPE: u8 = 0x1b;

/// The keyboard of the terminal.
///
/// crossterm's `event::poll` does not serve: when the terminal hangs up it reads the
/// end of the file in a loop and never returns, so SIGHUP would not be noticed.
pub(crate) struct Keyboard(Fd<File>);

impl Keyboard {
    /// Opens the terminal once more: this descriptor does not block, and shares
    /// that with nobody.
    pub(crate) fn open() -> io::Result<Self> {
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
        let open = |path| File::options().read(true).custom_flags(flags).open(path);
        let stdin = io::stdin().is_terminal().then(|| open("/proc/self/fd/0").ok()).flatten();
        stdin.map_or_else(|| open("/dev/tty"), Ok).and_then(Fd::new).map(Self)
    }

    /// Waits for keys. None if the terminal is gone.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: keys are taken only by resolving.
    pub(crate) async fn keys(&mut self) -> io::Result<Option<Vec<Key>>> {
        let mut bytes = [0; 256];
        match self.0.read(&mut bytes).await? {
            0 => Ok(None),
            len => Ok(Some(keys(&bytes[..len]))),
        }
    }
}

/// Removes the escape sequences that other keys than characters send, but for those of two
/// arrows: a control sequence (ECMA-48, section 5.4), SS3 and a character, or, with Alt, Escape
/// and a character. An Escape at the end is the key of that name.
fn keys(mut bytes: &[u8]) -> Vec<Key> {
    let mut keys = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        bytes = match (*first, rest) {
            (ESCAPE, [b'[' | b'O', arrow @ (b'C' | b'D'), rest @ ..]) => {
                keys.push(if *arrow == b'C' { Key::Right } else { Key::Left });
                rest
            }
            (ESCAPE, [b'[', rest @ ..]) => {
                let end = rest.iter().position(|byte| (0x40..=0x7e).contains(byte));
                end.map_or(&[][..], |end| &rest[end + 1..])
            }
            (ESCAPE, [b'O', _, rest @ ..] | [_, rest @ ..]) => rest,
            (key, rest) => {
                keys.push(Key::Byte(key));
                rest
            }
        };
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &str, expected: &str) {
        let letter = |key| match key {
            Key::Byte(byte) => char::from(byte),
            Key::Left => '←',
            Key::Right => '→',
        };
        let keys: String = keys(bytes.as_bytes()).into_iter().map(letter).collect();
        assert_eq!(keys, expected, "{bytes:?}");
    }

    #[test]
    fn escape_sequences_are_no_keys_and_escape_is_one() {
        check("", "");
        check("ud q", "ud q");
        check("\x1b", "\x1b");
        check("u\x1b", "u\x1b");
        check("\x1b[A", ""); // Up.
        check("\x1b[Aq\x1b[B", "q");
        check("\x1b[Dp\x1b[C", "←p→");
        check("\x1bOD\x1bOC1", "←→1"); // In the mode of applications.
        check("\x1b[1;5Cd", "d"); // Ctrl-right.
        check("\x1b[15~l", "l"); // F5.
        check("\x1bOPu", "u"); // F1.
        check("\x1bq", ""); // Alt-q.
        check("\x1b[<0;3;4Mg", "g"); // The mouse.
        check("\x1b[12", ""); // Torn.
        check("\x1bO", "");
    }
}
