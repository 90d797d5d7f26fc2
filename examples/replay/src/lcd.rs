//! Character displays: what their lines write on them.

mod columns;
mod input;

use std::io::Write;

use embedded_hal::digital::PinState;
use serde_json::json;
use tickwire_sim::models::hd44780::{Display, Pins, Recorded};
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::{Duration, Instant, Timer};

use crate::failure::Failure;
use crate::options::LcdOptions;
use columns::{Levels, Line};
use input::Input;

/// How long the display has been on when the recording begins: longer than its internal reset.
const POWERED: Duration = Duration::from_millis(100);

pub(crate) fn replay(options: &LcdOptions, out: &mut impl Write) -> Result<(), Failure> {
    let mut input = Input::open(options)?;
    let sim = Sim::new();
    let clock = sim.clock();
    let display = Display::new(clock.clone(), options.columns, options.rows);
    let mut lines: Option<Recorded<SimClock>> = None;
    let mut levels = Levels::default();
    let mut origin = None;
    let mut shown = Picture::of(&display);
    let (mut pulses, mut pictures) = (0_u64, 0_u64);
    sim.run(async {
        while let Some((micros, row)) = input.next()? {
            let origin = *origin.get_or_insert(micros.min(0));
            let since = Duration::from_micros((micros - origin).cast_unsigned());
            clock.sleep_until(Instant::EPOCH + POWERED + since).await;
            let before = levels.of(Line::E);
            levels = levels.then(row);
            let (pins, e) = pins(&levels);
            pulses += u64::from(before == Some(true) && e == PinState::Low);
            let Some(lines) = &lines else {
                lines = Some(Recorded::new(&display, pins, e));
                continue;
            };
            lines.set(pins, e);
            let picture = Picture::of(&display);
            if picture != shown {
                print(out, micros, &picture)?;
                shown = picture;
                pictures += 1;
            }
        }
        Ok::<_, Failure>(())
    })?;
    let counters = json!({
        "pulses": pulses,
        "pictures": pictures,
        "violations": display.violations(),
        "reads": display.reads(),
        "bad_lines": input.bad(),
    });
    writeln!(out, "{counters}")?;
    input.verdict()
}

/// What a viewer sees, but for the shapes of characters.
#[derive(PartialEq)]
struct Picture {
    lines: Vec<String>,
    cursor: Option<(usize, usize)>,
    is_on: bool,
}

impl Picture {
    fn of(display: &Display<SimClock>) -> Self {
        let cursor = display.cursor().or(display.blink());
        Self { lines: display.rows(), cursor, is_on: display.is_on() }
    }
}

fn print(out: &mut impl Write, at: i64, picture: &Picture) -> Result<(), Failure> {
    let Picture { lines, cursor, is_on } = picture;
    let object = json!({ "t_us": at, "lines": lines, "cursor": cursor, "on": is_on });
    Ok(writeln!(out, "{object}")?)
}

/// A level that is not known yet is low, as that of R/W if it was not recorded.
fn pins(levels: &Levels) -> (Pins, PinState) {
    let is_high = |line| levels.of(line).unwrap_or(false);
    let data = [Line::D4, Line::D5, Line::D6, Line::D7];
    let data = (4..).zip(data).fold(0, |data, (bit, line)| data | u8::from(is_high(line)) << bit);
    let pins = Pins { rs: is_high(Line::Rs), rw: is_high(Line::Rw), data };
    (pins, is_high(Line::E).into())
}
