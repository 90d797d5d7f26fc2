//! Every short sequence of operations on the members of a group, compared with a model.

extern crate std;

use core::task::Waker;
use std::vec::Vec;

use super::Members;
use crate::group::wake_slots::WakeSlots;
use crate::group::wake_slots::sealed::Home;

const PLACES: usize = 3;
const STEPS: usize = if cfg!(miri) { 4 } else { 7 };

#[derive(Clone, Copy, Debug)]
enum Step {
    Claim(usize),
    Release(usize),
    Wake(usize),
    Take,
    Next,
}

/// The expected state of the members.
#[derive(Clone, Default)]
struct Model {
    claimed: [bool; PLACES],
    queued: Vec<usize>,
    taken: Vec<usize>,
}

impl Model {
    fn possible(&self) -> impl Iterator<Item = Step> {
        let of_place = |place| {
            let claimed = self.claimed[place];
            let of_claimed = [Step::Release(place), Step::Wake(place)];
            of_claimed
                .into_iter()
                .filter(move |_| claimed)
                .chain((!claimed).then_some(Step::Claim(place)))
        };
        (0..PLACES).flat_map(of_place).chain([Step::Take, Step::Next])
    }

    /// Performs a step. Returns the polled place, if any.
    fn step(&mut self, step: Step) -> Option<usize> {
        match step {
            Step::Claim(place) => {
                self.claimed[place] = true;
                self.queued.push(place);
            }
            Step::Release(place) => {
                self.claimed[place] = false;
                self.queued.retain(|queued| *queued != place);
                self.taken.retain(|taken| *taken != place);
            }
            Step::Wake(place) => {
                if !self.queued.contains(&place) && !self.taken.contains(&place) {
                    self.queued.push(place);
                }
            }
            Step::Take => self.taken.append(&mut self.queued),
            Step::Next if self.taken.is_empty() => {}
            Step::Next => return Some(self.taken.remove(0)),
        }
        None
    }
}

fn step<H: Home>(members: &mut Members<PLACES, H>, step: Step) -> Option<usize> {
    match step {
        Step::Claim(place) => assert!(members.claim(place)),
        Step::Release(place) => drop(members.release(place)),
        Step::Wake(place) => members.get(place).unwrap().wake(),
        Step::Take => assert_eq!(members.take(Waker::noop()), members.len() > 0),
        Step::Next => return members.next(),
    }
    None
}

/// Performs `steps`, and then polls all remaining slots.
fn check<H: Home>(home: H, steps: &[Step]) {
    let mut model = Model::default();
    let mut members = Members::new(home);
    let rest = [Step::Take, Step::Next, Step::Next, Step::Next, Step::Next];
    for (nth, each) in steps.iter().chain(&rest).enumerate() {
        let (expected, actual) = (model.step(*each), step(&mut members, *each));
        assert_eq!(actual, expected, "after {nth} of {steps:?}");
    }
    assert_eq!(members.len(), model.claimed.iter().filter(|claimed| **claimed).count());
}

fn every_sequence(steps: &mut Vec<Step>, model: &Model, check: &impl Fn(&[Step])) {
    if steps.len() == STEPS {
        return check(steps);
    }
    for step in model.possible() {
        let mut model = model.clone();
        model.step(step);
        steps.push(step);
        every_sequence(steps, &model, check);
        steps.pop();
    }
}

#[test]
fn children_are_polled_once_in_the_order_of_their_wakes_whatever_comes_between() {
    static SLOTS: WakeSlots<PLACES, 1> = WakeSlots::new();
    every_sequence(&mut Vec::new(), &Model::default(), &|steps| {
        check(SLOTS.home(), steps);
        assert_eq!(SLOTS.free(), PLACES);
    });
}

#[cfg(feature = "alloc")]
#[test]
fn children_with_slots_on_the_heap_are_polled_in_the_same_order() {
    every_sequence(&mut Vec::new(), &Model::default(), &|steps| check(crate::HeapSlots, steps));
}
