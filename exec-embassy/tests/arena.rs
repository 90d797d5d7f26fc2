//! The arena, on one executor.

mod host;

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use host::{pass, run};
use tickwire_exec_embassy::{Arena, ArenaTask, EmbassyClock};
use tickwire_traits::{Duration, Exit, JoinHandle, Spawn, SpawnError, Timer};

const CLOCK: EmbassyClock = EmbassyClock;

/// A future that never ends, and keeps `witness`.
async fn keep<T>(witness: T) {
    pending::<()>().await;
    drop(witness);
}

#[test]
fn a_future_that_is_not_send_runs_and_its_end_follows_its_drop() {
    static ARENA: Arena<128, 2> = Arena::new();
    run(async |spawner| {
        let count = Rc::new(Cell::new(0));
        let counter = count.clone();
        let task = ARENA.with(spawner).spawn(async move {
            for _ in 0..3 {
                CLOCK.sleep(Duration::from_millis(1)).await;
                counter.set(counter.get() + 1);
            }
        });
        assert_eq!(task.unwrap().await, Exit::Completed);
        assert_eq!(count.get(), 3);
        assert_eq!(Rc::strong_count(&count), 1);
    });
}

#[test]
fn a_full_arena_refuses_and_drops_what_it_refused() {
    static ARENA: Arena<64, 2> = Arena::new();
    run(async |spawner| {
        let tasks = ARENA.with(spawner);
        let one = tasks.spawn(pending()).unwrap();
        let two = tasks.spawn(pending()).unwrap();
        assert_eq!(ARENA.free(), 0);
        let witness = Rc::new(());
        assert_eq!(tasks.spawn(keep(witness.clone())).unwrap_err(), SpawnError::NoFreeSlot);
        assert_eq!(Rc::strong_count(&witness), 1);
        assert_eq!(one.cancel().await, Exit::Cancelled);
        tasks.spawn(keep(witness.clone())).unwrap().detach();
        assert_eq!(two.cancel().await, Exit::Cancelled);
        assert_eq!(ARENA.free(), 1);
    });
}

#[test]
fn a_slot_is_free_for_the_task_just_notified() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let tasks = ARENA.with(spawner);
        for _ in 0..10 {
            assert_eq!(tasks.spawn(ready(())).unwrap().await, Exit::Completed);
            assert_eq!(tasks.spawn(pass()).unwrap().await, Exit::Completed);
            assert_eq!(tasks.spawn(pending()).unwrap().cancel().await, Exit::Cancelled);
            // It wakes itself and ends.
            let restless = poll_fn(|cx| {
                cx.waker().wake_by_ref();
                Poll::Ready(())
            });
            assert_eq!(tasks.spawn(restless).unwrap().await, Exit::Completed);
        }
    });
}

#[test]
fn a_stale_waker_neither_takes_a_slot_nor_hurts_the_next_task() {
    static ARENA: Arena<128, 1> = Arena::new();
    run(async |spawner| {
        let tasks = ARENA.with(spawner);
        let kept = Rc::new(RefCell::new(None));
        let keeper = kept.clone();
        let task = tasks.spawn(poll_fn(move |cx| {
            *keeper.borrow_mut() = Some(cx.waker().clone());
            Poll::Ready(())
        }));
        assert_eq!(task.unwrap().await, Exit::Completed);
        let stale = kept.take().unwrap();
        stale.wake_by_ref();
        let polls = Rc::new(Cell::new(0));
        let counter = polls.clone();
        let task = tasks.spawn(poll_fn(move |_| {
            counter.set(counter.get() + 1);
            Poll::<()>::Pending
        }));
        let task = task.unwrap();
        pass().await;
        stale.wake();
        pass().await;
        assert_eq!(polls.get(), 2);
        assert_eq!(task.cancel().await, Exit::Cancelled);
    });
}

#[test]
fn the_handle_of_a_reported_end_keeps_no_slot() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let tasks = ARENA.with(spawner);
        let mut ended = tasks.spawn(ready(())).unwrap();
        assert_eq!((&mut ended).await, Exit::Completed);
        let next = tasks.spawn(pending()).unwrap();
        // Its end was reported, and it has no effect on the next task.
        assert_eq!((&mut ended).await, Exit::Completed);
        assert_eq!(ended.cancel().await, Exit::Completed);
        assert_eq!(ARENA.free(), 0);
        assert_eq!(next.cancel().await, Exit::Cancelled);
    });
}

#[test]
fn an_unread_end_keeps_the_slot() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let task = ARENA.with(spawner).spawn(ready(())).unwrap();
        pass().await;
        assert_eq!(ARENA.free(), 0);
        drop(task);
        assert_eq!(ARENA.free(), 1);
        let task = ARENA.with(spawner).spawn(ready(())).unwrap();
        pass().await;
        task.detach();
        assert_eq!(ARENA.free(), 1);
    });
}

#[test]
fn to_drop_a_handle_cancels_and_to_detach_it_does_not() {
    static ARENA: Arena<64, 2> = Arena::new();
    run(async |spawner| {
        let tasks = ARENA.with(spawner);
        let witness = Rc::new(());
        let dropped = tasks.spawn(keep(witness.clone())).unwrap();
        tasks.spawn(keep(witness.clone())).unwrap().detach();
        pass().await;
        drop(dropped);
        assert_eq!(Rc::strong_count(&witness), 3, "its executor drops it");
        pass().await;
        assert_eq!(Rc::strong_count(&witness), 2);
        assert_eq!(ARENA.free(), 1);
    });
}

#[test]
fn what_is_detached_gives_its_slot_back() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        for _ in 0..3 {
            ARENA.with(spawner).spawn(pass()).unwrap().detach();
            pass().await;
            pass().await;
            assert_eq!(ARENA.free(), 1);
        }
    });
}

#[test]
fn what_is_cancelled_before_its_first_poll_never_runs() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        for _ in 0..2 {
            let ran = Rc::new(Cell::new(false));
            let runner = ran.clone();
            let task = ARENA.with(spawner).spawn(async move { runner.set(true) }).unwrap();
            assert_eq!(task.cancel().await, Exit::Cancelled);
            assert_eq!((ran.get(), Rc::strong_count(&ran)), (false, 1));
        }
    });
}

#[test]
fn to_cancel_is_to_wait_until_the_future_is_gone() {
    struct SetsOnDrop(Rc<Cell<bool>>);

    impl Drop for SetsOnDrop {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }

    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let is_gone = Rc::new(Cell::new(false));
        let task = ARENA.with(spawner).spawn(keep(SetsOnDrop(is_gone.clone()))).unwrap();
        pass().await;
        let mut cancel = Box::pin(task.cancel());
        poll_fn(|cx| {
            assert!(cancel.as_mut().poll(cx).is_pending());
            assert!(!is_gone.get());
            Poll::Ready(())
        })
        .await;
        assert_eq!(cancel.await, Exit::Cancelled);
        assert!(is_gone.get());
    });
}

#[test]
fn a_cancellation_that_is_dropped_goes_on() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let witness = Rc::new(());
        for poll in [false, true] {
            let task = ARENA.with(spawner).spawn(keep(witness.clone())).unwrap();
            pass().await;
            let mut cancel = Box::pin(task.cancel());
            if poll {
                let is_pending = poll_fn(|cx| Poll::Ready(cancel.as_mut().poll(cx).is_pending()));
                assert!(is_pending.await);
            }
            drop(cancel);
            pass().await;
            assert_eq!((Rc::strong_count(&witness), ARENA.free()), (1, 1));
        }
    });
}

#[test]
fn a_task_may_drop_its_own_handle() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let own = Rc::new(RefCell::new(None::<ArenaTask>));
        let inside = own.clone();
        let task = ARENA.with(spawner).spawn(async move {
            pass().await;
            drop(inside.take());
            pending::<()>().await;
        });
        *own.borrow_mut() = Some(task.unwrap());
        pass().await;
        pass().await;
        assert_eq!((Rc::strong_count(&own), ARENA.free()), (1, 1));
    });
}

#[test]
fn a_future_may_spawn_while_it_is_dropped() {
    struct Spawns<F: FnMut()>(F);

    impl<F: FnMut()> Drop for Spawns<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }

    static ARENA: Arena<64, 2> = Arena::new();
    run(async |spawner| {
        let tasks = ARENA.with(spawner);
        let ran = Rc::new(Cell::new(false));
        let runner = ran.clone();
        let last_will = Spawns(move || {
            let runner = runner.clone();
            tasks.spawn(async move { runner.set(true) }).unwrap().detach();
        });
        assert_eq!(tasks.spawn(keep(last_will)).unwrap().cancel().await, Exit::Cancelled);
        pass().await;
        assert!(ran.get());
        assert_eq!(ARENA.free(), 2);
    });
}

#[test]
fn it_stores_what_just_fits() {
    static BYTES: Arena<16, 1> = Arena::new();
    static NONE: Arena<0, 1> = Arena::new();
    run(async |spawner| {
        /// Sixteen bytes, with the greatest alignment that an arena supports.
        #[repr(align(8))]
        struct Whole([u8; 16]);

        impl Future for Whole {
            type Output = ();

            fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
                assert_eq!(self.0, [7; 16]);
                assert_eq!((&raw const self.0).addr() % 8, 0);
                Poll::Ready(())
            }
        }

        assert_eq!(BYTES.with(spawner).spawn(Whole([7; 16])).unwrap().await, Exit::Completed);
        let nothing = poll_fn(|_| Poll::Ready(()));
        assert_eq!(NONE.with(spawner).spawn(nothing).unwrap().await, Exit::Completed);
    });
}

#[test]
fn a_future_stays_where_it_is() {
    static ARENA: Arena<128, 1> = Arena::new();
    run(async |spawner| {
        // It refers to itself, and other contexts read the slot meanwhile.
        let task = ARENA.with(spawner).spawn(async {
            let text = [1_u8; 32];
            let inside = &text[3..7];
            for _ in 0..3 {
                pass().await;
                assert_eq!(inside, [1; 4]);
            }
        });
        let mut task = task.unwrap();
        for _ in 0..3 {
            poll_fn(|cx| Poll::Ready(Pin::new(&mut task).poll(cx).is_ready())).await;
            assert_eq!(format!("{ARENA:?}"), "Arena { bytes: 128, slots: 1, free: 0 }");
            pass().await;
        }
        assert_eq!(task.await, Exit::Completed);
    });
}
