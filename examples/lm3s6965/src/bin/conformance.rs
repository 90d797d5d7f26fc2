//! What every backend must pass, on a Cortex-M3.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use embassy_executor::Spawner;
use lm3s6965::{Interrupt, interrupt};
use tickwire_board_checks::{Board, Proof, on_interrupt};
use tickwire_conformance::{Unmet, Verdict};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_lm3s6965::{executor, init, interrupts, report, stopwatch};
use tickwire_traits::{Clock, Duration, Instant, Timer};

const CLOCK: EmbassyClock = EmbassyClock;

/// What is rounded off when a clock is looked at.
const TICK: Duration = Duration::from_micros(1);

/// More than it takes to wake a task: some thousand instructions.
const LATE: Duration = Duration::from_micros(200);

/// The interrupt of the second quadrature encoder, which is not used.
const SPARE: Interrupt = Interrupt::QEI1;

struct Lm3s6965;

impl Board for Lm3s6965 {
    fn interrupt(&self) {
        interrupts::trigger(SPARE);
    }

    fn stopwatch(&self) -> Instant {
        stopwatch::now()
    }
}

#[interrupt]
fn QEI1() {
    on_interrupt();
}

#[cortex_m_rt::entry]
fn main() -> ! {
    init();
    interrupts::enable(SPARE);
    executor::run(|spawner| spawner.spawn(check(spawner).expect("it is spawned once")))
}

#[embassy_executor::task]
async fn check(spawner: Spawner) {
    let mut proof = Proof::new(&Lm3s6965, report::say);
    proof.run(spawner).await;
    proof.check("time_goes_on_over_a_wrap", time_goes_on_over_a_wrap()).await;
    proof.check("alarms_around_a_wrap_are_kept", alarms_around_a_wrap_are_kept()).await;
    proof.check("far_alarms_are_kept", far_alarms_are_kept()).await;
    report::exit(proof.end());
}

fn expect(kept: bool, broken: &'static str) -> Verdict {
    if kept { Ok(()) } else { Err(Unmet::Failed(broken)) }
}

/// SysTick wraps at whole seconds. Waits until shortly before one, and returns it.
async fn shortly_before_a_wrap(before: Duration) -> Instant {
    let seconds = (CLOCK.now() + before).as_micros() / 1_000_000 + 1;
    let wrap = Instant::from_millis(seconds * 1_000);
    CLOCK.sleep_until(wrap - before).await;
    wrap
}

/// Time neither stops nor jumps, whether the interrupt is taken or kept waiting.
async fn time_goes_on_over_a_wrap() -> Verdict {
    /// Looks at both clocks until well after the wrap.
    fn look(wrap: Instant) -> Verdict {
        // It was started first.
        let ahead = stopwatch::now() - CLOCK.now();
        let mut last = CLOCK.now();
        while last < wrap + Duration::from_millis(2) {
            let (before, watch, now) = (CLOCK.now(), stopwatch::now() - ahead, CLOCK.now());
            expect(last <= before && before <= now, "time went back")?;
            // Both clocks round off, and so did the difference.
            let agrees = before <= watch + TICK * 2 && watch <= now + TICK * 2;
            expect(agrees, "time has jumped")?;
            last = now;
        }
        Ok(())
    }

    for round in 0..20 {
        let before = Duration::from_micros(500 + 7 * round);
        let wrap = shortly_before_a_wrap(before).await;
        if round % 2 == 0 { look(wrap) } else { critical_section::with(|_| look(wrap)) }?;
    }
    Ok(())
}

/// Deadlines before, at and after a wrap are met, by either clock.
async fn alarms_around_a_wrap_are_kept() -> Verdict {
    for offset in 0..40 {
        let wrap = shortly_before_a_wrap(Duration::from_millis(2)).await;
        let deadline = wrap + Duration::from_micros(20 * offset) - Duration::from_micros(400);
        let (start, watch) = (CLOCK.now(), stopwatch::now());
        CLOCK.sleep_until(deadline).await;
        let (now, span) = (CLOCK.now(), stopwatch::now() - watch);
        expect(now >= deadline, "a deadline near a wrap had not come yet")?;
        expect(now <= deadline + LATE, "a deadline near a wrap was missed")?;
        expect(span + TICK >= deadline - start, "a sleep over a wrap was short")?;
        expect(span <= deadline - start + LATE, "a sleep over a wrap was long")?;
    }
    Ok(())
}

/// What is farther than the timer reaches is done in stages.
async fn far_alarms_are_kept() -> Verdict {
    for secs in [1, 10, 341, 3_600] {
        let span = Duration::from_secs(secs);
        stopwatch::restart();
        let deadline = CLOCK.now() + span;
        CLOCK.sleep_until(deadline).await;
        let (now, watch) = (CLOCK.now(), stopwatch::now() - Instant::from_micros(0));
        expect(now >= deadline, "a far deadline had not come yet")?;
        expect(now <= deadline + LATE, "a far deadline was missed")?;
        // The stopwatch does not go on for longer.
        if secs < 343 {
            expect(watch + TICK >= span && watch <= span + LATE, "a far sleep was not so long")?;
        }
    }
    Ok(())
}
