//! The terminal: what it shows, and what its keys do.

use std::collections::VecDeque;
use std::io;
use std::time;

use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Block, Chart, Dataset, GraphType, Paragraph};
use tickwire_exec_std::StdClock;
use tickwire_traits::{Duration, Timer};

use crate::panel::Panel;
use crate::record::{Known, Record};
use crate::world::{CLICK, DOUBLE_CLICK, LONG_PRESS, World};

const FRAME: Duration = Duration::from_millis(50);

/// What the curves reach back.
const WINDOW_SECONDS: f64 = 120.0;

const KEYS: &str = " q quit   space click   d double   l long   u unplug sensor   g garble GPS ";

/// What it takes to show the display and a word on what happens.
const LEAST: (u16, u16) = (64, 18);

/// Draws, and obeys the keys, until one says quit.
pub(crate) async fn show(world: &World, record: &Record) -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    let shown = async {
        let clock = StdClock::new();
        let mut ticker = clock.ticker(FRAME);
        loop {
            while event::poll(time::Duration::ZERO)? {
                if let Some(line) = match obey(&event::read()?, world) {
                    Obeyed::Quit => return Ok(()),
                    Obeyed::Did(what) => Some(what),
                    Obeyed::Nothing => None,
                } {
                    record.tell(line);
                }
            }
            terminal.draw(|frame| draw(frame, world, record))?;
            ticker.tick().await;
        }
    };
    let _restore = Restore;
    shown.await
}

/// Gives the terminal back, also when the future is dropped.
struct Restore;

impl Drop for Restore {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

enum Obeyed {
    Quit,
    Did(&'static str),
    Nothing,
}

fn obey(event: &Event, world: &World) -> Obeyed {
    let Event::Key(key) = event else { return Obeyed::Nothing };
    if key.kind == KeyEventKind::Release {
        return Obeyed::Nothing;
    }
    let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c') if with_control => return Obeyed::Quit,
        KeyCode::Char('q') | KeyCode::Esc => return Obeyed::Quit,
        KeyCode::Char(' ' | 'c') | KeyCode::Enter => world.press(CLICK),
        KeyCode::Char('d') => world.press(DOUBLE_CLICK),
        KeyCode::Char('l') => world.press(LONG_PRESS),
        KeyCode::Char('u') => {
            let plugged = world.toggle_sensor();
            return Obeyed::Did(if plugged { "sensor plugged in" } else { "sensor unplugged" });
        }
        KeyCode::Char('g') => {
            return Obeyed::Did(match world.toggle_garbling() {
                Some(true) => "GPS line garbled",
                Some(false) => "GPS line clean",
                None => "a real GPS line is not ours to garble",
            });
        }
        _ => {}
    }
    Obeyed::Nothing
}

fn draw(frame: &mut Frame<'_>, world: &World, record: &Record) {
    let area = frame.area();
    let (columns, rows) = LEAST;
    if area.width < columns || area.height < rows {
        let line = format!("needs {columns} x {rows}, has {} x {}", area.width, area.height);
        return frame.render_widget(Line::from(line), area);
    }
    let (lcd_width, lcd_height) = Panel::size(&world.display);
    let full = area.width >= lcd_width + 2 && area.height >= lcd_height + 18;
    let lcd_height = 2 + if full { lcd_height } else { lcd_height.div_ceil(2) };
    // The display comes first; curves are for who has room.
    let left = area.height - lcd_height - 1;
    let curves_height = if left >= 14 { left / 2 } else { 0 };
    let [lcd, curves, below, keys] = Layout::vertical([
        Constraint::Length(lcd_height),
        Constraint::Length(curves_height),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(area);
    draw_lcd(frame, lcd, world);
    let known = record.known();
    if curves_height > 0 {
        let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).areas(curves);
        draw_curve(frame, left, "temperature, °C", &known.temperatures, Color::LightRed);
        draw_curve(frame, right, "humidity, %", &known.humidities, Color::LightBlue);
    }
    let [log, traffic, counters] =
        Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2), Constraint::Length(34)])
            .areas(below);
    draw_lines(frame, log, "events", known.log.iter());
    draw_lines(frame, traffic, "I2C", record.traffic().iter());
    frame.render_widget(counts(&known, world), counters);
    frame.render_widget(Line::from(KEYS).reversed(), keys);
}

fn draw_lcd(frame: &mut Frame<'_>, area: Rect, world: &World) {
    let (width, height) = Panel::size(&world.display);
    let wide = area.width >= width + 2 && area.height >= height + 2;
    let width = if wide { width } else { width.div_ceil(2) };
    let [area] = Layout::horizontal([Constraint::Length(width + 2)])
        .flex(ratatui::layout::Flex::Center)
        .areas(area);
    let block = Block::bordered().title(" HD44780, 20 x 4 ");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    frame.render_widget(Panel(&world.display), inner);
}

fn draw_curve(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    samples: &VecDeque<(f64, f64)>,
    color: Color,
) {
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

/// Draws the last lines there is room for.
fn draw_lines<'a>(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    lines: impl DoubleEndedIterator<Item = &'a String> + ExactSizeIterator,
) {
    let block = Block::bordered().title(format!(" {title} "));
    let skipped = lines.len().saturating_sub(block.inner(area).height.into());
    let shown: Vec<_> = lines.skip(skipped).map(|line| Line::from(line.as_str())).collect();
    frame.render_widget(Paragraph::new(shown).block(block), area);
}

fn counts(known: &Known, world: &World) -> Paragraph<'static> {
    let counters = &known.counters;
    let rows = [
        ("sentences accepted", u64::from(counters.accepted)),
        ("bad checksum", counters.bad_checksum.into()),
        ("torn or too long", u64::from(counters.torn) + u64::from(counters.too_long)),
        ("malformed", counters.malformed.into()),
        ("I2C transfers", world.bus.transfers()),
        ("I2C refusals", world.bus.refused()),
        ("climate failures", known.sensor_failures),
        ("LCD violations", world.display.violations() + known.display_failures),
    ];
    let lines = rows.map(|(name, count)| Line::from(format!("{name:<20}{count:>11}")));
    Paragraph::new(lines.to_vec()).block(Block::bordered().title(" counters "))
}
