//! A complete driver, on top of tasks and time.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, InputPin, PinState};
use tickwire_drivers::switch::{Contact, Switch};
use tickwire_traits::{
    Clock, Duration, Edge, EdgeInput, Edges, Instant, JoinHandle, Spawn, TimeSource, Timer,
    TimerQueue,
};

use crate::verdict::expect;
use crate::{Bench, PATIENCE, Scratch, Unmet, Verdict};

const CLOSED: Duration = Duration::from_millis(2);
const OPEN: Duration = Duration::from_millis(60);

pub(crate) async fn a_bouncing_contact_is_debounced(bench: &impl Bench) -> Verdict {
    let (clock, scratch) = (bench.clock(), bench.scratch());
    let start = clock.now();
    let hand = clock.clone();
    let hand = bench.spawner().spawn(async move {
        // Odd numbers of edges, a millisecond apart, that are delivered together, as by an
        // interrupt while the executor is busy.
        for (at, bounces) in [(CLOSED, 5), (OPEN, 3)] {
            hand.sleep_until(start + at + Duration::from_millis(bounces)).await;
            for bounce in 0..bounces {
                let at = start + at + Duration::from_millis(bounce);
                scratch.queue.push(at.as_micros() as u32).await;
            }
            scratch.go.wait().await;
        }
    })?;
    hand.detach();
    let pin = Contacts { scratch, now: start, level: PinState::High };
    let mut switch = Switch::new(pin, clock.clone());
    for (contact, at) in [(Contact::Closed, CLOSED), (Contact::Open, OPEN)] {
        let Ok(change) = switch.change().await;
        expect(change.contact == contact, "a bounce was taken for a change")?;
        expect(change.at == start + at, "a change does not have the time of its first edge")?;
        scratch.go.set();
    }
    let more = clock.timeout(Duration::from_millis(50), switch.change()).await;
    expect(more.is_err(), "a bounce was taken for a change")
}

/// Checks a backend's pin by a contact that bounces. [`run_all`](crate::run_all) does not
/// include this check, because it has no such pin.
///
/// `begin` starts the process that closes and opens a contact between the pin and ground
/// `presses` times. Bounces last up to 40 ms, and changes are 150 ms or more apart.
///
/// # Errors
///
/// The promise that the pin has broken. A change that is never reported is one, after
/// [`PATIENCE`].
///
/// # Cancel safety
///
/// Cancel-safe: it starts no task but what `begin` starts.
pub async fn on_a_pin<P: EdgeInput>(
    clock: &impl TimerQueue,
    mut pin: P,
    presses: u32,
    begin: impl FnOnce(),
) -> Verdict {
    let failed = |_| Unmet::Failed("the pin has failed");
    pin.arm().map_err(failed)?;
    let mut switch = Switch::new(pin, clock);
    let mut last = clock.now();
    begin();
    for contact in (0..presses).flat_map(|_| [Contact::Closed, Contact::Open]) {
        let change = clock.timeout(PATIENCE, switch.change()).await;
        let change = change.map_err(|_| Unmet::Failed("a change was not seen"))?.map_err(failed)?;
        expect(change.contact == contact, "a bounce was taken for a change")?;
        let now = clock.now();
        expect(last <= change.at && change.at <= now, "a change has not the time of its edge")?;
        last = change.at;
    }
    let more = clock.timeout(Duration::from_millis(150), switch.change()).await;
    expect(more.is_err(), "a bounce was taken for a change")
}

/// A pin whose edges come from a task, with a pull-up: high is open.
struct Contacts {
    scratch: &'static Scratch,
    now: Instant,
    level: PinState,
}

impl ErrorType for Contacts {
    type Error = Infallible;
}

impl InputPin for Contacts {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.level == PinState::High)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(self.level == PinState::Low)
    }
}

impl Edges for Contacts {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        TimeSource::Interrupt
    }

    fn arm(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn edge(&mut self) -> Result<Edge, Infallible> {
        let at = self.scratch.queue.pop().await;
        // No await below: an edge is taken in the poll that returns it.
        let passed = at.wrapping_sub(self.now.as_micros() as u32);
        self.now += Duration::from_micros(u64::from(passed));
        self.level = !self.level;
        Ok(Edge { line: (), at: self.now, level: self.level, missed: 0 })
    }
}
