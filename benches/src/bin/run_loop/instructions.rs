//! Instructions, by callgrind.

use std::pin::pin;

use async_executor::LocalExecutor;
use futures_lite::future::block_on;
use tickwire_counting::{counted, phase_ends, phases};
use tickwire_exec_std::run;
use tickwire_sync::{HeapSlots, TaskGroup};
use tickwire_traits::yield_now;
use tokio::runtime;
use tokio::task::LocalSet;

use crate::work::yield_often;

// Each bound is the measured figure plus 4 %. With fat link-time optimization and
// `panic = "abort"`, as programs for production are often built, a yield of main takes 135.

/// Little and much work, in units of what a row names.
const LITTLE: u32 = 2_000;
const MUCH: u32 = 12_000;

struct Row {
    name: &'static str,
    bound: Option<u64>,
    ours: fn(u32),
    async_executor: Option<fn(u32)>,
    tokio: Option<fn(u32)>,
}

const ROWS: &[Row] = &[
    Row {
        name: "yield of main",
        bound: Some(158),
        ours: |times| run(async |_| yield_often(times).await),
        async_executor: Some(|times| {
            block_on(LocalExecutor::new().run(yield_often(times)));
        }),
        tokio: Some(|times| tokio_run(yield_often(times))),
    },
    Row {
        name: "group: one of 10 awake",
        bound: Some(397),
        ours: one_awake::<10>,
        async_executor: None,
        tokio: None,
    },
    Row {
        name: "group: one of 1,000 awake",
        bound: Some(391),
        ours: one_awake::<1_000>,
        async_executor: None,
        tokio: None,
    },
    Row {
        name: "group: 1,000 of 1,000 awake",
        bound: Some(134),
        ours: all_awake::<1_000>,
        async_executor: None,
        tokio: None,
    },
];

/// Does everything to be counted.
pub(crate) fn count() {
    for row in ROWS {
        for work in [Some(row.ours), row.async_executor, row.tokio].into_iter().flatten() {
            for times in [LITTLE, MUCH] {
                counted(|| work(times));
                phase_ends();
            }
        }
    }
}

/// Prints the table, and returns what exceeds its bound.
pub(crate) fn print() -> Result<Vec<String>, String> {
    let phases = phases(&["--counted"])?;
    let each = phases.chunks_exact(2).map(|pair| (pair[1] - pair[0]) / u64::from(MUCH - LITTLE));
    let mut each = each.collect::<Vec<_>>().into_iter();
    let mut next = move || each.next().ok_or("valgrind told too few counts");
    println!(
        "{:30}{:>10}{:>12}{:>16}{:>12}",
        "instructions", "bound", "exec-std", "async-executor", "tokio"
    );
    let mut exceeded = Vec::new();
    for Row { name, bound, async_executor, tokio, .. } in ROWS {
        let ours = next()?;
        let mut cell = |other: &Option<_>| {
            other.map_or(Ok("–".to_owned()), |_: fn(u32)| next().map(|count| count.to_string()))
        };
        let (async_executor, tokio) = (cell(async_executor)?, cell(tokio)?);
        let limit = bound.map_or("–".to_owned(), |bound| bound.to_string());
        println!("{name:30}{limit:>10}{ours:>12}{async_executor:>16}{tokio:>12}");
        if let Some(bound) = bound
            && ours > *bound
        {
            exceeded.push(format!("{name}: {ours} of {bound} instructions"));
        }
    }
    Ok(exceeded)
}

fn tokio_run(work: impl Future<Output = ()>) {
    let runtime = runtime::Builder::new_current_thread().build().expect("there are descriptors");
    LocalSet::new().block_on(&runtime, work);
}

/// One child of a group that is woken, again and again, among others that wait.
fn one_awake<const N: usize>(times: u32) {
    group::<N>(|n| if n == N / 2 { times } else { 0 });
}

fn all_awake<const N: usize>(times: u32) {
    group::<N>(|_| times / N as u32);
}

/// Children that are woken so often each. Those that are not wait until all others
/// have ended.
fn group<const N: usize>(often: impl Fn(usize) -> u32) {
    // Not in the polled future: its poll would have a stack frame of the group's size.
    let mut group = pin!(TaskGroup::<_, N, _>::with_home(HeapSlots));
    run(async |_| {
        let mut ending = 0;
        for n in 0..N {
            let often = often(n);
            ending += u32::from(often > 0);
            let child = async move {
                if often == 0 {
                    std::future::pending::<()>().await;
                }
                for _ in 0..often {
                    yield_now().await;
                }
            };
            assert!(group.as_mut().add(child).is_ok());
        }
        for _ in 0..ending {
            group.as_mut().next().await;
        }
    });
}
