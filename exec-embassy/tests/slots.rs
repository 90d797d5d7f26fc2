//! Slots of an arena, claimed and freed in every order.

mod host;

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use host::{pass, run};
use tickwire_exec_embassy::{Arena, ArenaTask};
use tickwire_traits::{Exit, JoinHandle, Spawn, SpawnError};

const SLOTS: usize = 3;

/// A step that spawns. A step with a smaller number ends the task of that number.
const SPAWN: usize = SLOTS;

struct Running {
    task: ArenaTask,
    may_end: Rc<Cell<bool>>,
    has_ended: Rc<()>,
}

impl Running {
    fn new(spawn: impl FnOnce(Rc<Cell<bool>>, Rc<()>) -> ArenaTask) -> Self {
        let (may_end, has_ended) = (Rc::<Cell<bool>>::default(), Rc::new(()));
        Self { task: spawn(may_end.clone(), has_ended.clone()), may_end, has_ended }
    }

    /// Ends the task in one of the ways in which a slot becomes free.
    async fn end(self, way: usize) {
        match way {
            0 => {
                self.may_end.set(true);
                assert_eq!(self.task.await, Exit::Completed);
            }
            1 => assert_eq!(self.task.cancel().await, Exit::Cancelled),
            2 => {
                self.may_end.set(true);
                self.task.detach();
                pass().await;
            }
            3 => {
                drop(self.task);
                pass().await;
            }
            4 => {
                self.may_end.set(true);
                pass().await;
                drop(self.task);
            }
            _ => {
                self.may_end.set(true);
                pass().await;
                self.task.detach();
            }
        }
        assert_eq!(Rc::strong_count(&self.has_ended), 1, "the future was not dropped");
    }
}

#[test]
fn in_every_order_a_free_slot_is_found_and_a_used_one_is_not() {
    static ARENA: Arena<32, SLOTS> = Arena::new();
    const STEPS: u32 = if cfg!(miri) { 4 } else { 6 };
    const WAYS: usize = if cfg!(miri) { 1 } else { 6 };
    run(async |spawner| {
        let tasks = ARENA.with(spawner);
        for (order, way) in
            (0..4_usize.pow(STEPS)).flat_map(|order| (0..WAYS).map(move |way| (order, way)))
        {
            let mut running = [const { None::<Running> }; SLOTS];
            for at in 0..STEPS {
                let step = order / (SLOTS + 1).pow(at) % (SLOTS + 1);
                let free = running.iter().position(Option::is_none);
                if step < SPAWN {
                    if let Some(running) = running[step].take() {
                        running.end((way + at as usize) % 6).await;
                    }
                } else if let Some(free) = free {
                    running[free] = Some(Running::new(|may_end, witness| {
                        let task = tasks.spawn(poll_fn(move |cx| {
                            let _witness = &witness;
                            cx.waker().wake_by_ref();
                            if may_end.get() { Poll::Ready(()) } else { Poll::Pending }
                        }));
                        task.unwrap_or_else(|error| panic!("order {order}, step {at}: {error}"))
                    }));
                } else {
                    let error = tasks.spawn(async {}).expect_err("a slot was claimed twice");
                    assert_eq!(error, SpawnError::NoFreeSlot);
                }
                let used = running.iter().flatten().count();
                assert_eq!(ARENA.free(), SLOTS - used, "order {order}, step {at}");
            }
            for running in running.into_iter().flatten() {
                running.end(0).await;
            }
        }
    });
}
