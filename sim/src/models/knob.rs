//! A rotary encoder with detents and a push contact: EC11, and the module KY-040.

mod contact;

use std::fmt;

use tickwire_traits::{Clock, Duration, Instant};

use crate::{Bounce, Wire};
use contact::Sprung;

/// A model of the encoder EC11 (Alps Alpine), which is also on the module KY-040.
///
/// Three contacts to ground: A (`CLK` of the module), B (`DT`) and the push contact (`SW`).
/// A wire with a pull-up is high while its contact is open. At a detent, A and B are open.
/// Clockwise, A closes before B, and opens before B:
///
/// ```text
/// detents      |           |           |
/// A       ‾‾‾‾‾‾‾\_____/‾‾‾‾‾\_____/‾‾‾‾‾     clockwise ►
/// B       ‾‾‾‾‾‾‾‾‾‾\_____/‾‾‾‾‾\_____/‾‾
/// ```
///
/// The model is a hand on the knob. Each motion begins now, or at the end of the motion before
/// it, and is planned on the wires at once: it needs no task. A motion ends when its
/// contacts have settled.
///
/// The datasheet allows A and B to chatter for 3 ms at one turn per second, which is 1° of a
/// turn: each settles before the other one moves, at any speed. So it is in the model, which has
/// fewer bounces in a fast turn. The push contact may chatter for 10 ms. Worn contacts chatter
/// for longer.
///
/// ```
/// use embedded_hal::digital::PinState::High;
/// use tickwire_sim::models::knob::Knob;
/// use tickwire_sim::{Bounce, Sim, Wire};
/// use tickwire_traits::{Duration, Instant};
///
/// let sim = Sim::new();
/// let [a, b, push] = &[(); 3].map(|()| Wire::new(sim.clock(), High));
/// let bounce = Bounce::new(1).with_span(Duration::from_millis(10));
/// let mut knob = Knob::new(sim.clock(), [a, b, push]).with_bounce(bounce);
/// knob.turn(3, Duration::from_millis(50)); // Clockwise,
/// knob.turn(-1, Duration::from_millis(200)); // and back.
/// knob.pause(Duration::from_millis(100));
/// knob.push(Duration::from_millis(80));
/// assert_eq!(knob.detent(), 2);
/// assert!(knob.still_at() > Instant::from_millis(3 * 50 + 200 + 100 + 80));
/// ```
///
/// # Faults
///
/// [`skip`](Self::skip) loses edges, [`glitch`](Self::glitch) adds a pulse, and
/// [`slip`](Self::slip) changes both lines at once.
pub struct Knob<T> {
    clock: T,
    contacts: [Sprung<T>; 3],
    bounce: Option<Bounce>,
    /// Quarter cycles from one detent to the next.
    quarters_per_detent: i64,
    /// The position in quarter cycles.
    quarters: i64,
    slips: u32,
    still_at: Instant,
}

/// A contact of a [`Knob`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// The first of the two that turning moves; `CLK` of a KY-040.
    A,
    /// The second of the two that turning moves; `DT` of a KY-040.
    B,
    /// The push contact; `SW` of a KY-040.
    Push,
}

impl<T: Clock> Knob<T> {
    /// Creates a knob on the wires of A, B and the push contact, which it sets high. It is at a
    /// detent, has one per cycle as most EC11 have, and its contacts do not bounce.
    pub fn new(clock: T, [a, b, push]: [&Wire<T>; 3]) -> Self {
        Self {
            contacts: [a, b, push].map(Sprung::new),
            bounce: None,
            quarters_per_detent: 4,
            quarters: 0,
            slips: 0,
            still_at: clock.now(),
            clock,
        }
    }

    /// Sets the number of detents per cycle of A and B. An EC11 has one or two: with 15 pulses
    /// and 30 detents, A and B are both closed at every second detent.
    ///
    /// # Panics
    ///
    /// If `detents` is not 1, 2 or 4.
    pub fn with_detents_per_cycle(mut self, detents: u8) -> Self {
        assert!(matches!(detents, 1 | 2 | 4), "a cycle has 1, 2 or 4 detents, not {detents}");
        self.quarters_per_detent = 4 / i64::from(detents);
        self
    }

    /// Makes each contact bounce: A and B until the other one moves, at most.
    pub fn with_bounce(mut self, bounce: Bounce) -> Self {
        self.bounce = Some(bounce);
        self
    }

    /// Turns by detents, clockwise if positive, each of which takes `per_detent`. Returns the
    /// end.
    pub fn turn(&mut self, detents: i32, per_detent: Duration) -> Instant {
        let per_quarter = per_detent / self.quarters_per_detent as u32;
        self.turn_quarters(i64::from(detents) * self.quarters_per_detent, per_quarter)
    }

    /// Turns by quarters of a cycle, clockwise if positive, each of which takes `per_quarter`:
    /// for a hand that stops between two detents. Returns the end.
    pub fn turn_quarters(&mut self, quarters: i64, per_quarter: Duration) -> Instant {
        let mut start = self.begin();
        let mut slipped = None;
        for left in (0..quarters.unsigned_abs()).rev() {
            let at = if let Some(at) = slipped.take() {
                at
            } else if left > 0 && self.slips > 0 {
                self.slips -= 1;
                *slipped.insert(start + per_quarter)
            } else {
                // The edge of A or B is in the middle of its quarter.
                start + per_quarter / 2
            };
            let moved = self.move_by(quarters.signum());
            // The other contact moves a quarter later. After the end, it moves in the next motion,
            // which waits until all have settled.
            let limit = if left > 0 { at + per_quarter } else { Instant::MAX };
            self.operate(moved, at, limit);
            start += per_quarter;
        }
        self.still_at = self.still_at.max(start);
        self.still_at
    }

    /// Presses the knob down, and returns when its contact first closes.
    pub fn press(&mut self) -> Instant {
        self.set_push(true)
    }

    /// Releases the knob, and returns when its contact first opens.
    pub fn release(&mut self) -> Instant {
        self.set_push(false)
    }

    /// Presses the knob, and releases it `held` later, or once the contact has settled.
    /// Returns the end.
    pub fn push(&mut self, held: Duration) -> Instant {
        let pressed = self.press();
        self.still_at = self.still_at.max(pressed + held);
        self.release();
        self.still_at
    }

    /// Leaves the knob alone for a time. Returns the end.
    pub fn pause(&mut self, pause: Duration) -> Instant {
        self.still_at = self.begin() + pause;
        self.still_at
    }

    /// Lets a contact fail to close: as if dirty, it stays open the next `closures` times, and
    /// both edges of each are lost.
    pub fn skip(&mut self, contact: Contact, closures: u32) {
        self.contacts[contact as usize].skips += closures;
    }

    /// Plans a pulse of interference on a contact's wire, of the other level than at present.
    /// Returns its end.
    pub fn glitch(&mut self, contact: Contact, width: Duration) -> Instant {
        let start = self.begin();
        self.still_at = start + width;
        self.contacts[contact as usize].pulse(start, self.still_at);
        self.still_at
    }

    /// Lets A and B move at one instant, as if turned too fast: `times` times, a quarter's
    /// edge comes together with the next one of the same turn.
    pub fn slip(&mut self, times: u32) {
        self.slips += times;
    }

    /// Returns the detent at which the knob is after all motions. Between two detents, returns the
    /// lower one.
    pub fn detent(&self) -> i64 {
        self.quarters.div_euclid(self.quarters_per_detent)
    }

    /// Returns the position after all motions in quarters of a cycle.
    pub fn quarters(&self) -> i64 {
        self.quarters
    }

    /// Returns the end of the last motion.
    pub fn still_at(&self) -> Instant {
        self.still_at
    }

    /// Returns when the next motion begins.
    fn begin(&self) -> Instant {
        self.still_at.max(self.clock.now())
    }

    /// Moves by a quarter. Returns the contact that moves, and whether it then is closed.
    ///
    /// In the quarters 0 to 3 of a cycle, none is closed, A, both, and B.
    fn move_by(&mut self, direction: i64) -> (Contact, bool) {
        let before = self.quarters.rem_euclid(4);
        self.quarters += direction;
        let after = self.quarters.rem_euclid(4);
        let (a, b) = (|quarter| matches!(quarter, 1 | 2), |quarter| matches!(quarter, 2 | 3));
        if a(before) == a(after) { (Contact::B, b(after)) } else { (Contact::A, a(after)) }
    }

    fn set_push(&mut self, closed: bool) -> Instant {
        let at = self.begin();
        self.operate((Contact::Push, closed), at, Instant::MAX);
        at
    }

    /// Moves a contact, which then bounces, but not after `limit`.
    fn operate(&mut self, (contact, closed): (Contact, bool), at: Instant, limit: Instant) {
        let settled = self.contacts[contact as usize].set(closed, at, limit, &mut self.bounce);
        self.still_at = self.still_at.max(settled);
    }
}

impl<T> fmt::Debug for Knob<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a knob at quarter {}, still at {:?}", self.quarters, self.still_at)
    }
}
