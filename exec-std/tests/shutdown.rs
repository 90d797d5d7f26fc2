//! Signals. One test only: they come to the process, and so to each `Shutdown`.
#![cfg(unix)]

use std::process::Command;

use futures_lite::future::poll_once;
use tickwire_exec_std::{Shutdown, StdClock, StopSignal, run};
use tickwire_traits::{Duration, Timer};

const CLOCK: StdClock = StdClock::new();
const SOON: Duration = Duration::from_millis(20);

#[test]
fn a_signal_asks_to_stop_whichever_future_hears_it() {
    let mut shutdown = Shutdown::new().unwrap();
    check(&mut shutdown, "TERM", StopSignal::Terminate);
    check(&mut shutdown, "INT", StopSignal::Interrupt);

    // Without any, this process would not survive the signal if it ended it.
    drop(shutdown);
    kill("TERM");
    let mut shutdown = Shutdown::new().unwrap();
    check(&mut shutdown, "TERM", StopSignal::Terminate);
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
    CLOCK.timeout(Duration::from_secs(5), shutdown.requested()).await.unwrap().unwrap()
}

fn kill(name: &str) {
    let me = std::process::id().to_string();
    assert!(Command::new("kill").args(["-s", name, &me]).status().unwrap().success());
}
