use tickwire_sync::{Barrier, NoopRawMutex};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

struct Gate(Barrier<NoopRawMutex>);

struct GateModel {
    lines: Lines,
    participants: u32,
    arrived: u32,
}

impl Subject for Gate {
    type Model = GateModel;
    const KINDS: &'static [usize] = &[0; 4];
    const ACTIONS: usize = 1;

    fn wait(&self, _: usize) -> Waiting<'_> {
        Box::pin(async { (self.0.wait().await.is_leader().into(), None) })
    }

    fn act(&self, _: usize) -> u32 {
        self.0.trigger().into()
    }

    fn seen(&self) -> u32 {
        self.0.arrived().into()
    }
}

impl Model for GateModel {
    fn poll(&mut self, id: usize) -> Option<u32> {
        if self.lines.answer(id) {
            return Some(0);
        }
        if self.lines.is_waiting(id) {
            return None;
        }
        if self.act(0) == 1 {
            return Some(1);
        }
        self.lines.enter(0, id);
        None
    }

    fn leave(&mut self, id: usize) {
        if self.lines.is_waiting(id) {
            self.lines.remove(id);
            self.arrived -= 1;
        }
        self.lines.answer(id);
    }

    fn give_back(&mut self, _: usize) {}

    fn act(&mut self, _: usize) -> u32 {
        self.arrived += 1;
        if self.arrived < self.participants {
            return 0;
        }
        self.arrived = 0;
        while self.lines.call_first(0).is_some() {}
        1
    }

    fn seen(&self) -> u32 {
        self.arrived
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

#[test]
fn a_barrier_opens_for_live_waiters_whichever_future_is_dropped() {
    for participants in [1, 2, 3] {
        every_sequence(7, || {
            let model = GateModel { lines: Lines::new(), participants, arrived: 0 };
            (Gate(Barrier::new(participants as u16)), model)
        });
    }
}
