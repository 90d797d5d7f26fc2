//! The clock compared with those of the standard library and the kernel.

use std::time;

use tickwire_exec_std::StdClock;
use tickwire_traits::{Clock, Duration, Instant};

const CLOCK: StdClock = StdClock::new();

#[test]
fn it_is_the_standard_librarys_clock_with_another_zero() {
    let _its_zero = CLOCK.now();
    let std = time::Instant::now();
    let at = StdClock::from_std(std);
    let later = StdClock::from_std(std + time::Duration::from_millis(20));
    assert_eq!(later - at, Duration::from_millis(20));
    // With a wrong zero, the difference is the machine's uptime or all of `at`.
    let apart = CLOCK.now() - StdClock::from_std(time::Instant::now());
    assert!(apart < Duration::from_secs(1), "{apart:?}");
    let back = StdClock::to_std(at).unwrap();
    assert!(back <= std && std - back < time::Duration::from_micros(1), "rounded down");
}

#[test]
fn what_is_before_its_zero_is_zero_and_what_never_comes_has_no_time() {
    let before = time::Instant::now() - time::Duration::from_secs(1);
    assert!(StdClock::from_std(before) <= CLOCK.now());
    let year = time::Duration::from_secs(365 * 86_400);
    if let Some(long_ago) = time::Instant::now().checked_sub(year) {
        assert_eq!(StdClock::from_std(long_ago), Instant::EPOCH);
    }
    if let Some(at) = StdClock::to_std(Instant::MAX) {
        assert_eq!(StdClock::from_std(at), Instant::MAX);
    }
}

#[cfg(target_os = "linux")]
mod kernel {
    use rustix::time::{ClockId, clock_gettime};

    use super::*;

    fn stamp() -> u64 {
        let time = clock_gettime(ClockId::Monotonic);
        u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).unwrap()
    }

    #[test]
    fn a_stamp_of_the_kernel_is_between_what_is_read_before_and_after() {
        for _ in 0..10_000 {
            let before = CLOCK.now();
            let at = StdClock::from_monotonic_nanos(stamp());
            let after = CLOCK.now();
            assert!(before <= at && at <= after, "{before:?} {at:?} {after:?}");
        }
    }

    #[test]
    fn nanoseconds_come_back_and_saturate() {
        let at = Instant::from_micros(12_345_678);
        let nanos = StdClock::to_monotonic_nanos(at);
        assert_eq!(StdClock::from_monotonic_nanos(nanos), at);
        assert_eq!(StdClock::from_monotonic_nanos(nanos + 999), at, "rounded down");
        assert_eq!(StdClock::from_monotonic_nanos(0), Instant::EPOCH);
        assert_eq!(StdClock::to_monotonic_nanos(Instant::MAX), u64::MAX);
    }
}
