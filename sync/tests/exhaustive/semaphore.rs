use tickwire_sync::{BoundedSemaphore, NoopRawMutex, OverRelease, Semaphore};

use crate::harness::{Subject, Waiting, every_sequence};
use crate::model::{Lines, Model};

/// A semaphore, and the number of permits that each task requests.
struct Permits(Semaphore<NoopRawMutex>, [u32; 4]);

/// A bounded semaphore whose last task forgets its permits.
struct BoundedPermits(BoundedSemaphore<NoopRawMutex>, [u32; 4]);

struct PermitsModel {
    lines: Lines,
    wanted: [u32; 4],
    free: u32,
    /// The number of permits that may be released, if bounded.
    forgotten: Option<u32>,
}

const FORGETS: usize = 3;

impl Subject for Permits {
    type Model = PermitsModel;
    // The tasks request different numbers of permits, but arrive in order.
    const KINDS: &'static [usize] = &[0; 4];
    const ACTIONS: usize = 2;

    fn wait(&self, id: usize) -> Waiting<'_> {
        Box::pin(async move {
            let permit = self.0.acquire_many(self.1[id]).await;
            (permit.count(), Some(Box::new(permit) as _))
        })
    }

    fn act(&self, action: usize) -> u32 {
        if action == 0 {
            self.0.release(1).is_ok().into()
        } else {
            self.0.try_acquire().is_some().into()
        }
    }

    fn seen(&self) -> u32 {
        self.0.permits()
    }
}

impl Subject for BoundedPermits {
    type Model = PermitsModel;
    const KINDS: &'static [usize] = &[0; 4];
    const ACTIONS: usize = 2;

    fn wait(&self, id: usize) -> Waiting<'_> {
        Box::pin(async move {
            let permit = self.0.acquire_many(self.1[id]).await;
            let count = permit.count();
            if id == FORGETS {
                permit.forget();
                return (count, None);
            }
            (count, Some(Box::new(permit) as _))
        })
    }

    fn act(&self, action: usize) -> u32 {
        if action == 0 {
            match self.0.release(1) {
                Ok(()) => 1,
                Err(OverRelease { excess }) => 1 - excess,
            }
        } else {
            self.0.try_acquire().is_some().into()
        }
    }

    fn seen(&self) -> u32 {
        self.0.permits()
    }
}

impl Model for PermitsModel {
    fn poll(&mut self, id: usize) -> Option<u32> {
        let wanted = self.wanted[id];
        if !self.lines.answer(id) {
            if self.lines.is_waiting(id) || self.lines.first(0).is_some() || wanted > self.free {
                self.lines.enter(0, id);
                return None;
            }
            self.free -= wanted;
        }
        if id == FORGETS {
            self.forgotten = self.forgotten.map(|count| count + wanted);
        }
        Some(wanted)
    }

    fn leave(&mut self, id: usize) {
        self.lines.remove(id);
        let had = if self.lines.answer(id) { self.wanted[id] } else { 0 };
        self.add(had);
    }

    fn give_back(&mut self, id: usize) {
        if self.forgotten.is_none() || id != FORGETS {
            self.add(self.wanted[id]);
        }
    }

    fn act(&mut self, action: usize) -> u32 {
        if action != 0 {
            return (self.lines.first(0).is_none() && self.free > 0).into();
        }
        match &mut self.forgotten {
            Some(0) => return 0,
            Some(forgotten) => *forgotten -= 1,
            None => {}
        }
        self.add(1);
        1
    }

    fn seen(&self) -> u32 {
        self.free
    }

    fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }
}

impl PermitsModel {
    fn new(wanted: [u32; 4], free: u32, forgotten: Option<u32>) -> Self {
        Self { lines: Lines::new(), wanted, free, forgotten }
    }

    fn add(&mut self, count: u32) {
        self.free += count;
        while let Some(first) = self.lines.first(0) {
            if self.wanted[first] > self.free {
                return;
            }
            self.free -= self.wanted[first];
            self.lines.call_first(0);
        }
    }
}

#[test]
fn permits_go_to_the_longest_waiter_whichever_future_is_dropped() {
    for (free, wanted) in
        [(1, [1, 1, 1, 1]), (2, [1, 2, 1, 3]), (0, [2, 1, 0, 1]), (3, [2, 2, 1, 1])]
    {
        every_sequence(6, || {
            (
                Permits(Semaphore::<NoopRawMutex>::new(free), wanted),
                PermitsModel::new(wanted, free, None),
            )
        });
    }
}

#[test]
fn bounded_permits_never_become_more_whichever_future_is_dropped() {
    for (free, wanted) in [(1, [1, 1, 1, 1]), (2, [1, 2, 1, 2])] {
        every_sequence(6, || {
            let model = PermitsModel::new(wanted, free, Some(0));
            (BoundedPermits(BoundedSemaphore::<NoopRawMutex>::new(free), wanted), model)
        });
    }
}
