// Documentation includes this file in a module, hence no `//!` and no imports.

/// Runs `test` to its end on its own embassy executor, on this thread.
#[allow(dead_code)] // Not every test goes uncounted.
pub(crate) fn run<F: Future<Output = ()> + 'static>(
    test: impl FnOnce(embassy_executor::Spawner) -> F,
) {
    run_counted(|spawner, _| test(spawner));
}

/// Like `run`, for a test that counts the executor's rounds.
#[allow(dead_code)] // Not every test counts.
pub(crate) fn run_counted<F: Future<Output = ()> + 'static>(
    test: impl FnOnce(embassy_executor::Spawner, std::rc::Rc<std::cell::Cell<u32>>) -> F,
) {
    use std::{boxed::Box, cell::Cell, rc::Rc};

    use embassy_executor::{Executor, raw::TaskStorage};
    // Links the time driver, which nothing names otherwise.
    use embassy_time as _;

    // Embassy keeps executors and tasks forever.
    let executor = Box::leak(Box::new(Executor::new()));
    let (done, rounds) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
    let is_done = done.clone();
    let counted = rounds.clone();
    let start = |spawner: embassy_executor::Spawner| {
        let test = test(spawner, rounds);
        let main = async move {
            test.await;
            done.set(true);
        };
        let storage = Box::leak(Box::new(TaskStorage::new()));
        spawner.spawn(storage.spawn(|| main).expect("nothing runs in it"));
    };
    executor.run_until(start, || {
        counted.set(counted.get() + 1);
        is_done.get()
    });
}

/// Lets every other woken task run once. This task may be the first of the next round,
/// since embassy's queue is a stack.
#[allow(dead_code)] // Not every test has others.
pub(crate) async fn pass() {
    let mut rounds = 0;
    std::future::poll_fn(|cx| {
        rounds += 1;
        if rounds > 2 {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
