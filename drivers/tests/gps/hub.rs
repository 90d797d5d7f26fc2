//! One receiver for many tasks: each gets its own, none takes from another, errors reach all.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use embedded_io_async::ErrorKind;
use futures_util::future::{join, maybe_done};
use tickwire_drivers::gps::{Error, Gps, Hub};
use tickwire_sim::models::gps::{self, Control, LineFault};
use tickwire_sim::{Sim, SimClock, at_every_pace, drop_after, impatiently};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Clock, Duration, Either, Exit, Instant, Timer, race};

type Hubs<T = SimClock> = Hub<NoopRawMutex, gps::Receiver<T>, SimClock>;

fn at_second(second: u64) -> Instant {
    Instant::from_millis(second * 1_000)
}

const SECOND: Duration = Duration::from_secs(1);

fn hub(sim: &Sim, line: gps::Receiver<SimClock>) -> (Hubs, Control<SimClock>) {
    let control = line.control();
    (Hub::new(Gps::new(line, sim.clock()), sim.clock()), control)
}

fn seconds(sim: &Sim, seconds: u32) -> gps::Receiver<SimClock> {
    gps::Receiver::new(sim.clock(), gps::demo_log(seconds), 9_600).then_silence()
}

/// Runs `waiters` while the hub runs.
async fn with_run<T>(hub: &Hubs, waiters: impl Future<Output = T>) -> T {
    match race(waiters, hub.run()).await {
        Either::First(output) => output,
        Either::Second(Err(error)) => panic!("{error:?}"),
    }
}

/// Awaits all, each of which is polled until it is done.
async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = futures.into_iter().map(|each| Box::pin(maybe_done(each))).collect();
    for at in 0..all.len() {
        poll_fn(|cx| {
            let polls = all.iter_mut().map(|each| each.as_mut().poll(cx));
            polls.enumerate().fold(
                Poll::Pending,
                |done, (which, poll)| {
                    if which == at { poll } else { done }
                },
            )
        })
        .await;
    }
    all.iter_mut().map(|each| each.as_mut().take_output().unwrap()).collect()
}

/// Counts the polls of `future` that were pending.
async fn pending<F: Future>(future: F, polls: &Cell<u32>) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let poll = future.as_mut().poll(cx);
        polls.set(polls.get() + u32::from(poll.is_pending()));
        poll
    })
    .await
}

#[test]
fn b_gps8_no_waiter_takes_a_report_from_another() {
    let sim = Sim::new();
    let (hub, _) = hub(&sim, seconds(&sim, 3));
    let since = Instant::from_micros(1);
    let all = join(
        join_all((0..5).map(|_| hub.next())),
        join(
            join_all((0..5).map(|_| hub.position(since))),
            join(
                join(hub.date(since), hub.date(since)),
                join(hub.course(since), hub.altitude_mm(since)),
            ),
        ),
    );
    let (fixes, (positions, ((date, same_date), (course, altitude)))) =
        sim.run(with_run(&hub, all));
    let first = fixes[0].unwrap();
    assert!(fixes.iter().all(|fix| *fix == Ok(first)));
    assert!(positions.iter().all(|position| *position == Ok(first.position().unwrap())));
    assert_eq!(date, same_date);
    // Each in the poll after its sentence: RMC, then GGA. None waits for the next second.
    assert!(date.unwrap().at < altitude.unwrap().at && course.is_ok());
    assert!(sim.clock().now() < Instant::from_millis(1_000));
}

/// Counts the pending polls of `waits`, each of which is a task of its own, until all have ended.
fn polls_of<F: Future<Output = ()> + 'static>(
    sim: &Sim,
    hub: &'static Hubs,
    waits: impl Iterator<Item = F>,
) -> Vec<u32> {
    let tasks: Vec<_> = waits
        .map(|wait| {
            let polls = Rc::new(Cell::new(0));
            let counted = polls.clone();
            let task = async move { pending(wait, &counted).await };
            (sim.spawner().spawn_named("a waiter", task), polls)
        })
        .collect();
    let (tasks, polls): (Vec<_>, Vec<_>) = tasks.into_iter().unzip();
    sim.run(with_run(hub, async {
        for task in tasks {
            assert_eq!(task.await, Exit::Completed);
        }
    }));
    polls.iter().map(|polls| polls.get()).collect()
}

#[test]
fn a_waiter_is_polled_only_when_its_own_value_came() {
    let sim = Sim::new();
    let hub: &'static Hubs = Box::leak(Box::new(hub(&sim, seconds(&sim, 10)).0));
    // An altitude comes once in seven sentences, and the first one after 8 s is the ninth.
    let since = at_second(8);
    let waits = (0..10).map(|_| async move {
        assert!(hub.altitude_mm(since).await.unwrap().at >= since);
    });
    // The first poll, and one per altitude that is too old.
    assert_eq!(polls_of(&sim, hub, waits), [9; 10]);
}

#[test]
fn a_loss_is_reported_after_the_silence_with_few_polls() {
    let sim = Sim::new();
    let hub: &'static Hubs = Box::leak(Box::new(hub(&sim, seconds(&sim, 60)).0));
    let silence = SECOND * 10;
    let clock = sim.clock();
    let wait = async move {
        let last = hub.lost(silence).await.unwrap().unwrap();
        assert_eq!(hub.fix().position().unwrap().at, last);
        let late = clock.now() - (last + silence);
        assert!(late <= Duration::from_millis(5), "{late:?}");
    };
    // 420 sentences: a poll per silence, and the looks at its end.
    assert!(polls_of(&sim, hub, [wait].into_iter())[0] <= 8 + 3);
}

/// The next position comes during the looks after the silence, each time.
#[test]
fn each_silence_has_looks_of_its_own() {
    let times = |sim: &Sim| {
        let (hub, _) = hub(sim, seconds(sim, 10));
        let next = async || hub.next().await.unwrap().position().unwrap().at;
        sim.run(with_run(&hub, async {
            let mut times = Vec::new();
            while times.len() < 20 {
                times.push(next().await);
            }
            times
        }))
    };
    let times = times(&Sim::new());
    let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    let sim = Sim::new();
    let (hub, _) = hub(&sim, seconds(&sim, 10));
    let silence = longest - Duration::from_micros(1_500);
    assert_eq!(sim.run(with_run(&hub, hub.lost(silence))), Ok(times.last().copied()));
}

#[test]
fn without_a_position_the_silence_counts_from_the_call() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, seconds(&sim, 60));
    control.unplug();
    assert_eq!(sim.run(with_run(&hub, hub.lost(SECOND * 3))), Ok(None));
    assert_eq!(sim.clock().now(), Instant::from_millis(3_003));
}

#[test]
fn a_late_task_reports_no_healthy_receiver_as_lost() {
    at_every_pace(|sim| {
        let (hub, _) = hub(sim, seconds(sim, 30));
        let lost = sim.run(with_run(&hub, hub.lost(Duration::from_millis(1_500))));
        let lost = lost.map(|last| last.is_some());
        assert_eq!(lost, Ok(true));
        assert_eq!(hub.fix().time().unwrap().value.to_string(), "12:00:29.000");
    });
}

#[test]
fn the_impatient_get_what_the_patient_get() {
    let outcomes = [false, true].map(|impatient| {
        let sim = Sim::new();
        let (hub, _) = hub(&sim, gps::Receiver::new(sim.clock(), gps::demo_log(5), 9_600));
        let since = at_second(3);
        let run = async {
            if impatient { impatiently(async || hub.run().await).await } else { hub.run().await }
        };
        let wait = async {
            if impatient {
                impatiently(async || hub.position(since).await).await
            } else {
                hub.position(since).await
            }
        };
        let (ended, position) = sim.run(join(run, wait));
        assert_eq!(ended, Err(Error::EndOfStream));
        let (gps, _) = hub.release();
        (position.unwrap(), *gps.counters())
    });
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!((outcomes[0].1.accepted, outcomes[0].1.bytes_skipped), (35, 0));
}

#[test]
fn dropped_at_any_poll_a_run_goes_on_where_it_was() {
    for polls in (1..3_000).step_by(97) {
        let sim = Sim::new();
        let (hub, _) = hub(&sim, gps::Receiver::new(sim.clock(), gps::demo_log(2), 9_600));
        sim.run(async {
            let _ = drop_after(polls, hub.run()).await;
            assert_eq!(hub.run().await, Err(Error::EndOfStream));
        });
        assert_eq!(hub.release().0.counters().accepted, 14, "dropped after {polls} polls");
    }
}

#[test]
fn a_second_run_waits_and_takes_over() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, seconds(&sim, 5));
    sim.run(async {
        let clock = sim.clock();
        let first = clock.timeout(SECOND * 2, hub.run());
        let second = async {
            sim.clock().sleep(SECOND).await;
            hub.run().await
        };
        let fault = async {
            sim.clock().sleep(SECOND * 3).await;
            control.fail_next_read();
        };
        let ((first, second), ()) = join(join(first, second), fault).await;
        assert!(first.is_err(), "it ran until it was dropped");
        assert_eq!(second, Err(Error::Read(LineFault)));
    });
    assert_eq!(hub.release().0.counters().bytes_skipped, 0);
}

#[test]
fn a_failure_reaches_each_waiter_and_the_next_run_works() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, gps::Receiver::new(sim.clock(), gps::demo_log(5), 9_600));
    let never = at_second(100);
    let waits = || {
        join(
            join_all([hub.position(never), hub.position(never)]),
            join(join(hub.date(never), hub.course(never)), hub.lost(SECOND * 50)),
        )
    };
    let kind = embedded_io_async::Error::kind(&LineFault);
    for (name, expected) in [("a fault", Error::Read(kind)), ("the end", Error::EndOfStream)] {
        if expected != Error::EndOfStream {
            control.fail_next_read();
        }
        let (ended, (positions, ((date, course), lost))) = sim.run(join(hub.run(), waits()));
        assert!(ended.is_err(), "{name}");
        assert_eq!(positions, [Err(expected), Err(expected)], "{name}");
        assert_eq!((date, course, lost), (Err(expected), Err(expected), Err(expected)), "{name}");
    }
    // The second run has read the whole log, and an old failure harms no new wait.
    assert_eq!(hub.fix().time().unwrap().value.to_string(), "12:00:04.000");
    assert!(sim.run(hub.position(Instant::EPOCH)).is_ok());
    assert_eq!(sim.run(drop_after(1, hub.position(never))), None);
}

#[test]
fn a_value_that_came_just_before_the_end_is_returned() {
    let sim = Sim::new();
    // Read at once, so that the run publishes and ends in one poll.
    let log = &b"$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n"[..];
    let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(log, sim.clock()), sim.clock());
    let ((next, date), ended) =
        sim.run(join(join(hub.next(), hub.date(Instant::EPOCH)), hub.run()));
    assert_eq!(next.unwrap().position().unwrap().value.latitude.e7(), 492_741_667);
    assert_eq!(date, Err(Error::EndOfStream));
    assert_eq!(ended, Err(Error::EndOfStream));
    let _: Result<_, Error<ErrorKind>> = next;
}

#[test]
fn bytes_that_are_garbled_delay_a_waiter_and_no_more() {
    let sim = Sim::new();
    let (hub, control) = hub(&sim, seconds(&sim, 300));
    control.garble(Some(100));
    sim.run(with_run(&hub, async {
        for since in (0..200).step_by(10).map(at_second) {
            sim.clock().sleep_until(since).await;
            let position = hub.position(since).await.unwrap();
            assert!(position.at - since < SECOND * 30);
        }
    }));
    let (gps, _) = hub.release();
    assert!(gps.counters().bytes_skipped > 0 && gps.counters().accepted > 0);
}

#[test]
fn an_hour_long_each_of_many_waiters_gets_each_second() {
    let sim = Sim::new();
    let line = gps::Receiver::new(sim.clock(), gps::demo_log(3_600), 9_600);
    let line = line.then_silence().with_fifo(64).with_trigger(32);
    let (hub, _) = hub(&sim, line);
    let tasks = join_all((0..4).map(async |_| {
        let mut dates = 0;
        let clock = sim.clock();
        // A date comes once per second.
        while hub.date(clock.now() + Duration::from_micros(1)).await.is_ok() {
            dates += 1;
            if dates == 3_600 {
                break;
            }
        }
        dates
    }));
    assert_eq!(sim.run(with_run(&hub, tasks)), [3_600; 4]);
    assert!(sim.clock().now() < at_second(3_600));
}
