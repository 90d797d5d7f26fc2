//! Time around the moment at which a counter of the time driver wraps.

use core::hint::spin_loop;

use tickwire_conformance::{Verdict, expect};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::Board;

const CLOCK: EmbassyClock = EmbassyClock;

/// What is rounded off when a clock is looked at.
const TICK: Duration = Duration::from_micros(1);

/// More than it takes to wake a task: some thousand instructions.
pub(crate) const LATE: Duration = Duration::from_micros(200);

/// Time neither stops nor jumps, whether interrupts are taken or kept waiting.
pub(crate) async fn time_goes_on_over_a_wrap(
    board: &impl Board,
    wrap_after: fn(Instant) -> Instant,
) -> Verdict {
    for round in 0..20 {
        let wrap = shortly_before(wrap_after, Duration::from_micros(500 + 7 * round)).await;
        let look = || look(board, wrap + Duration::from_millis(2));
        if round % 2 == 0 { look() } else { critical_section::with(|_| look()) }?;
    }
    Ok(())
}

/// A time that is put together of two readings is whole, wherever between these its counter
/// wraps.
pub(crate) async fn time_is_never_torn(
    _: &impl Board,
    wrap_after: fn(Instant) -> Instant,
) -> Verdict {
    for round in 0..200 {
        let wrap = shortly_before(wrap_after, Duration::from_micros(150 + round % 10)).await;
        // So that it is now here, now there that the loop comes to the wrap.
        (0..round / 10).for_each(|_| spin_loop());
        glance(wrap + Duration::from_micros(50))?;
    }
    Ok(())
}

/// Looks at both clocks, again and again, until `end`.
fn look(board: &impl Board, end: Instant) -> Verdict {
    let ahead = board.stopwatch() - CLOCK.now();
    let mut last = CLOCK.now();
    while last < end {
        let (before, watch, now) = (CLOCK.now(), board.stopwatch() - ahead, CLOCK.now());
        expect(last <= before && before <= now, "time went back")?;
        // Both clocks round off, and so did the difference.
        let agrees = before <= watch + TICK * 2 && watch <= now + TICK * 2;
        expect(agrees, "time has jumped")?;
        last = now;
    }
    Ok(())
}

/// Looks at the clock alone, so that hardly anything but this is where the counter wraps.
fn glance(end: Instant) -> Verdict {
    let mut last = CLOCK.now();
    while last < end {
        let now = CLOCK.now();
        expect(last <= now, "time went back")?;
        expect(now <= last + LATE, "time has jumped")?;
        last = now;
    }
    Ok(())
}

/// Deadlines before, at and after a wrap are met, by either clock.
pub(crate) async fn alarms_around_a_wrap_are_kept(
    board: &impl Board,
    wrap_after: fn(Instant) -> Instant,
) -> Verdict {
    for offset in 0..40 {
        let wrap = shortly_before(wrap_after, Duration::from_millis(2)).await;
        let deadline = wrap + Duration::from_micros(20 * offset) - Duration::from_micros(400);
        let (start, watch) = (CLOCK.now(), board.stopwatch());
        CLOCK.sleep_until(deadline).await;
        let (now, span) = (CLOCK.now(), board.stopwatch() - watch);
        expect(now >= deadline, "a deadline near a wrap had not come yet")?;
        expect(now <= deadline + LATE, "a deadline near a wrap was missed")?;
        expect(span + TICK >= deadline - start, "a sleep over a wrap was short")?;
        expect(span <= deadline - start + LATE, "a sleep over a wrap was long")?;
    }
    Ok(())
}

/// Sleeps until so long before a wrap, and returns when that will be.
async fn shortly_before(wrap_after: fn(Instant) -> Instant, before: Duration) -> Instant {
    let wrap = wrap_after(CLOCK.now() + before);
    CLOCK.sleep_until(wrap - before).await;
    wrap
}
