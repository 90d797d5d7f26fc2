//! Instructions as bars, in an SVG: a bar per executor for each operation, on a scale of powers
//! of ten.

use std::fmt::Write as _;

use super::shown::{rows, used};
use super::table::{COLUMNS, Part};

/// The operations that are drawn: one of those that differ by their number of tasks.
const DRAWN: [&str; 9] = [
    "switch among 100 tasks",
    "spawn to end",
    "sleep",
    "timer of 100 fires",
    "timer of 100 given up",
    "lock handed over",
    "item through a queue",
    "edge",
    "64 bytes",
];

/// The colors of [`COLUMNS`]: blues and greens are ours. Each is seen on white and on black.
const COLORS: [&str; COLUMNS.len()] =
    ["#5b9bd5", "#1f6fb4", "#2a9d8f", "#4caf50", "#e07b39", "#b5651d", "#c2528b", "#8d6fc4"];

// In pixels.
const NAMES: usize = 170;
const TENFOLD: f64 = 105.0;
const FIGURES: usize = 70;
const BAR: usize = 13;
const GAP: usize = 12;
const HEAD: usize = 62;

/// Where bars begin, in instructions.
const LEAST: f64 = 10.0;

const STYLE: &str = "text{font:12px sans-serif;fill:#1f2328}.t{font-weight:bold}\
    .g{stroke:#8b949e;stroke-opacity:.35}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}}";

/// Draws a part of the table.
pub(super) fn svg(part: &Part) -> String {
    let columns: Vec<_> = used(std::slice::from_ref(part)).collect();
    let drawn: Vec<_> = part.rows.iter().zip(rows(part)).filter(|(row, _)| is_drawn(row)).collect();
    let figures = drawn.iter().flat_map(|(row, _)| row.cells.iter().flatten());
    let most = figures.copied().fold(LEAST, f64::max).log10().ceil();
    let tenfolds = (most - LEAST.log10()).max(1.0);
    let width = NAMES + (tenfolds * TENFOLD) as usize + FIGURES;
    let mut bars = String::new();
    let mut y = HEAD + 4;
    for (row, shown) in &drawn {
        let _ = writeln!(bars, "<text x=\"0\" y=\"{}\">{}</text>", y + BAR - 3, row.operation);
        for (nth, column) in &columns {
            let Some(each) = row.cells[*nth] else { continue };
            let length = ((each.max(LEAST) / LEAST).log10() * TENFOLD).max(1.0);
            let text = &shown.cells[*nth].text;
            let _ = writeln!(
                bars,
                "<rect x=\"{NAMES}\" y=\"{y}\" width=\"{length:.1}\" height=\"{}\" fill=\"{}\">\
                 <title>{}: {}: {text}</title></rect><text x=\"{:.1}\" y=\"{}\">{text}</text>",
                BAR - 2,
                COLORS[*nth],
                row.operation,
                column.name,
                NAMES as f64 + length + 4.0,
                y + BAR - 3,
            );
            y += BAR;
        }
        y += GAP;
    }
    let title = part.section.title();
    let mut head =
        format!("<text class=\"t\" x=\"0\" y=\"14\">{title}, on a scale of powers of ten</text>\n");
    let mut x = 0;
    for (nth, column) in &columns {
        let _ = writeln!(
            head,
            "<rect x=\"{x}\" y=\"26\" width=\"10\" height=\"10\" fill=\"{}\"/><text x=\"{}\" y=\"35\">{}</text>",
            COLORS[*nth],
            x + 14,
            column.name,
        );
        x += 30 + 7 * column.name.len();
    }
    for nth in 0..=tenfolds as u32 {
        let x = NAMES + (f64::from(nth) * TENFOLD) as usize;
        let _ = writeln!(
            head,
            "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>\
             <line class=\"g\" x1=\"{x}\" y1=\"{HEAD}\" x2=\"{x}\" y2=\"{y}\"/>",
            HEAD - 4,
            LEAST as u32 * 10_u32.pow(nth),
        );
    }
    let width = width.max(x);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title desc\" \
         width=\"{width}\" height=\"{y}\" viewBox=\"0 0 {width} {y}\">\n\
         <title id=\"title\">{title}</title>\n\
         <desc id=\"desc\">A bar per executor for each operation. The table has the same figures.</desc>\n\
         <style>{STYLE}</style>\n{head}{bars}</svg>\n"
    )
}

fn is_drawn(row: &super::table::Row) -> bool {
    DRAWN.contains(&&*row.operation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::figures::figures;
    use crate::compare::table::{Machine, Table};

    #[test]
    fn a_tenfold_is_one_length_and_a_lacking_bar_leaves_no_room() {
        let mut table = Table::default();
        let line = |operation, count| {
            let line = |times, count| format!("instructions\t{operation}\t{times}\t{count}\n");
            line(0, 0) + &line(1, count)
        };
        let mut add = |column, lines: String| {
            table.add(Machine::Host, column, figures(&lines).unwrap()).unwrap();
        };
        add("sim", line("sleep", 100) + &line("edge", 1_000) + &line("switch of 1 task", 7));
        add("tokio", line("sleep", 1_000));
        let svg = svg(&table.parts[0]);
        let widths = svg.split("width=\"").skip(1).filter_map(|it| it.split_once('"'));
        let bars: Vec<_> = widths.map(|(width, _)| width).filter(|it| it.contains('.')).collect();
        assert_eq!(bars, ["105.0", "210.0", "210.0"]);
        assert!(svg.contains("<title>sleep: tokio: ≈ 1 000</title>"), "{svg}");
        // Two operations, of two bars and of one.
        assert!(svg.contains(&format!("height=\"{}\"", HEAD + 4 + 3 * BAR + 2 * GAP)));
    }
}
