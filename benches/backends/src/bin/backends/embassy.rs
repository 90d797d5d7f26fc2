//! Embassy's executor on its host platform, which has no descriptors.

use std::cell::Cell;
use std::rc::Rc;

use embassy_executor::raw::TaskStorage;
use embassy_executor::{Executor, Spawner};
// Links its clock, which the library names.
use embassy_time as _;
use tickwire_backends::{Embassy, EmbassyShared, keep_wakers, measure, watched};

use crate::count::Counter;

pub(crate) fn run(mut counter: Counter) {
    run_main(async move |spawner| {
        let shared: &EmbassyShared = Box::leak(Box::default());
        let mut embassy = Embassy { spawner, devices: (), shared };
        measure(&mut embassy, &mut counter).await;
    });
}

/// Runs `main` as a task of embassy's, and returns when `main` has ended.
pub(crate) fn run_main<F: Future<Output = ()> + 'static>(main: impl FnOnce(Spawner) -> F) {
    // Its timers accept the wakers of its tasks alone.
    keep_wakers();
    // Embassy keeps executors and tasks forever.
    let executor = Box::leak(Box::new(Executor::new()));
    let has_ended = Rc::new(Cell::new(false));
    let ended = has_ended.clone();
    let start = |spawner: Spawner| {
        let main = main(spawner);
        let main = watched(async move {
            main.await;
            ended.set(true);
        });
        let storage = Box::leak(Box::new(TaskStorage::new()));
        spawner.spawn(storage.spawn(|| main).expect("nothing runs in it"));
    };
    executor.run_until(start, || has_ended.get());
}
