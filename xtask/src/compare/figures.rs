//! What a program counted, as it prints it: what was counted, the operation, the amount of work
//! and the count, separated by tabs.

use std::collections::BTreeMap;
use std::str::FromStr;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Instructions,
    SystemCalls,
    Polls,
    Wakes,
    /// Microseconds by which a sleep is longer than asked for.
    Overshoot,
}

/// What one operation takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    pub(super) what: What,
    pub(super) operation: String,
    pub(super) each: f64,
}

/// Divides the difference of two counts by the difference of their amounts, for each operation
/// in the order of the lines.
///
/// # Errors
///
/// The line that cannot be read, or that has no other to be compared with.
pub(super) fn figures(lines: &str) -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    let mut little = BTreeMap::new();
    for line in lines.lines() {
        let wrong = |why: &str| format!("{why}: {line:?}");
        let (what, operation, times, count) = parse(line).ok_or_else(|| wrong("not a count"))?;
        let Some((less, fewer, _)) = little.remove(&(what, operation)) else {
            little.insert((what, operation), (times, count, line));
            continue;
        };
        if times <= less {
            return Err(wrong("no more work than before"));
        }
        if figures.iter().any(|it: &Figure| (it.what, &*it.operation) == (what, operation)) {
            return Err(wrong("counted twice"));
        }
        // What comes and goes by itself may have come during little work.
        let each = count.saturating_sub(fewer) as f64 / f64::from(times - less);
        figures.push(Figure { what, operation: operation.to_owned(), each });
    }
    match little.into_values().next() {
        Some((_, _, line)) => Err(format!("a count without another: {line:?}")),
        None => Ok(figures),
    }
}

fn parse(line: &str) -> Option<(What, &str, u32, u64)> {
    let mut parts = line.split('\t');
    let mut next = || parts.next().filter(|part| !part.is_empty());
    let (what, operation) = (next()?.parse().ok()?, next()?);
    let (times, count) = (next()?.parse().ok()?, next()?.parse().ok()?);
    parts.next().is_none().then_some((what, operation, times, count))
}

impl FromStr for What {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "instructions" => Ok(Self::Instructions),
            "system calls" => Ok(Self::SystemCalls),
            "polls" => Ok(Self::Polls),
            "wakes" => Ok(Self::Wakes),
            "overshoot" => Ok(Self::Overshoot),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &str, expected: Result<&[(What, &str, f64)], &str>) {
        let figures = figures(lines);
        let figures = figures.as_ref().map_err(String::as_str).map(|figures| {
            let parts = figures.iter().map(|it| (it.what, &*it.operation, it.each));
            parts.collect::<Vec<_>>()
        });
        assert_eq!(figures.as_deref(), expected.as_deref());
    }

    #[test]
    fn a_figure_is_a_difference_of_counts_over_one_of_amounts() {
        // What exec-std printed.
        let recorded = "instructions\tswitch among 10 tasks\t2000\t342135\n\
                        instructions\tswitch among 10 tasks\t12000\t1769135\n\
                        instructions\tsleep\t10\t15432\n\
                        instructions\tsleep\t60\t78282\n";
        let expected = [
            (What::Instructions, "switch among 10 tasks", 142.7),
            (What::Instructions, "sleep", 1_257.0),
        ];
        check(recorded, Ok(&expected));
        check("", Ok(&[]));
    }

    #[test]
    fn counts_may_be_mixed_and_a_smaller_one_is_none() {
        let mixed = "polls\tsleep\t10\t11\nwakes\tsleep\t10\t9\n\
                     polls\tsleep\t60\t61\nwakes\tsleep\t60\t8\n";
        check(mixed, Ok(&[(What::Polls, "sleep", 1.0), (What::Wakes, "sleep", 0.0)]));
    }

    #[test]
    fn a_line_that_is_none_is_an_error_with_the_line() {
        for line in [
            "",
            "no such executor",
            "cycles\tsleep\t10\t11",
            "polls\t\t10\t11",
            "polls\tsleep\t10",
            "polls\tsleep\t10\t11\t12",
            "polls\tsleep\t-10\t11",
            "polls\tsleep\t10\t1.5",
        ] {
            check(&format!("{line}\n"), Err(&format!("not a count: {line:?}")));
        }
    }

    #[test]
    fn an_operation_has_two_amounts() {
        let line = |times| format!("polls\tsleep\t{times}\t11");
        check(&line(10), Err("a count without another: \"polls\\tsleep\\t10\\t11\""));
        for second in [10, 9, 0] {
            let told = format!("no more work than before: {:?}", line(second));
            check(&format!("{}\n{}", line(10), line(second)), Err(&told));
        }
        let four = [10, 60, 10, 60].map(line).join("\n");
        check(&four, Err(&format!("counted twice: {:?}", line(60))));
    }
}
