//! What every backend must pass, on a Cortex-M3.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

use embassy_executor::Spawner;
use lm3s6965::{Interrupt, interrupt};
use tickwire_board_checks::{Board, Proof, on_interrupt};
use tickwire_conformance::{Verdict, expect};
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
    proof.wraps(wrap_after).await;
    proof.many_wraps(wrap_after).await;
    proof.check("far_alarms_are_kept", far_alarms_are_kept()).await;
    report::exit(proof.end());
}

/// SysTick wraps at whole seconds.
fn wrap_after(now: Instant) -> Instant {
    Instant::from_millis((now.as_micros() / 1_000_000 + 1) * 1_000)
}

/// What is farther than the timer reaches is done in stages, also when the first begins
/// shortly before a wrap: who then looks for the next time when the counter has wrapped
/// once more has lost a second.
async fn far_alarms_are_kept() -> Verdict {
    for micros in (1..500).step_by(2) {
        CLOCK.sleep_until(wrap_after(CLOCK.now()) - Duration::from_micros(micros)).await;
        is_kept(Duration::from_secs(3)).await?;
    }
    // The last one is too long for the stopwatch, which QEMU does not start again then.
    for secs in [1, 10, 341, 3_600] {
        is_kept(Duration::from_secs(secs)).await?;
    }
    Ok(())
}

async fn is_kept(span: Duration) -> Verdict {
    stopwatch::restart();
    let deadline = CLOCK.now() + span;
    CLOCK.sleep_until(deadline).await;
    let (now, watch) = (CLOCK.now(), stopwatch::now() - Instant::from_micros(0));
    expect(now >= deadline, "a far deadline had not come yet")?;
    expect(now <= deadline + LATE, "a far deadline was missed")?;
    // The stopwatch does not go on for longer.
    if span < Duration::from_secs(343) {
        expect(watch + TICK >= span && watch <= span + LATE, "a far sleep was not so long")?;
    }
    Ok(())
}
