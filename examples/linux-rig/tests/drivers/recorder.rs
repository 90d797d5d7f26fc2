//! What programs write to GPIO lines, recorded by the kernel.

use std::fs;
use std::path::Path;

use tickwire_traits::Instant;

const TRACING: &str = "/sys/kernel/tracing";

/// A recording that has begun. It has all lines of all chips.
pub(crate) struct Recorder {
    /// The number of a chip's first line among all lines of the system.
    first: u32,
}

/// A level that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Write {
    /// By the kernel's monotonic clock.
    pub(crate) at: Instant,
    pub(crate) offset: u32,
    pub(crate) is_high: bool,
}

impl Recorder {
    /// Begins to record the chip with this label.
    pub(crate) fn start(label: &str) -> Self {
        let chips = fs::read_dir("/sys/class/gpio").unwrap().flatten().map(|entry| entry.path());
        let read = |chip: &Path, name| fs::read_to_string(chip.join(name)).unwrap_or_default();
        let mut chips = chips.filter(|chip| read(chip, "label").trim() == label);
        let chip = chips.next().expect("a chip with this label");
        let first = read(&chip, "base").trim().parse().unwrap();
        set("trace_clock", "mono");
        // Opening it for writing forgets what was recorded.
        set("trace", "");
        set("events/gpio/gpio_value/enable", "1");
        Self { first }
    }

    /// Returns what was written since the start, in order.
    pub(crate) fn stop(self) -> Vec<Write> {
        set("events/gpio/gpio_value/enable", "0");
        let trace = fs::read_to_string(Path::new(TRACING).join("trace")).unwrap();
        let writes = trace.lines().filter_map(parse);
        let offset =
            |write: Write| Some(Write { offset: write.offset.checked_sub(self.first)?, ..write });
        writes.filter_map(offset).collect()
    }
}

fn set(file: &str, value: &str) {
    fs::write(Path::new(TRACING).join(file), value).unwrap();
}

/// Understands a line such as `lcd-204 [000] ..... 7.626265: gpio_value: 514 set 1`. Others
/// are comments, and levels that were read.
fn parse(line: &str) -> Option<Write> {
    let (before, event) = line.split_once(": gpio_value: ")?;
    let (seconds, micros) = before.rsplit(' ').next()?.split_once('.')?;
    let at = seconds.parse::<u64>().ok()? * 1_000_000 + micros.parse::<u64>().ok()?;
    let [number, "set", level] = event.split(' ').collect::<Vec<_>>()[..] else { return None };
    let offset = number.parse().ok()?;
    Some(Write { at: Instant::from_micros(at), offset, is_high: level == "1" })
}

#[test]
fn a_line_of_the_trace_is_understood() {
    let line = "            init-1       [000] .....     7.626396: gpio_value: 512 set 1";
    let write = Write { at: Instant::from_micros(7_626_396), offset: 512, is_high: true };
    assert_eq!(parse(line), Some(write));
    assert_eq!(parse(&line.replace("set", "get")), None);
    assert_eq!(parse("# tracer: nop"), None);
}
