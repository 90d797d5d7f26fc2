//! What a modem answers.

use tickwire_traits::Duration;

use super::Answer;

/// Obeys a command line.
pub(super) fn answer(line: &[u8], has_echo: &mut bool) -> Answer {
    let Some(command) = line.strip_prefix(b"AT") else { return Vec::new() };
    let now = |text: &str| vec![(Duration::ZERO, framed(text))];
    match command {
        b"" | b"H" => now("OK"),
        b"E0" | b"E1" => {
            *has_echo = command == b"E1";
            now("OK")
        }
        b"+CSQ" => vec![(Duration::from_millis(2), [framed("+CSQ: 17,0"), framed("OK")].concat())],
        b"+CGMM" => vec![
            (Duration::from_millis(2), framed("+CGMM: BOOK")),
            // A pause that is longer than most silences: the result decides.
            (Duration::from_millis(150), framed("OK")),
        ],
        b"+COPS=?" => vec![
            (Duration::from_secs(3), framed("+COPS: (2,\"Tickwire\")")),
            (Duration::ZERO, framed("OK")),
        ],
        [b'D', number @ ..] if number.iter().all(u8::is_ascii_digit) && !number.is_empty() => {
            vec![(Duration::from_secs(1), framed("CONNECT 9600"))]
        }
        _ => now("ERROR"),
    }
}

/// Returns a line between CR LF and CR LF (V.250, 5.7.1).
fn framed(text: &str) -> Vec<u8> {
    format!("\r\n{text}\r\n").into_bytes()
}
