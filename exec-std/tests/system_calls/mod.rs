//! Counts system calls, by the tracing of the kernel of the rig.

use std::collections::BTreeMap;
use std::fs;
use std::thread;

const CALLS: &str = "/sys/kernel/tracing/events/raw_syscalls/sys_enter";

/// Returns how often this thread makes each system call per repetition of what `work`
/// repeats: much work is compared with little, so that its beginning and end do not count.
pub(crate) fn each(mut work: impl FnMut(usize)) -> Vec<(String, u64)> {
    const FEW: u64 = 10;
    const MORE: u64 = 20;
    let few = count(|| work(FEW as usize));
    let many = count(|| work((FEW + MORE) as usize));
    let each = many.into_iter().map(|(name, count)| {
        let more = count.saturating_sub(few.get(&name).copied().unwrap_or(0));
        // A single call more or less, for memory, is rounded away.
        (name, (more + MORE / 2) / MORE)
    });
    each.filter(|(_, count)| *count > 0).collect()
}

/// Returns how often this thread makes each system call while it runs `work`, and some for
/// the counting.
fn count(work: impl FnOnce()) -> BTreeMap<String, u64> {
    let thread = fs::read_link("/proc/thread-self").expect("the proc file system");
    let thread = thread.file_name().expect("a number").to_string_lossy().into_owned();
    let trigger = format!("hist:keys=id.syscall if common_pid == {thread}");
    let write = |what: &str| fs::write(format!("{CALLS}/trigger"), what).expect("a trigger");
    write(&trigger);
    work();
    // Another thread reads: its calls do not count.
    let reader = thread::spawn(|| fs::read_to_string(format!("{CALLS}/hist")));
    let counts = reader.join().expect("no panic").expect("the counts");
    write(&format!("!{trigger}"));
    counts.lines().filter_map(parse).collect()
}

/// Parses `{ id: sys_read                      [  0] } hitcount:         12`.
fn parse(line: &str) -> Option<(String, u64)> {
    let (call, count) = line.strip_prefix("{ id: ")?.split_once(" } hitcount:")?;
    Some((call.split_whitespace().next()?.to_owned(), count.trim().parse().ok()?))
}
