//! How much longer than asked for a sleep of a millisecond is: ours, the
//! kernel's, and others', in one process, in turns.
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod linux {
    use std::future::Future;
    use std::time::{Duration, Instant};

    use futures_lite::future::block_on;
    use nix::sys::prctl::set_timerslack;
    use nix::sys::time::TimeSpec;
    use nix::time::{ClockId, ClockNanosleepFlags, clock_gettime, clock_nanosleep};
    use tickwire_counting::{Sample, judge};
    use tickwire_exec_std::{StdClock, run};
    use tickwire_traits::Timer;

    const SLEEP: Duration = Duration::from_millis(1);
    /// A turn is short, so that what disturbs the machine disturbs everyone.
    const SLEEPS_A_TURN: u32 = 20;
    const TURNS: u32 = 100;

    type Contender = (&'static str, fn(&mut Sample));

    const OURS: usize = 0;
    const RAW: usize = 1;
    const CONTENDERS: [Contender; 6] = [
        ("exec-std", ours),
        ("clock_nanosleep, slack 1 ns", raw_without_slack),
        ("clock_nanosleep, default slack", raw),
        ("async-io", of_async_io),
        ("embassy-time, std", of_embassy),
        ("tokio, current_thread", of_tokio),
    ];

    pub(crate) fn main() {
        let mut samples = CONTENDERS.map(|_| Sample::default());
        for _ in 0..TURNS {
            for ((_, turn), sample) in CONTENDERS.iter().zip(&mut samples) {
                turn(sample);
            }
        }
        println!("overshoot of {} sleeps of 1 ms each, in µs", TURNS * SLEEPS_A_TURN);
        println!("{:32}{:>9}{:>9}{:>9}{:>9}", "", "p50", "p90", "p99", "max");
        for ((name, _), sample) in CONTENDERS.iter().zip(&samples) {
            let [p50, p90, p99, max] = [0.5, 0.9, 0.99, 1.0].map(|part| micros(sample, part));
            println!("{name:32}{p50:>9.1}{p90:>9.1}{p99:>9.1}{max:>9.1}");
        }
        let over = micros(&samples[OURS], 0.5) - micros(&samples[RAW], 0.5);
        judge("exec-std's p50 above the kernel's", over, 15.0, "µs");
    }

    fn micros(sample: &Sample, part: f64) -> f64 {
        sample.quantile(part).as_secs_f64() * 1e6
    }

    fn ours(sample: &mut Sample) {
        run(|_| turn(sample, || StdClock.sleep(SLEEP.into())));
    }

    fn raw_without_slack(sample: &mut Sample) {
        set_timerslack(1).expect("Linux has timer slack");
        raw(sample);
        // Zero: the default again.
        set_timerslack(0).expect("Linux has timer slack");
    }

    fn raw(sample: &mut Sample) {
        for _ in 0..SLEEPS_A_TURN {
            let start = Instant::now();
            let now = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("Linux has this clock");
            let until = now + TimeSpec::from(SLEEP);
            let flags = ClockNanosleepFlags::TIMER_ABSTIME;
            clock_nanosleep(ClockId::CLOCK_MONOTONIC, flags, &until).expect("no signal came");
            sample.add(start.elapsed().saturating_sub(SLEEP));
        }
    }

    fn of_async_io(sample: &mut Sample) {
        async_io::block_on(turn(sample, || async_io::Timer::after(SLEEP)));
    }

    fn of_embassy(sample: &mut Sample) {
        let sleep = || embassy_time::Timer::after(embassy_time::Duration::from_millis(1));
        block_on(turn(sample, sleep));
    }

    fn of_tokio(sample: &mut Sample) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("the system has what a runtime needs");
        runtime.block_on(turn(sample, || tokio::time::sleep(SLEEP)));
    }

    async fn turn<F: Future>(sample: &mut Sample, sleep: impl Fn() -> F) {
        for _ in 0..SLEEPS_A_TURN {
            let start = Instant::now();
            sleep().await;
            sample.add(start.elapsed().saturating_sub(SLEEP));
        }
    }
}

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    eprintln!("sleep_overshoot compares with Linux's clock_nanosleep, which is not here");
}
