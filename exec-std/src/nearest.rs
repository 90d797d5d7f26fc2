//! Suggestions for names that do not exist.

/// Returns the candidate that takes the fewest edits to become `name`, ignoring case;
/// `None` if it takes more than half of the letters.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let name = name.to_lowercase();
    let rated = candidates.map(|it| (distance(&name, &it.to_lowercase()), it));
    // The first of equals.
    let (edits, nearest) = rated.min_by_key(|(edits, _)| *edits)?;
    (edits <= name.chars().count() / 2).then_some(nearest)
}

/// Returns the Levenshtein distance: how many letters have to be inserted, removed or
/// replaced.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<_> = to.chars().collect();
    // The distances of what was seen of `from` to each beginning of `to`.
    let mut row: Vec<_> = (0..=to.len()).collect();
    for (seen, letter) in (1..).zip(from.chars()) {
        let mut before = std::mem::replace(&mut row[0], seen);
        for (column, other) in (1..).zip(&to) {
            let replaced = before + usize::from(letter != *other);
            before = row[column];
            row[column] = replaced.min(before + 1).min(row[column - 1] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let names = ["ID_SDA", "GPIO4", "GPIO17", "GPIO27", "LED-BLUE", "RÉSET"];
        assert_eq!(nearest(name, names.into_iter()), expected);
    }

    #[test]
    fn a_typing_error_is_near_and_another_word_is_not() {
        check("GPIO17", Some("GPIO17"));
        check("gpio17", Some("GPIO17"));
        check("GPIO 27", Some("GPIO27"));
        check("GPOI4", Some("GPIO4"));
        check("LED_BLUE", Some("LED-BLUE"));
        check("reset", Some("RÉSET"));
        check("HEATER", None);
        check("", None);
    }

    #[test]
    fn no_names_no_suggestion() {
        assert_eq!(nearest("GPIO17", [].into_iter()), None);
    }
}
