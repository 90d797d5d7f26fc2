//! Reading what a logic analyser wrote.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use embedded_hal::digital::PinState;
use tickwire_traits::Instant;
use vcd::{Command, ScopeItem, Value};

/// What a driver may wait for begins before the end of time: no capture is longer.
const LONGEST_MICROS: u64 = u64::MAX / 2;

/// The levels of one signal, each from its time on. Times do not go back.
pub(crate) type Levels = Vec<(Instant, PinState)>;

/// Reads one signal of a text file or, if it is called `.vcd`, of a VCD file.
pub(crate) fn read(path: &Path, signal: Option<&str>, column: usize) -> Result<Levels, String> {
    let in_file = |error: String| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| in_file(error.to_string()))?;
    let file = BufReader::new(file);
    match (is_vcd(path), signal) {
        (true, Some(signal)) => read_vcd(file, signal).map_err(in_file),
        (true, None) => Err(in_file("a VCD file wants --signal NAME".into())),
        (false, None) => read_text(file, column).map_err(in_file),
        (false, Some(_)) => Err(in_file("--signal is for .vcd files; this wants --column".into())),
    }
}

/// Whether a file is a VCD file, by its name.
pub(crate) fn is_vcd(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("vcd"))
}

/// `time_us level [level ...]`, a line a change.
fn read_text(text: impl BufRead, column: usize) -> Result<Levels, String> {
    let mut levels = Levels::new();
    for (number, line) in (1..).zip(text.split(b'\n')) {
        let line = line.map_err(|error| error.to_string())?;
        let in_line = |what: &str| format!("line {number}: {what}");
        let line = std::str::from_utf8(&line).map_err(|_| in_line("not text"))?.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut columns = line.split_whitespace();
        let at = columns.next().and_then(micros).ok_or_else(|| in_line("not a time in us"))?;
        if levels.last().is_some_and(|(before, _)| at < *before) {
            return Err(in_line("time goes back"));
        }
        let level = match columns.nth(column - 1) {
            Some("0") => PinState::Low,
            Some("1") => PinState::High,
            Some(_) => return Err(in_line("the level is neither 0 nor 1")),
            None => return Err(in_line("there is no such column")),
        };
        if !columns.all(|more| more.parse::<f64>().is_ok()) {
            return Err(in_line("more columns, which are not numbers"));
        }
        levels.push((at, level));
    }
    Ok(levels)
}

/// Microseconds, whose decimal fraction is cut off.
fn micros(text: &str) -> Option<Instant> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits(whole) && digits(fraction);
    number.then(|| whole.parse().ok()).flatten().and_then(instant)
}

fn instant(micros: u64) -> Option<Instant> {
    (micros <= LONGEST_MICROS).then_some(Instant::from_micros(micros))
}

fn read_vcd(file: impl BufRead, signal: &str) -> Result<Levels, String> {
    // The parser wants a line end, which not every writer puts behind the last line.
    let mut vcd = vcd::Parser::new(file.chain(&b"\n"[..]));
    let header = vcd.parse_header().map_err(|error| error.to_string())?;
    let id = find(&header.items, "", signal)?;
    let (count, unit) = header.timescale.ok_or("it has no timescale")?;
    // In 1e-15 s, the smallest unit there is.
    let tick = u128::from(count) * (1_000_000_000_000_000 / u128::from(unit.divisor()));
    let mut levels = Levels::new();
    let mut note = |at, value| match value {
        Value::V0 => levels.push((at, PinState::Low)),
        Value::V1 => levels.push((at, PinState::High)),
        // Unknown and floating: the level is what it was.
        Value::X | Value::Z => {}
    };
    let mut now = Instant::EPOCH;
    while let Some(command) = vcd.next() {
        match command.map_err(|error| error.to_string())? {
            Command::Timestamp(ticks) => {
                let at = u128::from(ticks) * tick / 1_000_000_000;
                let at = u64::try_from(at).ok().and_then(instant);
                let at = at.ok_or_else(|| format!("line {}: too late", vcd.line()))?;
                if at < now {
                    return Err(format!("line {}: time goes back", vcd.line()));
                }
                now = at;
            }
            Command::ChangeScalar(changed, value) if changed == id => note(now, value),
            // Some tools write a bit as a vector of one.
            Command::ChangeVector(changed, bits) if changed == id => {
                bits.iter().last().into_iter().for_each(|value| note(now, value));
            }
            _ => {}
        }
    }
    Ok(levels)
}

/// Finds a signal by its name, or by its path with dots.
fn find(items: &[ScopeItem], path: &str, name: &str) -> Result<vcd::IdCode, String> {
    let mut found = Vec::new();
    collect(items, path, name, &mut found);
    match found[..] {
        [(id, 1)] => Ok(id),
        [(_, bits)] => Err(format!("signal `{name}` has {bits} bits")),
        [] => Err(format!("there is no signal `{name}`")),
        _ => Err(format!("there are several signals `{name}`: name it with its scopes")),
    }
}

fn collect(items: &[ScopeItem], path: &str, name: &str, found: &mut Vec<(vcd::IdCode, u32)>) {
    for item in items {
        match item {
            ScopeItem::Var(var) => {
                let full = format!("{path}{}", var.reference);
                let signal = (var.code, var.size);
                // One that goes through several scopes is one: it has one code.
                if (var.reference == name || full == name) && !found.contains(&signal) {
                    found.push(signal);
                }
            }
            ScopeItem::Scope(scope) => {
                collect(&scope.items, &format!("{path}{}.", scope.identifier), name, found);
            }
            _ => {}
        }
    }
}
