//! What a capture has of a signal: a level, or a number.

use std::fmt;

use embedded_hal::digital::PinState;

use crate::failure::quoted;

/// One of the two.
pub(crate) trait Value: Copy {
    /// What messages call it.
    const NAME: &'static str;

    /// Whether a variable of a VCD file with so many bits is one.
    fn has(bits: u32) -> bool;

    /// Reads a field of a text; none where it is unknown.
    fn of_text(field: &str) -> Result<Option<Self>, String>;

    /// Reads the bits of a VCD file, the highest first.
    fn of_bits(bits: &[vcd::Value]) -> Result<Option<Self>, String>;

    /// Reads a real variable of a VCD file.
    fn of_real(real: f64) -> Result<Option<Self>, String>;
}

/// A decimal number, in billionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) i64);

impl Value for PinState {
    const NAME: &'static str = "level";

    fn has(bits: u32) -> bool {
        bits == 1
    }

    fn of_text(field: &str) -> Result<Option<Self>, String> {
        match field {
            "0" => Ok(Some(Self::Low)),
            "1" => Ok(Some(Self::High)),
            "x" | "X" | "z" | "Z" => Ok(None),
            level => Err(format!("the level {} is neither 0 nor 1", quoted(level.as_bytes()))),
        }
    }

    fn of_bits(bits: &[vcd::Value]) -> Result<Option<Self>, String> {
        // Some tools write a bit as a vector of one.
        Ok(match bits.last() {
            Some(vcd::Value::V0) => Some(Self::Low),
            Some(vcd::Value::V1) => Some(Self::High),
            _ => None,
        })
    }

    fn of_real(_: f64) -> Result<Option<Self>, String> {
        Ok(None) // No variable of one bit has it.
    }
}

impl Value for Number {
    const NAME: &'static str = "value";

    fn has(bits: u32) -> bool {
        bits > 1
    }

    fn of_text(field: &str) -> Result<Option<Self>, String> {
        match field {
            "" | "x" | "X" | "z" | "Z" => Ok(None),
            text => text.parse().map(Some),
        }
    }

    fn of_bits(bits: &[vcd::Value]) -> Result<Option<Self>, String> {
        let mut number = 0_i64;
        for bit in bits {
            let bit = match bit {
                vcd::Value::V0 => 0,
                vcd::Value::V1 => 1,
                vcd::Value::X | vcd::Value::Z => return Ok(None),
            };
            number = number
                .checked_mul(2)
                .and_then(|number| number.checked_add(bit))
                .ok_or("a vector of more than 63 bits")?;
        }
        Self::whole(number).map(Some).ok_or_else(|| format!("the value {number} is too large"))
    }

    fn of_real(real: f64) -> Result<Option<Self>, String> {
        Self::of_float(real).map(Some).ok_or_else(|| format!("the value {real} is too large"))
    }
}

impl Number {
    const ONE: i64 = 1_000_000_000;

    fn whole(number: i64) -> Option<Self> {
        number.checked_mul(Self::ONE).map(Self)
    }

    /// Reads digits with a point or without, which a float may not have room for. Rounds to
    /// billionths.
    fn of_digits(text: &str) -> Option<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        // The tenth digit rounds.
        let tenths: i64 = format!("{fraction:0<10}")[..10].parse().ok()?;
        let whole = Self::whole(whole.parse().ok()?)?.0;
        whole.checked_add((tenths + 5) / 10).map(|number| Self(sign * number))
    }

    fn of_float(number: f64) -> Option<Self> {
        const MOST: f64 = 9e9;
        if number.is_nan() || number.abs() > MOST {
            return None;
        }
        // A whole one stays exact.
        if number.fract() == 0.0 {
            return Self::whole(number as i64);
        }
        Some(Self((number * 1e9).round() as i64))
    }
}

impl std::str::FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = Self::of_digits(text).or_else(|| text.parse().ok().and_then(Self::of_float));
        number.ok_or_else(|| {
            let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
            let what = if is_number { "too large" } else { "no number" };
            format!("the value {} is {what}", quoted(text.as_bytes()))
        })
    }
}

/// Without a fraction that is zero.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / Self::ONE, (self.0 % Self::ONE).unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}", whole.unsigned_abs())?;
        if fraction == 0 {
            return Ok(());
        }
        let digits = format!("{fraction:09}");
        write!(f, ".{}", digits.trim_end_matches('0'))
    }
}
