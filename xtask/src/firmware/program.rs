//! What can be read in a program for a board.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use object::elf::{SHF_ALLOC, SHF_WRITE};
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags};

use crate::workspace::root;

/// A program, as it is flashed.
pub(super) struct Program {
    pub(super) size: Size,
    /// Names of functions that compute with floating-point numbers.
    pub(super) floats: BTreeSet<String>,
    pub(super) panics: BTreeSet<Panic>,
    /// Names of arenas whose first value is in flash.
    pub(super) arenas: BTreeSet<String>,
}

/// Bytes in flash and in memory; a variable with a first value takes both.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) flash: u64,
    pub(super) memory: u64,
}

/// A place in the source from which a panic would come, as the program would tell it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Panic {
    file: String,
    line: u32,
    column: u32,
}

impl Program {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let told = |error: &dyn ToString| format!("{}: {}", path.display(), error.to_string());
        let bytes = fs::read(path).map_err(|error| told(&error))?;
        let file = object::File::parse(&*bytes).map_err(|error| told(&error))?;
        let (size, panics) = Self::measure(&file).map_err(|error| told(&error))?;
        let names = file.symbols().filter_map(|symbol| symbol.name().ok());
        let floats = floats(names).map_err(|error| told(&error))?;
        Ok(Self { size, floats, panics, arenas: arenas(&file) })
    }

    fn measure(file: &object::File<'_>) -> Result<(Size, BTreeSet<Panic>), object::Error> {
        let (mut size, mut constants) = (Size::default(), Vec::new());
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else { continue };
            if !sh_flags.contains(SHF_ALLOC) {
                continue;
            }
            // Nothing, for what is all zero.
            let data = section.data()?;
            if sh_flags.contains(SHF_WRITE) {
                size.memory += section.size();
            } else {
                constants.push((section.address(), data));
            }
            size.flash += data.len() as u64;
        }
        Ok((size, panics(&constants)))
    }

    /// Looks for arenas that take room in flash: they are all zeros at first, so that the
    /// start of a program clears them like any other such variable.
    ///
    /// # Errors
    ///
    /// Their names.
    pub(super) fn check_arenas(&self) -> Result<(), String> {
        if self.arenas.is_empty() {
            return Ok(());
        }
        Err(format!("it runs, but these arenas take room in flash: {:?}", self.arenas))
    }

    /// Looks for panics in the code of this project; applications may have their own.
    ///
    /// One kind is the compiler's: an `async fn` that is polled after it has ended
    /// panics. Nobody who awaits it does that, and no source is without it. Others are
    /// [`EXPLAINED`].
    ///
    /// Some functions of `core` panic in their own name, `str::split_at` for one, so there
    /// may be no more of `core` than [`OF_CORE`].
    ///
    /// # Errors
    ///
    /// The others, a line each.
    pub(super) fn check_panics(&self) -> Result<(), String> {
        let ours = self.panics.iter().filter_map(|panic| {
            let file = Path::new(&panic.file).strip_prefix(root()).ok()?;
            let is_library = !["examples", "conformance"].iter().any(|f| file.starts_with(f));
            is_library.then(|| (file, panic, fs::read_to_string(&panic.file).unwrap_or_default()))
        });
        let ours = ours
            .filter(|(_, panic, source)| !is_explained(source, panic))
            .map(|(file, panic, _)| format!("may panic: {}:{}", file.display(), panic.line));
        let of_core = self.panics.iter().filter_map(|panic| {
            let (_, file) = panic.file.split_once("library/core/src/")?;
            let is_known = OF_CORE.iter().any(|folder| file.starts_with(folder));
            (!is_known).then(|| format!("may panic: something in core, {file}:{}", panic.line))
        });
        let reachable: Vec<_> = ours.chain(of_core).collect();
        if reachable.is_empty() {
            return Ok(());
        }
        let reachable = reachable.join("\n");
        Err(format!("it runs, but what is linked may panic where nothing explains it\n{reachable}"))
    }
}

/// What may be asserted, with the reason for it.
const EXPLAINED: &[&str] = &[
    // A future that was written by hand is polled after it has ended.
    "\"not polled again after it resolved\"",
    // A queue of `tickwire-sync` counts its items twice, in its ring and for who waits.
    ".expect(\"an item for each permit\")",
    // The places of a group or an array are those of `0..N`.
    "|array| &mut array[at]",
];

/// What of `core` may panic in a program: what prints numbers, and a future that is
/// polled after its end.
const OF_CORE: &[&str] = &["fmt/", "future/"];

fn is_explained(source: &str, panic: &Panic) -> bool {
    let line = panic.line as usize;
    let asserted = source.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let at = asserted.char_indices().nth(panic.column.saturating_sub(1) as usize);
    let from = at.map_or("", |(at, _)| &asserted[at..]);
    begins_a_future(source, line, from) || EXPLAINED.iter().any(|reason| asserted.contains(reason))
}

/// Whether a place in a line, `from` which on it is given, is that of an `async` block,
/// or of the opening brace of an `async fn` or closure. What else is in the line has
/// places of its own.
fn begins_a_future(source: &str, line: usize, from: &str) -> bool {
    if from.starts_with("async ") {
        return true;
    }
    if !from.starts_with('{') {
        return false;
    }
    let mut upwards = source.lines().take(line).collect::<Vec<_>>().into_iter().rev();
    let is_head = |line: &&str| line.contains("fn ") || line.contains("async ");
    // The head of a function may take several lines, up to the one with its name.
    let head = upwards.next().filter(is_head).or_else(|| {
        upwards.take_while(|line| !line.trim_end().ends_with(['{', '}', ';'])).find(is_head)
    });
    head.is_some_and(|head| head.contains("async "))
}

/// Finds the functions that compute with floating-point numbers.
///
/// # Errors
///
/// That there are no names, as in a stripped program: in it none would be found.
fn floats<'a>(names: impl Iterator<Item = &'a str>) -> Result<BTreeSet<String>, &'static str> {
    let mut names = names.filter(|name| !name.is_empty()).peekable();
    names.peek().ok_or("it has no names, by which its floats would be known")?;
    Ok(names.filter(|name| is_float(name)).map(str::to_owned).collect())
}

/// Finds the arenas whose section has bytes in the file.
fn arenas(file: &object::File<'_>) -> BTreeSet<String> {
    let is_in_flash = |symbol: &object::Symbol<'_, '_>| {
        let section = symbol.section_index().and_then(|at| file.section_by_index(at).ok());
        section.and_then(|section| section.data().ok()).is_some_and(|data| !data.is_empty())
    };
    let names = file.symbols().filter(is_in_flash).filter_map(|symbol| symbol.name().ok());
    names.filter(|name| is_arena(name)).map(str::to_owned).collect()
}

/// By the name that arenas have in our programs, as a part of a mangled path.
fn is_arena(name: &str) -> bool {
    name.contains("5ARENA")
}

/// The compiler's own arithmetic, and what reads and writes decimal numbers.
fn is_float(name: &str) -> bool {
    let helpers =
        ["__aeabi_f", "__aeabi_d", "__aeabi_i2", "__aeabi_ui2", "__aeabi_l2", "__aeabi_ul2"];
    let modules = ["compiler_builtins5float", "flt2dec", "dec2flt"];
    helpers.iter().any(|helper| name.starts_with(helper))
        || modules.iter().any(|module| name.contains(module))
}

/// Finds the values of type [`Location`](core::panic::Location): a name of a file, by
/// address and length, a line and a column.
fn panics(constants: &[(u64, &[u8])]) -> BTreeSet<Panic> {
    let text = |address: u32, length: u32| {
        constants.iter().find_map(|(base, data)| {
            let from = usize::try_from(u64::from(address).checked_sub(*base)?).ok()?;
            let bytes = data.get(from..from.checked_add(length as usize)?)?;
            core::str::from_utf8(bytes).ok().filter(|text| text.ends_with(".rs"))
        })
    };
    let words = constants.iter().flat_map(|(_, data)| {
        let word = |bytes: &[u8]| bytes.try_into().map(u32::from_le_bytes).unwrap_or_default();
        let words: Vec<u32> = data.chunks_exact(4).map(word).collect();
        words.windows(4).map(|four| [four[0], four[1], four[2], four[3]]).collect::<Vec<_>>()
    });
    let found = words.filter_map(|[address, length, line, column]| {
        let is_place = (4..400).contains(&length)
            && (1..100_000).contains(&line)
            && (1..1_000).contains(&column);
        let file = is_place.then(|| text(address, length)).flatten()?.to_owned();
        Some(Panic { file, line, column })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_where_a_future_begins_is_the_compilers_own() {
        #[track_caller]
        fn check(source: &str, at: &str, expected: bool) {
            let from = source.find(at).unwrap();
            let (before, column) =
                source[..from].rsplit_once('\n').unwrap_or(("", &source[..from]));
            let line = if before.is_empty() { 1 } else { before.lines().count() as u32 + 1 };
            let column = column.chars().count() as u32 + 1;
            let panic = Panic { file: String::new(), line, column };
            assert_eq!(is_explained(source, &panic), expected, "{source} at {at}");
        }

        let long =
            "async fn a(\n    b: u8,\n) -> u8 {\n    c(async move {\n        b / 0\n    })\n}\n";
        check(long, "{\n    c", true);
        check(long, "async move", true);
        check(long, "b / 0", false);
        check("fn a(\n    b: u8,\n) -> u8 {\n    b / 0\n}\n", "{", false);
        check("async fn a(b: &[u8]) -> u8 { b[7] }", "{", true);
        check("async fn a(b: &[u8]) -> u8 { b[7] }", "b[7]", false);
        check("let é = c(async |b: &[u8]| { b[7] });", "{", true);
        check("let é = c(async |b: &[u8]| { b[7] });", "b[7]", false);
        check("x.expect(\"not polled again after it resolved\")", "expect", true);
        check("x.expect(\"it cannot fail\")", "expect", false);
    }

    #[test]
    fn what_panics_in_the_name_of_core_is_told() {
        #[track_caller]
        fn check(file: &str, expected: Result<(), &str>) {
            let panics = [Panic { file: file.to_owned(), line: 7, column: 9 }].into();
            let program =
                Program { size: Size::default(), floats: [].into(), panics, arenas: [].into() };
            assert_eq!(program.check_panics(), expected.map_err(str::to_owned));
        }

        let split = "/rustc/0a1b2c/library/core/src/str/mod.rs";
        let told = "it runs, but what is linked may panic where nothing explains it\n\
                    may panic: something in core, str/mod.rs:7";
        check(split, Err(told));
        check("/usr/lib/rustlib/src/rust/library/core/src/fmt/num.rs", Ok(()));
        check("/registry/somebody/src/str/mod.rs", Ok(()));
    }

    #[test]
    fn floats_are_found_by_name_and_not_where_there_are_no_names() {
        let found = ["__aeabi_fadd".to_owned()].into();
        assert_eq!(floats(["main", "", "__aeabi_fadd"].into_iter()), Ok(found));
        assert_eq!(floats(["main"].into_iter()), Ok([].into()));
        let none = "it has no names, by which its floats would be known";
        assert_eq!(floats(["", ""].into_iter()), Err(none));
    }

    #[test]
    fn places_are_found_among_other_words() {
        let mut data = b"xxxxsrc/a.rs".to_vec();
        for word in [7_u32, 104, 8, 12, 5, 0, 104, 8, 0, 5, 9, 104, 9, 3, 5] {
            data.extend(word.to_le_bytes());
        }
        let expected = [Panic { file: "src/a.rs".to_owned(), line: 12, column: 5 }];
        assert_eq!(panics(&[(100, &data)]), expected.into());
    }

    #[test]
    fn arithmetic_with_a_floating_point_is_known_by_its_names() {
        let check = |name, expected| assert_eq!(is_float(name), expected, "{name}");
        check("__aeabi_fadd", true);
        check("__aeabi_ui2d", true);
        check("_ZN4core3num7dec2flt5parse", true);
        check("__aeabi_uidiv", false);
        check("__aeabi_lmul", false);
    }
}
