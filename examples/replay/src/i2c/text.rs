//! A bus as text: bytes that were decoded, or the levels of its lines.

use embedded_hal::digital::PinState;
use tickwire_sim::i2c::Ack;

use super::Bytes;
use crate::failure::quoted;
use crate::log::{Header, Rows};

/// A line of text.
pub(super) enum Row {
    /// Messages of a transfer.
    Messages(Vec<Box<Bytes>>),
    Levels {
        scl: PinState,
        sda: PinState,
    },
}

/// What is in the columns.
#[derive(Default)]
pub(super) struct Columns {
    /// The number of columns behind the time, and those of SCL and SDA. None if there are bytes.
    levels: Option<(usize, usize, usize)>,
}

impl Rows for Columns {
    type Row = Row;
    const NAME: &'static str = "transfer";

    fn header(&mut self, header: Header<'_>) -> Result<(), String> {
        let is_line = |name: &str| matches!(&*name.to_ascii_uppercase(), "SCL" | "SDA");
        let names: Vec<_> = match header {
            Header::Comment(words) => words.iter().take_while(|word| is_line(word)).collect(),
            Header::Labels(labels) => labels.iter().collect(),
        };
        let place = |wanted: &str| {
            let mut places =
                (0..).zip(&names).filter(|(_, name)| name.eq_ignore_ascii_case(wanted));
            match (places.next(), places.next()) {
                (Some((place, _)), None) => Ok(Some(place)),
                (None, _) => Ok(None),
                (Some(_), Some(_)) => Err(format!("the header has {wanted} twice")),
            }
        };
        self.levels = match (place("SCL")?, place("SDA")?) {
            (Some(scl), Some(sda)) => Some((names.len(), scl, sda)),
            (None, None) => None,
            (Some(_), None) => return Err("the header has no SDA".into()),
            (None, Some(_)) => return Err("the header has no SCL".into()),
        };
        Ok(())
    }

    fn row(&mut self, fields: &[&str]) -> Result<Row, String> {
        let found = || quoted(fields.join(" ").as_bytes());
        if let Some((count, scl, sda)) = self.levels {
            let (true, Some(scl), Some(sda)) =
                (fields.len() == count, fields.get(scl), fields.get(sda))
            else {
                return Err(format!("{} levels, not {count}: {}", fields.len(), found()));
            };
            return Ok(Row::Levels { scl: level(scl)?, sda: level(sda)? });
        }
        let mut messages = Vec::new();
        for message in fields.split(|field| *field == "/") {
            let bytes: Result<Box<Bytes>, String> =
                message.iter().map(|field| byte(field)).collect();
            let bytes = bytes?;
            if bytes.is_empty() {
                return Err(format!("there is no byte: {}", found()));
            }
            messages.push(bytes);
        }
        Ok(Row::Messages(messages))
    }
}

fn level(field: &str) -> Result<PinState, String> {
    match field {
        "0" => Ok(PinState::Low),
        "1" => Ok(PinState::High),
        other => Err(format!("the level {} is neither 0 nor 1", quoted(other.as_bytes()))),
    }
}

/// Reads `8d`, or `8dn` for a byte that was not acknowledged.
fn byte(field: &str) -> Result<(u8, Ack), String> {
    let (digits, ack) = match field.strip_suffix('n') {
        Some(digits) => (digits, Ack::Nack),
        None => (field, Ack::Ack),
    };
    let is_byte = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = u8::from_str_radix(digits, 16).ok().filter(|_| is_byte);
    let byte = byte.ok_or_else(|| {
        let field = quoted(field.as_bytes());
        format!("{field} is not a byte: two hexadecimal digits, and n if it was not acknowledged")
    });
    Ok((byte?, ack))
}
