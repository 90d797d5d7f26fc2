//! The comparison as Markdown.

use super::list::{List, PassedOver, Peer, Row};
use crate::firmware::Size;

/// What every program is made with.
const ALL: [&str; 3] = ["embassy-executor", "embassy-rp", "embassy-time"];

/// The heads of the tables: a number's begins with `>`.
const SIZES: [&str; 12] = [
    "",
    ">embassy alone",
    ">RAM",
    ">Tickwire",
    ">RAM",
    ">beyond",
    ">RAM",
    "crate",
    ">flash",
    ">RAM",
    ">beyond",
    ">RAM",
];
const LACKS: [&str; 4] = ["", "crate", "does not do", "smaller, because"];

/// Returns the text: what was measured with, sizes, what peers lack, and where there is none.
///
/// # Errors
///
/// Why a program cannot be measured; or that a peer is smaller, or is not, and the list says
/// otherwise.
pub(super) fn render(
    list: &List,
    machine: &str,
    size: impl Fn(&str) -> Result<Size, String>,
) -> Result<String, String> {
    let mut sizes = heads(&SIZES);
    let mut lacks = heads(&LACKS);
    let mut none = String::new();
    for row in &list.rows {
        let alone = size(&row.alone)?;
        let ours = size(row.program())?;
        let mut cells = vec![row.label()];
        cells.extend(absolute(alone));
        cells.extend(absolute(ours));
        cells.extend(beyond(ours, alone));
        match &row.peer {
            Some(peer) => {
                let theirs = size(&peer.program)?;
                cells.push(list.named(peer)?);
                cells.extend(absolute(theirs));
                cells.extend(beyond(theirs, alone));
                if let Some(told) = lack(list, row, peer, theirs.flash < ours.flash)? {
                    lacks += &line(&told);
                }
            }
            None => cells.extend(["–"; 5].map(str::to_owned)),
        }
        if let Some(why) = &row.none {
            none += &format!("- {}: {why}.\n", row.label());
        }
        sizes += &line(&cells);
    }
    let all = ALL.map(|name| list.locked(name));
    let all = all.into_iter().collect::<Result<Vec<_>, _>>()?.join(", ");
    let mut others = String::new();
    for PassedOver { name, version, why } in &list.passed_over {
        others += &format!("- `{name}` {version} {why}.\n");
    }
    Ok(format!(
        "{machine}, {all}. In bytes:\n\n{sizes}\n{lacks}\nNot compared with a crate:\n\n{none}\n\
         Not taken:\n\n{others}"
    ))
}

/// The row on what the peer does not do, if this is the row of its program that says it.
fn lack(
    list: &List,
    row: &Row,
    peer: &Peer,
    is_smaller: bool,
) -> Result<Option<[String; 4]>, String> {
    let Some(lacks) = &row.lacks else { return Ok(None) };
    if row.smaller.is_some() != is_smaller {
        let not = if is_smaller { "" } else { "not " };
        return Err(format!("{}: {} is {not}smaller", row.label(), peer.program));
    }
    let why = row.smaller.as_deref().unwrap_or("–").to_owned();
    Ok(Some([row.label(), list.named(peer)?, lacks.clone(), why]))
}

fn heads(names: &[&str]) -> String {
    let rules = names.iter().map(|name| if name.starts_with('>') { "---:" } else { "---" });
    let [names, rules] = [names.to_vec(), rules.collect()]
        .map(|cells| cells.into_iter().map(|cell| cell.replace('>', "")).collect::<Vec<_>>());
    line(&names) + &line(&rules)
}

fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | ")).replace("|  |", "| |")
}

fn absolute(size: Size) -> [String; 2] {
    [size.flash, size.memory].map(|bytes| grouped(i128::from(bytes)))
}

fn beyond(size: Size, alone: Size) -> [String; 2] {
    let [flash, memory] = [(size.flash, alone.flash), (size.memory, alone.memory)]
        .map(|(size, alone)| grouped(i128::from(size) - i128::from(alone)));
    [format!("**{flash}**"), memory]
}

/// A number with a space before each three digits.
fn grouped(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Renders a list of these rows; the programs have as many bytes in flash as this says.
    fn rendered(rows: &str, sizes: &[(&str, u64)]) -> Result<String, String> {
        let list = List::parse(&format!("board = 'b'\n{rows}"))?;
        let lock = ["embassy-executor", "embassy-rp", "embassy-time", "p"];
        let list = list.locked_to(lock.map(|name| (name, "1.2.3")));
        render(&list, "core built by a friend", |program| {
            let found = sizes.iter().find(|(name, _)| *name == program);
            let flash = found.ok_or_else(|| format!("{program} is not here"))?.1;
            Ok(Size { flash, memory: flash / 10 })
        })
    }

    const WITH: &str = "[[row]]\ndriver = 'd'\nalone = 'a'\nlacks = 'sleep'
        peer = { name = 'p', program = 'q' }\n";
    const WITHOUT: &str = "[[row]]\ndriver = 'e'\nalone = 'a'\nnone = 'nobody needs it'
        [[passed_over]]\nname = 'o'\nversion = '3.2.1'\nwhy = 'is for birds'\n";

    #[test]
    fn sizes_are_in_one_table_and_what_peers_lack_in_another() {
        let rows = format!("{WITH}smaller = 'it is lazy'\n{WITHOUT}");
        let sizes = [("a", 1_000), ("d", 12_340), ("q", 990), ("e", 1_000)];
        let expected = "\
core built by a friend, `embassy-executor` 1.2.3, `embassy-rp` 1.2.3, `embassy-time` 1.2.3. In bytes:

| | embassy alone | RAM | Tickwire | RAM | beyond | RAM | crate | flash | RAM | beyond | RAM |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |
| `d` | 1 000 | 100 | 12 340 | 1 234 | **11 340** | 1 134 | `p` 1.2.3 | 990 | 99 | **-10** | -1 |
| `e` | 1 000 | 100 | 1 000 | 100 | **0** | 0 | – | – | – | – | – |

| | crate | does not do | smaller, because |
| --- | --- | --- | --- |
| `d` | `p` 1.2.3 | sleep | it is lazy |

Not compared with a crate:

- `e`: nobody needs it.

Not taken:

- `o` 3.2.1 is for birds.
";
        assert_eq!(rendered(&rows, &sizes).as_deref(), Ok(expected));
    }

    #[test]
    fn whether_a_peer_is_smaller_is_not_a_matter_of_opinion() {
        let sizes = |peer| [("a", 1_000), ("d", 2_000), ("q", peer)];
        let because = &format!("{WITH}smaller = 'it is lazy'");
        assert!(rendered(because, &sizes(1_999)).is_ok());
        assert!(rendered(WITH, &sizes(2_000)).is_ok());
        assert_eq!(rendered(because, &sizes(2_000)).unwrap_err(), "`d`: q is not smaller");
        assert_eq!(rendered(WITH, &sizes(1_999)).unwrap_err(), "`d`: q is smaller");
        assert_eq!(rendered(WITH, &[("a", 1_000)]).unwrap_err(), "d is not here");
    }
}
