//! The row of the knob, the remote control and the backlight.

use ratatui::style::{Color, Stylize};
use ratatui::text::{Line, Span};

use crate::record::Controls;
use crate::report;

/// The marks of a knob's scale, which goes around.
const MARKS: i32 = 12;
/// The length of the bar of the backlight.
const BAR: usize = 10;

/// Shows where the knob is, and the last key of the remote control, with what was wrong.
pub(super) fn row(controls: &Controls) -> Line<'static> {
    let Controls { position, illegal, key, bad_frames, brightness } = controls;
    let at = position.rem_euclid(MARKS);
    let scale: String = (0..MARKS).map(|mark| if mark == at { '●' } else { '·' }).collect();
    let key = match key {
        Some((address, command)) => report::key(*address, *command),
        None => "no key yet".to_owned(),
    };
    let mut spans = vec![" knob ".into(), scale.fg(Color::LightYellow)];
    spans.push(wrong(illegal.map(u64::from), "illegal"));
    spans.extend([Span::from("   remote "), key.fg(Color::LightYellow)]);
    spans.push(wrong(*bad_frames, "bad"));
    if let Some(percent) = brightness {
        let lit = usize::from(*percent) * BAR / 100;
        spans.push(Span::from("   light "));
        spans.push("█".repeat(lit).fg(Color::LightYellow));
        spans.push("░".repeat(BAR - lit).fg(Color::DarkGray));
        spans.push(format!(" {percent} %").into());
    }
    Line::from(spans)
}

/// Nothing, as long as nothing is wrong.
fn wrong(count: Option<u64>, what: &str) -> Span<'static> {
    match count {
        None | Some(0) => Span::default(),
        Some(count) => format!(" ({count} {what})").fg(Color::LightRed),
    }
}
