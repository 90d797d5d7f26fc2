use tickwire_sync::{Event, NoopRawMutex};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

struct Happening(Event<NoopRawMutex>);

struct HappeningModel {
    lines: Lines,
    set: bool,
}

const SET: usize = 0;

impl Subject for Happening {
    type Model = HappeningModel;
    const KINDS: &'static [usize] = &[0; 4];
    const ACTIONS: usize = 2;

    fn wait(&self, _: usize) -> Waiting<'_> {
        Box::pin(async move {
            self.0.wait().await;
            (0, None)
        })
    }

    fn act(&self, action: usize) -> u32 {
        if action == SET {
            self.0.set()
        } else {
            self.0.clear()
        }
        0
    }

    fn seen(&self) -> u32 {
        self.0.is_set().into()
    }
}

impl Model for HappeningModel {
    fn poll(&mut self, id: usize) -> Option<u32> {
        let through = self.lines.answer(id) || self.set;
        if !through {
            self.lines.enter(0, id);
        }
        through.then_some(0)
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        self.lines.answer(id);
    }

    fn give_back(&mut self, _: usize) {}

    fn act(&mut self, action: usize) -> u32 {
        self.set = action == SET;
        if self.set {
            while self.lines.call_first(0).is_some() {}
        }
        0
    }

    fn seen(&self) -> u32 {
        self.set.into()
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

#[test]
fn an_event_releases_all_waiters_whichever_future_is_dropped() {
    every_sequence(7, || {
        (Happening(Event::new()), HappeningModel { lines: Lines::new(), set: false })
    });
}
