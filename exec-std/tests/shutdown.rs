//! Signals. The only test in this process, because a signal reaches every `Shutdown` of a
//! process.
#![cfg(unix)]

use std::env;
use std::process::Command;

use futures_lite::future::poll_once;
use tickwire_exec_std::{Shutdown, StdClock, StopSignal, run};
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const SOON: Duration = Duration::from_millis(20);

#[test]
fn a_signal_asks_to_stop_whichever_future_hears_it() {
    // As under `nohup`, or in the background of a script: such a signal stays ignored, and nobody
    // would hear it.
    let all = [("TERM", 15), ("INT", 2), ("HUP", 1)];
    if let Some((name, _)) = all.into_iter().find(|(_, number)| is_ignored(*number)) {
        println!("skipped: SIG{name} was ignored when this began");
        return;
    }
    let mut shutdown = Shutdown::new().unwrap();
    check(&mut shutdown, "TERM", StopSignal::Terminate);
    check(&mut shutdown, "INT", StopSignal::Interrupt);
    check(&mut shutdown, "HUP", StopSignal::HangUp);

    // The process survives a signal even if no `Shutdown` is left.
    drop(shutdown);
    kill("TERM");
    while is_pending() {
        std::thread::yield_now();
    }
    let mut shutdown = Shutdown::new().unwrap();
    check(&mut shutdown, "TERM", StopSignal::Terminate);
}

/// In a process of its own, started by `nohup`.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    const CHILD: &str = "TICKWIRE_TEST_IGNORES_SIGHUP";
    const ME: &str = "a_signal_that_was_ignored_at_the_start_stays_ignored";
    if env::var_os(CHILD).is_some() {
        for _ in 0..2 {
            let mut shutdown = Shutdown::new().unwrap();
            kill("HUP");
            kill("TERM");
            assert_eq!(run(async |_| heard(&mut shutdown).await), StopSignal::Terminate);
        }
        return;
    }
    let child = Command::new("sh")
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap())
        .args(["--exact", ME, "--test-threads=1"])
        .env(CHILD, "yes")
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
}

#[track_caller]
fn check(shutdown: &mut Shutdown, name: &str, expected: StopSignal) {
    run(async |_| {
        let mut requested = Box::pin(shutdown.requested());
        assert!(poll_once(&mut requested).await.is_none(), "nobody asked yet");
        drop(requested);
        kill(name);
        assert_eq!(heard(shutdown).await, expected);

        let mut requested = Box::pin(shutdown.requested());
        assert!(poll_once(&mut requested).await.is_none(), "it is told once");
        kill(name);
        CLOCK.sleep(SOON).await;
        drop(requested); // Woken, and not polled again.
        assert_eq!(heard(shutdown).await, expected);
    });
}

async fn heard(shutdown: &mut Shutdown) -> StopSignal {
    shutdown.requested().await.unwrap()
}

fn kill(name: &str) {
    let me = std::process::id().to_string();
    assert!(Command::new("kill").args(["-s", name, &me]).status().unwrap().success());
}

/// Returns whether a signal to this process is still pending (Linux). On a busy machine
/// its delivery may take a while.
fn is_pending() -> bool {
    signals("ShdPnd:") != 0
}

/// Returns whether this process ignores a signal (Linux).
fn is_ignored(number: u32) -> bool {
    signals("SigIgn:") >> (number - 1) & 1 == 1
}

/// Returns a set of signals of this process, a bit for each. Empty where there is no `/proc`.
fn signals(set: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix(set));
    mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).expect("a mask"))
}
