//! System calls, by what valgrind lists of them.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::process::Command;
use std::{env, thread, time};

use embedded_hal::i2c::ErrorKind;
use embedded_hal_async::i2c::{ErrorType, I2c, Operation};
use embedded_io_async::Read;
use nix::unistd::getppid;
use tickwire_exec_std::i2c::Bus;
use tickwire_exec_std::{Fd, StdClock, run};
use tickwire_sync::{HeapSlots, TaskGroup};
use tickwire_traits::{Duration, Spawn, Timer};

/// Little and much work, in units of what a row names.
const LITTLE: u32 = 50;
const MUCH: u32 = 250;

struct Row {
    name: &'static str,
    /// Calls for each, in hundredths.
    bound: u32,
    thread: Thread,
    work: fn(u32),
}

/// Whose calls count.
#[derive(Clone, Copy)]
enum Thread {
    Loop,
    /// All others.
    Bus,
}

/// Two for each, and a few in two hundred when a timer is armed too early.
const TWO: u32 = 205;

const ROWS: &[Row] = &[
    Row::new("a sleep of a task", |times| as_task(naps(times))),
    Row::new("a sleep of a group's child", |times| as_child(naps(times))),
    Row::new("a chunk, main", |times| run(async |_| read(times).await)),
    Row::new("a chunk, a task", |times| as_task(read(times))),
    Row::new("a chunk, a group's child", |times| as_child(read(times))),
    Row::new("a chunk under a timeout", |times| as_task(read_in_time(times))),
    // The loop wakes the thread, and waits.
    Row::new("an I2C transaction", |times| run(async |_| transfer(times).await)),
    // The thread transfers, wakes the loop, and waits.
    Row {
        bound: TWO + 100,
        thread: Thread::Bus,
        ..Row::new("an I2C transaction, its bus", |times| run(async |_| transfer(times).await))
    },
];

impl Row {
    const fn new(name: &'static str, work: fn(u32)) -> Self {
        Self { name, bound: TWO, thread: Thread::Loop, work }
    }
}

/// Does everything to be listed. A call that nothing else makes ends each part.
pub(crate) fn call() {
    for row in ROWS {
        for times in [LITTLE, MUCH] {
            (row.work)(times);
            getppid();
        }
    }
}

/// Prints the table, and returns what exceeds its bound.
pub(crate) fn print() -> Result<Vec<String>, String> {
    let program = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=none", "--trace-syscalls=yes"])
        .arg(program)
        .arg("--called")
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    // Of the loop, the first thread, and of all others. The time is read without a system
    // call where valgrind does not run the program.
    let mut parts = vec![[0_u32; 2]];
    for line in told.lines() {
        let Some((thread, name)) = call_of(line) else { continue };
        match (parts.last_mut(), name) {
            (_, "sys_getppid") => parts.push([0; 2]),
            (Some(calls), name) if name != "sys_clock_gettime" => calls[thread as usize] += 1,
            _ => {}
        }
    }
    if !output.status.success() || parts.len() != 2 * ROWS.len() + 1 {
        return Err(format!("valgrind: {}, {} parts", output.status, parts.len()));
    }
    println!("{:30}{:>10}{:>12}", "system calls", "bound", "exec-std");
    let mut exceeded = Vec::new();
    for (row, pair) in ROWS.iter().zip(parts.chunks_exact(2)) {
        let [little, much] = [pair[0], pair[1]].map(|calls| calls[row.thread as usize]);
        let each = f64::from(much.saturating_sub(little)) / f64::from(MUCH - LITTLE);
        let bound = f64::from(row.bound) / 100.0;
        println!("{:30}{bound:>10.2}{each:>12.2}", row.name);
        if each > bound {
            exceeded.push(format!("{}: {each:.2} of {bound:.2} system calls", row.name));
        }
    }
    Ok(exceeded)
}

/// Returns whose call a line lists, and the call's name.
fn call_of(line: &str) -> Option<(Thread, &str)> {
    let (thread, call) = line.strip_prefix("SYSCALL[")?.split_once(',')?.1.split_once("](")?;
    let name = call.split_once(") ")?.1.split_whitespace().next()?.trim_end_matches('(');
    let thread = if thread == "1" { Thread::Loop } else { Thread::Bus };
    name.starts_with("sys_").then_some((thread, name))
}

async fn naps(times: u32) {
    for _ in 0..times {
        StdClock.sleep(Duration::from_millis(1)).await;
    }
}

/// Reads chunks that another thread sends.
async fn read(times: u32) {
    let mut near = chunks(times);
    while near.read(&mut [0; 256]).await.is_ok_and(|len| len > 0) {}
}

async fn read_in_time(times: u32) {
    let mut near = chunks(times);
    let limit = Duration::from_secs(10);
    while StdClock
        .timeout(limit, near.read(&mut [0; 256]))
        .await
        .is_ok_and(|read| read.is_ok_and(|len| len > 0))
    {}
}

/// Makes transactions of a bus that takes its time by one system call.
async fn transfer(times: u32) {
    struct Slow;

    impl ErrorType for Slow {
        type Error = ErrorKind;
    }

    impl embedded_hal::i2c::I2c for Slow {
        fn transaction(&mut self, _: u8, _: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
            thread::sleep(time::Duration::from_millis(1));
            Ok(())
        }
    }

    let mut bus = Bus::from_blocking(Slow).expect("there is a thread");
    for _ in 0..times {
        let mut value = [0; 2];
        bus.write_read(0x40, &[1], &mut value).await.expect("nothing fails");
    }
}

fn chunks(times: u32) -> Fd<UnixStream> {
    let (mut far, near) = UnixStream::pair().expect("there are descriptors");
    thread::spawn(move || {
        for _ in 0..times {
            thread::sleep(time::Duration::from_millis(2));
            if far.write_all(&[7; 64]).is_err() {
                return;
            }
        }
    });
    Fd::new(near).expect("a socket can be watched")
}

fn as_task(work: impl Future<Output = ()> + 'static) {
    run(async |spawner| spawner.spawn(work).expect("there is a slot").await);
}

fn as_child(work: impl Future<Output = ()>) {
    run(async |_| {
        let mut group = pin!(TaskGroup::<_, 1, _>::with_home(HeapSlots));
        assert!(group.as_mut().add(work).is_ok());
        group.as_mut().next().await;
    });
}
