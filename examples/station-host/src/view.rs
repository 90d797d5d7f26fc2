//! What the screen shows.

mod controls;
mod panes;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Block, Chart, Dataset, GraphType, Paragraph};

use crate::gps_line::LineState;
use crate::panel::Panel;
use crate::record::{Known, Record};
use crate::report;
use crate::world::World;
use panes::Panes;

/// What the curves reach back.
const WINDOW_SECONDS: f64 = 120.0;

/// What the keys do, the most wanted first.
const KEYS: [&str; 12] = [
    "q quit",
    "space click",
    "d double",
    "←→ turn",
    "p push",
    "0-9 remote",
    "+- light",
    "l long",
    "[]o remote",
    "u unplug sensor",
    "g garble GPS",
    "^Z stop",
];

/// How long the time in front of an event is.
const STAMP_WIDTH: usize = 13;

/// Draws everything there is room for.
pub(crate) fn draw(frame: &mut Frame<'_>, world: &World, record: &Record) {
    let known = record.known();
    let notice = match record.gps_line_state() {
        LineState::Open => String::new(),
        state => report::gps_line_text(&state),
    };
    let panes = Panes::new(frame.area(), notice.len());
    if let Some((look, area)) = panes.lcd {
        let brightness = known.controls.brightness.unwrap_or(100);
        frame.render_widget(Panel { display: &world.display, look, brightness }, area);
    }
    let [temperature, humidity] = panes.curves;
    draw_curve(frame, temperature, "temperature, °C", &known.temperatures, Color::LightRed);
    draw_curve(frame, humidity, "humidity, %", &known.humidities, Color::LightBlue);
    draw_lines(frame, panes.events, "events", &known.log);
    draw_lines(frame, panes.traffic, "I2C", &record.traffic());
    frame.render_widget(counts(&known, world), panes.counters);
    frame.render_widget(controls::row(&known.controls), panes.controls);
    frame.render_widget(Line::from(notice).centered().black().on_yellow(), panes.notice);
    frame.render_widget(Line::from(keys(panes.keys.width)).reversed(), panes.keys);
}

fn draw_curve(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    samples: &VecDeque<(f64, f64)>,
    color: Color,
) {
    if area.is_empty() {
        return;
    }
    let now = samples.back().map_or(0.0, |(at, _)| *at);
    let start = (now - WINDOW_SECONDS).max(0.0);
    let seen: Vec<_> = samples.iter().copied().filter(|(at, _)| *at >= start).collect();
    let low = seen.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let high = seen.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if seen.is_empty() { (0.0, 1.0) } else { (low - 0.2, high + 0.2) };
    let curve = Dataset::default()
        .marker(Marker::Braille)
        .graph_type(GraphType::Line)
        .style(Style::new().fg(color))
        .data(&seen);
    let chart = Chart::new(vec![curve])
        .block(Block::bordered().title(format!(" {title} ")))
        .x_axis(
            Axis::default()
                .bounds([start, start + WINDOW_SECONDS])
                .labels([format!("{start:.0} s"), format!("{:.0} s", start + WINDOW_SECONDS)]),
        )
        .y_axis(
            Axis::default().bounds([low, high]).labels([format!("{low:.1}"), format!("{high:.1}")]),
        );
    frame.render_widget(chart, area);
}

/// Draws the last lines there is room for, each in full, in a frame if there is
/// room for one.
fn draw_lines(frame: &mut Frame<'_>, area: Rect, title: &str, lines: &VecDeque<String>) {
    let inner = panes::inside(area);
    if inner != area {
        frame.render_widget(Block::bordered().title(format!(" {title} ")), area);
    }
    let rows = last_rows(lines, inner.width.into(), inner.height.into());
    frame
        .render_widget(Paragraph::new(rows.into_iter().map(Line::from).collect::<Vec<_>>()), inner);
}

/// The last lines, folded into rows of `width`: as many lines as fit into `height`
/// rows. One that does not fit alone loses its end.
fn last_rows(lines: &VecDeque<String>, width: usize, height: usize) -> Vec<String> {
    // Under what is told, not under the time, where that leaves room for words.
    let indent = " ".repeat(match width {
        0..8 => 0,
        8..36 => 2,
        36.. => STAMP_WIDTH,
    });
    let folding = textwrap::Options::new(width.max(1)).subsequent_indent(&indent);
    let mut shown: VecDeque<Vec<String>> = VecDeque::new();
    let mut room = height;
    for line in lines.iter().rev() {
        let rows: Vec<_> = textwrap::wrap(line, &folding).into_iter().map(Into::into).collect();
        if rows.len() > room && !shown.is_empty() {
            break;
        }
        room = room.saturating_sub(rows.len());
        shown.push_front(rows);
    }
    shown.into_iter().flatten().take(height).collect()
}

fn counts(known: &Known, world: &World) -> Paragraph<'static> {
    let counters = &known.counters;
    let (transfers, refused) = match &world.bus {
        Some(bus) => (bus.transfers(), bus.refused()),
        None => (known.transfers, known.refused),
    };
    let rows = [
        ("sentences accepted", u64::from(counters.accepted)),
        ("bad checksum", counters.bad_checksum.into()),
        ("torn or too long", u64::from(counters.torn) + u64::from(counters.too_long)),
        ("malformed", counters.malformed.into()),
        ("I2C transfers", transfers),
        ("I2C refusals", refused),
        ("climate failures", known.sensor_failures),
        ("LCD violations", world.display.violations() + known.display_failures),
    ];
    let lines = rows.map(|(name, count)| Line::from(format!("{name:<20}{count:>11}")));
    Paragraph::new(lines.to_vec()).block(Block::bordered().title(" counters "))
}

/// As many whole keys as fit.
fn keys(width: u16) -> String {
    let mut keys = String::new();
    for key in KEYS {
        let longer = format!("{keys} {key}  ");
        if longer.trim_end().chars().count() > width.into() {
            break;
        }
        keys = longer;
    }
    keys
}
