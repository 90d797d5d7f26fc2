use tickwire_sync::{Flag, NoopRawMutex};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

struct Signal(Flag<NoopRawMutex>);

struct SignalModel {
    lines: Lines,
    set: bool,
}

const SET: usize = 0;

impl Subject for Signal {
    type Model = SignalModel;
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
            self.0.set();
            return 0;
        }
        self.0.clear().into()
    }

    fn seen(&self) -> u32 {
        self.0.is_set().into()
    }
}

impl Model for SignalModel {
    fn poll(&mut self, id: usize) -> Option<u32> {
        let through = self.lines.answer(id) || std::mem::take(&mut self.set);
        if !through {
            self.lines.enter(0, id);
        }
        through.then_some(0)
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        if self.lines.answer(id) {
            self.act(SET);
        }
    }

    fn give_back(&mut self, _: usize) {}

    fn act(&mut self, action: usize) -> u32 {
        if action != SET {
            return std::mem::take(&mut self.set).into();
        }
        if self.lines.call_first(0).is_none() {
            self.set = true;
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
fn a_flag_releases_one_waiter_per_setting_whichever_future_is_dropped() {
    every_sequence(7, || (Signal(Flag::new()), SignalModel { lines: Lines::new(), set: false }));
}
