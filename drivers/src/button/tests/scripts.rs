//! Every short sequence of contacts and times, through the recognizer.

use tickwire_traits::{Duration, Instant};

use super::*;

/// Every sequence of contacts and looks up to a bound, in every mode: presses
/// and releases alternate, time does not go back, and each sequence of clicks is
/// reported once.
#[test]
fn no_sequence_of_contacts_and_times_breaks_it() {
    const STEPS: u32 = 6;
    const SPANS: [u64; 4] = [1, 250, 400, 1_050];
    let repeat = Some(Duration::from_millis(150));
    let modes = [
        IMMEDIATE,
        EXCLUSIVE,
        Timing { most_clicks: 3, repeat, ..IMMEDIATE },
        Timing { most_clicks: 3, repeat, ..EXCLUSIVE },
        Timing { most_clicks: 0, ..EXCLUSIVE },
        Timing { long: Duration::from_millis(300), ..EXCLUSIVE },
        Timing { long: Duration::ZERO, double: Duration::ZERO, repeat, ..EXCLUSIVE },
    ];
    for timing in modes {
        for script in 0..1_u32 << (3 * STEPS) {
            run_script(timing, script, STEPS, SPANS);
        }
    }
}

/// Three bits per step: one of four spans, and a contact or a look.
fn run_script(timing: Timing, script: u32, steps: u32, spans: [u64; 4]) {
    let mut machine = Recognizer::new(timing);
    let mut truth = Truth::new(timing, script);
    let mut now = Instant::EPOCH;
    let mut pressed = false;
    for step in 0..steps {
        let bits = script >> (3 * step);
        now += Duration::from_millis(spans[(bits & 3) as usize]);
        let gesture = if bits & 4 == 0 {
            pressed = !pressed;
            machine.contact(pressed, now)
        } else {
            machine.elapse(now)
        };
        truth.note(gesture, now);
        while let Some(owed) = machine.owed() {
            truth.note(Some(owed), now);
        }
    }
    if pressed {
        truth.note(machine.contact(false, now), now);
    }
    while let Some(due) = machine.deadline() {
        now = now.max(due);
        truth.note(machine.elapse(now), now);
    }
    assert!(!truth.down, "{script:#o}: a press without its release");
    if timing.reporting == Reporting::Exclusive {
        assert_eq!(truth.unreported, 0, "{script:#o}: an unreported click");
    }
}

/// A listener's knowledge, which no gesture may contradict.
struct Truth {
    timing: Timing,
    script: u32,
    down: bool,
    long: bool,
    /// Presses since the last click, double, n-fold or long.
    unreported: u32,
    /// The number of the present press within its sequence.
    sequence: u8,
    pressed: Instant,
    last: Instant,
}

impl Truth {
    fn new(timing: Timing, script: u32) -> Self {
        Self {
            timing,
            script,
            down: false,
            long: false,
            unreported: 0,
            sequence: 0,
            pressed: Instant::EPOCH,
            last: Instant::EPOCH,
        }
    }

    fn note(&mut self, gesture: Option<Gesture>, now: Instant) {
        let Some(Gesture { event, at, .. }) = gesture else { return };
        let script = self.script;
        assert!(self.last <= at && at <= now, "{script:#o}: {event:?} at {at:?}");
        self.last = at;
        match event {
            Press => {
                assert!(!self.down, "{script:#o}: two presses in a row");
                (self.down, self.long) = (true, false);
                self.unreported += 1;
                let in_time = at - self.pressed <= self.timing.double;
                let goes_on = 0 < self.sequence && self.sequence < self.timing.most_clicks;
                self.sequence = if in_time && goes_on { self.sequence + 1 } else { 1 };
                self.pressed = at;
            }
            Release => {
                assert!(self.down, "{script:#o}: a release without its press");
                self.down = false;
            }
            Long => {
                assert!(self.down && !self.long, "{script:#o}: a long press of nothing");
                assert_eq!(self.sequence, 1, "{script:#o}: a long press behind a click");
                (self.long, self.unreported, self.sequence) = (true, 0, 0);
            }
            Repeat => assert!(self.down && self.long, "{script:#o}: a repeat of nothing"),
            Click => self.clicked(1),
            Double => self.clicked(2),
            Clicks(count) => self.clicked(count),
        }
    }

    fn clicked(&mut self, count: u8) {
        let script = self.script;
        assert_eq!(count, self.sequence, "{script:#o}: clicks are counted wrong");
        assert!(self.unreported > 0, "{script:#o}: clicks are reported twice");
        self.unreported = 0;
    }
}
