//! Several operations in one cell: those that differ by a number are one name with all numbers.

/// Writes down these operations, in their order.
pub(super) fn join(operations: &[&str]) -> String {
    let mut names: Vec<(&str, String, &str)> = Vec::new();
    for operation in operations {
        let (before, number, after) = split(operation);
        match names.last_mut() {
            Some((b, numbers, a)) if (*b, *a) == (before, after) && !number.is_empty() => {
                *numbers += &format!(", {number}");
            }
            _ => names.push((before, number.to_owned(), after)),
        }
    }
    let names = names.iter().map(|(before, numbers, after)| format!("{before}{numbers}{after}"));
    names.collect::<Vec<_>>().join("; ")
}

/// Reads what [`join`] has written.
pub(super) fn expand(joined: &str) -> Vec<String> {
    let mut operations = Vec::new();
    for name in joined.split("; ") {
        let is_number = |it: char| it.is_ascii_digit();
        let from = name.find(is_number).unwrap_or(name.len());
        let to = name.rfind(is_number).map_or(from, |last| last + 1);
        for number in name[from..to].split(", ") {
            operations.push(format!("{}{number}{}", &name[..from], &name[to..]));
        }
    }
    operations
}

/// Splits a name around its number, if there is one.
fn split(name: &str) -> (&str, &str, &str) {
    let is_number = |it: char| it.is_ascii_digit();
    let from = name.find(is_number).unwrap_or(name.len());
    let length = name[from..].find(|it| !is_number(it)).unwrap_or(name.len() - from);
    (&name[..from], &name[from..from + length], &name[from + length..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(operations: &[&str], expected: &str) {
        assert_eq!(join(operations), expected);
        assert_eq!(expand(expected), operations);
    }

    #[test]
    fn operations_that_differ_by_a_number_are_one_name() {
        check(&["sleep"], "sleep");
        check(&["switch among 10 tasks"], "switch among 10 tasks");
        let all = ["switch of 1 task", "switch among 10 tasks", "switch among 1000 tasks"];
        check(&all, "switch of 1 task; switch among 10, 1000 tasks");
        check(&["spawn to end", "sleep", "edge"], "spawn to end; sleep; edge");
        check(
            &["timer of 10 fires", "timer of 10 given up"],
            "timer of 10 fires; timer of 10 given up",
        );
        check(&["edge", "64 bytes"], "edge; 64 bytes");
    }
}
