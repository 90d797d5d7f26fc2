//! What executors cost, compared with one another: one table of all that is counted, the bounds
//! of ours, and the page that shows it.
//!
//! [`collect`] and [`boards`] run the programs, whose lines [`figures`] reads; [`table`] is what they counted.
//! [`shown`] rounds it, [`text`] writes it down. [`bounds`] judges ours, [`stale`] the page.
//! [`bars`] draws instructions.
//!
//! [`firmware`] compares the programs of drivers.

mod bars;
mod boards;
mod bounds;
mod collect;
mod figures;
pub(crate) mod firmware;
mod names;
mod page;
mod shown;
mod stale;
mod table;
mod text;

use std::fs;

use crate::report::{Outcome, Stop};
use crate::workspace::{read, root};
use bounds::Bounds;
use collect::Whose;
use figures::What;
use table::{Part, Table};

const PAGE: &str = "benches/README.md";
const PART: &str = "compare";

/// Counts everything, and returns the table. If all of it was counted and ours keeps its bounds,
/// writes it into the page.
///
/// # Errors
///
/// The table and what failed or exceeds its bound.
pub(crate) fn run(accept: bool) -> Outcome {
    // Before the count, which takes minutes.
    let mut bounds = Bounds::read()?;
    page::part(&read(&root().join(PAGE))?, PART)?;
    let mut table = Table::default();
    let mut problems = collect::on_host(&mut table, Whose::Everyones);
    problems.extend(boards::on_boards(&mut table, Whose::Everyones));
    if accept && problems.is_empty() {
        bounds.accept(&table);
        bounds.write()?;
    }
    problems.extend(bounds.judge(&table));
    let told = told(&table, &problems)?;
    let is_whole = table.judged().count() == table.parts.len();
    if cfg!(not(target_arch = "x86_64")) {
        return Ok(format!("{told}\n\n{PAGE} is as it was: it is about x86-64"));
    }
    if is_whole {
        return Ok(format!("{told}\n\n{PAGE} is {}", write(&table)?));
    }
    let (judged, all) = (table.judged().count(), table.parts.len());
    Ok(format!("{told}\n\n{judged} of {all} parts are held to their bounds; {PAGE} is as it was"))
}

/// Counts ours on this machine, and holds it to its bounds and to what the page shows.
pub(crate) fn check() -> Outcome {
    if cfg!(not(target_arch = "x86_64")) {
        return Err(Stop::Absent("the bounds are those of x86-64".to_owned()));
    }
    check_of(collect::on_host)
}

/// The same on boards.
pub(crate) fn check_boards() -> Outcome {
    check_of(boards::on_boards)
}

fn check_of(count: fn(&mut Table, Whose) -> Vec<String>) -> Outcome {
    // Before the count, which takes minutes.
    let bounds = Bounds::read()?;
    let text = read(&root().join(PAGE))?;
    let (from, to) = page::part(&text, PART)?;
    let mut table = Table::default();
    let mut problems = count(&mut table, Whose::Ours);
    problems.extend(bounds.judge(&table));
    let stale = stale::check(&text[from..to], &table);
    if !stale.is_empty() {
        problems.extend(stale);
        problems.push(format!("{PAGE} is stale: cargo xtask compare"));
    }
    if problems.is_empty()
        && let Some(why) = table.parts.iter().find_map(|part| part.missing.as_ref())
    {
        return Err(Stop::Skipped(why.clone()));
    }
    told(&table, &problems)
}

fn told(table: &Table, problems: &[String]) -> Outcome {
    let shown = text::plain(table);
    if problems.is_empty() {
        return Ok(shown);
    }
    Err(format!("{shown}\n\n{}", problems.join("\n")).into())
}

/// Writes the table into the page, and returns what became of the page.
fn write(table: &Table) -> Result<&'static str, String> {
    let path = root().join(PAGE);
    let old = read(&path)?;
    let mut part = text::markdown(table);
    let drawn = table.parts.iter().filter(|part| part.section.what == What::Instructions);
    for drawn in drawn.clone() {
        part += &format!("\n![{}, as bars]({})\n", drawn.section.title(), file(drawn));
    }
    let new = page::replace(&old, PART, &part)?;
    if text::without_what_varies(&new) == text::without_what_varies(&old) {
        return Ok("up to date");
    }
    for drawn in drawn {
        let file = file(drawn);
        fs::write(path.with_file_name(&file), bars::svg(drawn))
            .map_err(|error| format!("{file}: {error}"))?;
    }
    fs::write(&path, new).map_err(|error| format!("{PAGE}: {error}"))?;
    Ok("rewritten")
}

/// Where the bars of a part are, from the page on.
fn file(drawn: &Part) -> String {
    format!("backends/{}.svg", drawn.section.machine.file())
}
