//! Flash and memory that a firmware takes.

use std::fs;
use std::path::Path;

/// What a program costs, and beside what it is measured.
struct Row {
    program: &'static str,
    over: Option<&'static str>,
    /// What it should take in flash, beyond `over` where there is one.
    goal: Option<u32>,
    /// What it takes, with a little room: beyond that it fails.
    bound: u32,
}

const ROWS: &[Row] = &[
    Row { program: "blinky_plain", over: None, goal: None, bound: 2_900 },
    Row { program: "blinky", over: Some("blinky_plain"), goal: Some(200), bound: 100 },
    Row { program: "switch", over: Some("blinky"), goal: Some(1_024), bound: 1_500 },
    Row { program: "button", over: Some("blinky"), goal: Some(2_048), bound: 2_700 },
    Row { program: "htu21d", over: Some("blinky"), goal: Some(3_072), bound: 6_100 },
    Row { program: "hd44780", over: Some("blinky"), goal: Some(4_096), bound: 5_250 },
    Row { program: "gps", over: Some("blinky"), goal: None, bound: 56_000 },
    Row { program: "station", over: None, goal: None, bound: 81_500 },
];

/// Measures the programs in `folder`.
///
/// # Errors
///
/// The table, if something in it is over its bound; or why it could not be read.
pub(super) fn table(folder: &Path) -> Result<String, String> {
    let sizes = |program: &str| {
        let path = folder.join(program);
        let elf = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Size::of(&elf).ok_or(format!("{}: not a 32-bit program", path.display()))
    };
    let heads = ["flash", "RAM", "beyond", "goal", "bound"].map(|head| format!("{head:>8}"));
    let mut lines = vec![format!("{:<14}{}", "", heads.concat())];
    let mut over_bound = false;
    for Row { program, over, goal, bound } in ROWS {
        let Size { flash, memory } = sizes(program)?;
        let base = over.map(sizes).transpose()?.map_or(0, |base| base.flash);
        let beyond = flash.saturating_sub(base);
        over_bound |= beyond > *bound;
        let verdict = match goal {
            _ if beyond > *bound => "  OVER ITS BOUND",
            Some(goal) if beyond > *goal => "  over its goal",
            _ => "",
        };
        let goal = goal.map_or(String::new(), |goal| goal.to_string());
        let figures = format!("{flash:>8}{memory:>8}{beyond:>8}{goal:>8}{bound:>8}");
        lines.push(format!("{program:<14}{figures}{verdict}"));
    }
    let table = lines.join("\n");
    if over_bound { Err(table) } else { Ok(table) }
}

/// Bytes in flash and in memory; a variable with a first value takes both.
#[derive(Debug, PartialEq)]
struct Size {
    flash: u32,
    memory: u32,
}

impl Size {
    /// Adds up the sections that are there at run time (System V ABI, "Sections").
    fn of(elf: &[u8]) -> Option<Self> {
        const CLASS_32: u8 = 1;
        const WRITABLE: u32 = 1;
        const ALLOCATED: u32 = 2;
        const NO_BITS: u32 = 8;
        if elf.get(..5)? != [0x7f, b'E', b'L', b'F', CLASS_32] {
            return None;
        }
        let half = |at: usize| Some(u16::from_le_bytes(elf.get(at..at + 2)?.try_into().ok()?));
        let word = |at: usize| Some(u32::from_le_bytes(elf.get(at..at + 4)?.try_into().ok()?));
        let (first, length, count) = (word(0x20)? as usize, half(0x2e)?, half(0x30)?);
        let mut size = Self { flash: 0, memory: 0 };
        for number in 0..usize::from(count) {
            let header = first + number * usize::from(length);
            let (kind, flags, bytes) = (word(header + 4)?, word(header + 8)?, word(header + 20)?);
            if flags & ALLOCATED == 0 {
                continue;
            }
            if flags & WRITABLE != 0 {
                size.memory += bytes;
            }
            if kind != NO_BITS {
                size.flash += bytes;
            }
        }
        Some(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these sections: kind, flags, bytes.
    fn elf(sections: &[[u32; 3]]) -> Vec<u8> {
        let mut elf = vec![0; 0x34];
        elf[..5].copy_from_slice(&[0x7f, b'E', b'L', b'F', 1]);
        elf[0x20] = 0x34;
        elf[0x2e] = 40;
        elf[0x30] = sections.len() as u8;
        for [kind, flags, bytes] in sections {
            let header = [0, *kind, *flags, 0, 0, *bytes, 0, 0, 0, 0];
            elf.extend(header.iter().flat_map(|word: &u32| word.to_le_bytes()));
        }
        elf
    }

    #[test]
    fn code_is_in_flash_variables_in_memory_and_first_values_in_both() {
        let sections = [[1, 6, 2_000], [1, 3, 16], [8, 3, 300], [1, 0, 9_999]];
        assert_eq!(Size::of(&elf(&sections)), Some(Size { flash: 2_016, memory: 316 }));
    }

    #[test]
    fn what_is_no_program_has_no_size() {
        assert_eq!(Size::of(b"#!/bin/sh"), None);
        assert_eq!(Size::of(&elf(&[[1, 6, 8]])[..0x40]), None);
    }
}
