//! System calls, by what valgrind lists of them.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::process::Command;
use std::{env, thread, time};

use embedded_io_async::Read;
use nix::unistd::getppid;
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
    work: fn(u32),
}

/// Two for each, and a few in two hundred when a timer is armed too early.
const TWO: u32 = 205;

const ROWS: &[Row] = &[
    Row { name: "a sleep of main", bound: TWO, work: |times| run(async |_| naps(times).await) },
    Row { name: "a sleep of a task", bound: TWO, work: |times| as_task(naps(times)) },
    Row { name: "a sleep of a group's child", bound: TWO, work: |times| as_child(naps(times)) },
    Row { name: "a chunk, main", bound: TWO, work: |times| run(async |_| read(times).await) },
    Row { name: "a chunk, a task", bound: TWO, work: |times| as_task(read(times)) },
    Row { name: "a chunk, a group's child", bound: TWO, work: |times| as_child(read(times)) },
    Row { name: "a chunk under a timeout", bound: TWO, work: |times| as_task(read_in_time(times)) },
];

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
    // The first thread's: others are the far ends of lines. The time is read without
    // a system call where valgrind does not run the program.
    let ours = told.lines().filter_map(|line| line.strip_prefix("SYSCALL[")?.split_once(",1]("));
    let names = ours.filter_map(|(_, call)| call.split_once(") ")?.1.split_whitespace().next());
    let names = names.map(|name| name.trim_end_matches('('));
    let names = names.filter(|name| name.starts_with("sys_") && *name != "sys_clock_gettime");
    let mut parts = vec![0_u32];
    for name in names {
        match parts.last_mut() {
            Some(_) if name == "sys_getppid" => parts.push(0),
            Some(calls) => *calls += 1,
            None => {}
        }
    }
    if !output.status.success() || parts.len() != 2 * ROWS.len() + 1 {
        return Err(format!("valgrind: {}, {} parts", output.status, parts.len()));
    }
    println!("{:30}{:>10}{:>12}", "system calls", "bound", "exec-std");
    let mut exceeded = Vec::new();
    for (row, pair) in ROWS.iter().zip(parts.chunks_exact(2)) {
        let each = f64::from(pair[1].saturating_sub(pair[0])) / f64::from(MUCH - LITTLE);
        let bound = f64::from(row.bound) / 100.0;
        println!("{:30}{bound:>10.2}{each:>12.2}", row.name);
        if each > bound {
            exceeded.push(format!("{}: {each:.2} of {bound:.2} system calls", row.name));
        }
    }
    Ok(exceeded)
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
