//! Futures of one type after another in the same slot.

mod host;

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use embassy_executor::Spawner;
use host::{pass, run};
use tickwire_exec_embassy::{Arena, ArenaTask};
use tickwire_traits::{Exit, JoinHandle, Spawn};

/// The futures polled and dropped, each by its own sign.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<String>>);

impl Log {
    fn add(&self, sign: char) {
        self.0.lock().unwrap().push(sign);
    }

    fn take(&self) -> String {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Logs `SIGN` for each poll, and `.` when dropped. `SIZE` sets the future's size.
struct Logs<const SIGN: char, const SIZE: usize> {
    log: Log,
    polls: [u8; SIZE],
}

impl<const SIGN: char, const SIZE: usize> Logs<SIGN, SIZE> {
    /// Creates a future that ends at its poll of this number.
    fn new(log: &Log, polls: u8) -> Self {
        Self { log: log.clone(), polls: [polls; SIZE] }
    }
}

impl<const SIGN: char, const SIZE: usize> Future for Logs<SIGN, SIZE> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.log.add(SIGN);
        let left = self.polls[0] - 1;
        assert_eq!(self.polls, [left + 1; SIZE]);
        self.polls = [left; SIZE];
        if left == 0 {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<const SIGN: char, const SIZE: usize> Drop for Logs<SIGN, SIZE> {
    fn drop(&mut self) {
        self.log.add('.');
    }
}

type Small = Logs<'s', 1>;
type Large = Logs<'L', 40>;

#[test]
fn each_is_polled_as_what_it_is_from_here_and_from_there() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let (here, there) = (ARENA.with(spawner), ARENA.with(spawner).make_send());
        let log = Log::default();
        let spawn = |which| match which {
            0 => here.spawn(Small::new(&log, 2)),
            1 => there.spawn(Small::new(&log, 2)),
            2 => here.spawn(Large::new(&log, 3)),
            _ => there.spawn(Large::new(&log, 3)),
        };
        let logged = ["ss.", "ss.", "LLL.", "LLL."];
        for (first, second) in (0..4).flat_map(|first| (0..4).map(move |second| (first, second))) {
            for which in [first, second] {
                let task = spawn(which).unwrap();
                assert_eq!(task.await, Exit::Completed);
                assert_eq!(log.take(), logged[which], "{first}, then {second}");
            }
            // A future cancelled immediately is never polled, and is dropped as its own type.
            assert_eq!(spawn(first).unwrap().cancel().await, Exit::Cancelled);
            assert_eq!(log.take(), ".", "{first}, after {second}");
            // A future cancelled later has been polled.
            let task = spawn(second).unwrap();
            pass().await;
            task.cancel().await;
            assert!(log.take().len() > 1, "{second}, after {first}");
        }
    });
}

#[test]
fn a_waker_of_the_last_type_wakes_the_next() {
    static ARENA: Arena<64, 1> = Arena::new();
    run(async |spawner| {
        let (here, there) = (ARENA.with(spawner), ARENA.with(spawner).make_send());
        let kept = Rc::new(RefCell::new(None::<Waker>));
        let keeper = kept.clone();
        let task = here.spawn(poll_fn(move |cx| {
            *keeper.borrow_mut() = Some(cx.waker().clone());
            Poll::Ready(())
        }));
        assert_eq!(task.unwrap().await, Exit::Completed);
        let stale = kept.take().unwrap();
        let log = Log::default();
        // The slot is empty; a future was sent, but not polled; it was polled.
        stale.wake_by_ref();
        pass().await;
        stale.wake_by_ref();
        let task = there.spawn(Large::new(&log, 2)).unwrap();
        stale.wake_by_ref();
        assert_eq!(task.await, Exit::Completed);
        assert_eq!(log.take(), "LL.");
        let task = here.spawn(pending()).unwrap();
        stale.wake_by_ref();
        pass().await;
        assert_eq!(task.cancel().await, Exit::Cancelled);
    });
}

#[test]
fn a_joiner_notified_within_the_last_poll_can_spawn_the_next() {
    thread_local! {
        static TASK: RefCell<Option<ArenaTask>> = const { RefCell::new(None) };
        static SPAWNER: Cell<Option<Spawner>> = const { Cell::new(None) };
        static NEXT: RefCell<Option<ArenaTask>> = const { RefCell::new(None) };
    }

    static ARENA: Arena<64, 1> = Arena::new();

    /// Reads how the task ended and spawns the next, all within the call that reports the end.
    struct AtOnce(Log);

    impl Wake for AtOnce {
        fn wake(self: Arc<Self>) {
            let mut ended = TASK.take().unwrap();
            let exit = Pin::new(&mut ended).poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(exit, Poll::Ready(Exit::Completed));
            let spawner = SPAWNER.get().unwrap();
            let next = ARENA.with(spawner).spawn(Large::new(&self.0, 2));
            NEXT.set(Some(next.unwrap()));
        }
    }

    run(async |spawner| {
        SPAWNER.set(Some(spawner));
        let log = Log::default();
        for _ in 0..2 {
            let mut task = ARENA.with(spawner).spawn(Small::new(&log, 1)).unwrap();
            let waker = Waker::from(Arc::new(AtOnce(log.clone())));
            assert!(Pin::new(&mut task).poll(&mut Context::from_waker(&waker)).is_pending());
            TASK.set(Some(task));
            pass().await;
            assert_eq!(NEXT.take().unwrap().await, Exit::Completed);
            assert_eq!((log.take().as_str(), ARENA.free()), ("s.LL.", 1));
        }
    });
}

#[test]
fn types_are_sent_and_cancelled_by_many_at_once() {
    static ARENA: Arena<64, 2> = Arena::new();
    static DROPS: AtomicU32 = AtomicU32::new(0);

    /// Never ends, and checks that its bytes have not changed.
    struct Endless<const SIZE: usize>([u8; SIZE]);

    impl<const SIZE: usize> Future for Endless<SIZE> {
        type Output = ();

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            assert_eq!(self.0, [SIZE as u8; SIZE]);
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    }

    impl<const SIZE: usize> Drop for Endless<SIZE> {
        fn drop(&mut self) {
            assert_eq!(self.0, [SIZE as u8; SIZE]);
            DROPS.fetch_add(1, Ordering::SeqCst);
        }
    }

    const EACH: u32 = if cfg!(miri) { 20 } else { 1_000 };
    run(async |spawner| {
        let there = ARENA.with(spawner).make_send();
        let senders = [0, 1].map(|which| {
            thread::spawn(move || {
                for round in 0..EACH {
                    let task = loop {
                        let task = match (which + round) % 3 {
                            0 => there.spawn(Endless([1; 1])),
                            1 => there.spawn(Endless([33; 33])),
                            _ => there.spawn(Endless([64; 64])),
                        };
                        match task {
                            Ok(task) => break task,
                            Err(_) => thread::yield_now(),
                        }
                    };
                    if round % 2 == 0 {
                        thread::yield_now();
                    }
                    drop(task);
                }
            })
        });
        while !senders.iter().all(|sender| sender.is_finished()) || ARENA.free() < 2 {
            pass().await;
        }
        for sender in senders {
            sender.join().unwrap();
        }
        assert!(DROPS.load(Ordering::SeqCst) >= 2 * EACH);
    });
}
