//! Many tasks that send, and others that wait.

use futures_util::future::{join, join3};
use tickwire_drivers::gps::mtk::{Command, Verdict};
use tickwire_sim::at_every_pace;
use tickwire_traits::{Clock, Duration};

use super::{NONE, interval, sending, with_run};

#[test]
fn two_tasks_that_send_at_once_queue() {
    at_every_pace(|sim| {
        let (hub, control) = sending::<Command>(sim, |line| line);
        let answers = sim.run(with_run(
            &hub,
            join3(hub.send(interval(100)), hub.send(Command::QueryRates), hub.post(Command::Test)),
        ));
        assert_eq!(answers, (Ok(Verdict::Succeeded), Ok(Verdict::Succeeded), Ok(())));
        assert_eq!(hub.strays(), NONE);
        assert_eq!(control.commands()[..2], ["PMTK220,100", "PMTK414"]);
    });
}

#[test]
fn sentences_flow_to_all_waiters_meanwhile() {
    at_every_pace(|sim| {
        let (hub, control) = sending::<Command>(sim, |line| line);
        let clock = sim.clock();
        let sends = async {
            for millis in 100..200 {
                assert_eq!(hub.send(interval(millis)).await, Ok(Verdict::Succeeded), "{millis}");
            }
        };
        let dates = async {
            let mut before = None;
            for _ in 0..20 {
                let since = clock.now() + Duration::from_micros(1);
                hub.date(since).await.unwrap();
                let time = hub.fix().time().unwrap().value;
                assert!(before < Some(time), "{time}");
                before = Some(time);
            }
        };
        sim.run(with_run(&hub, join(sends, dates)));
        assert_eq!((hub.strays(), control.commands().len()), (NONE, 100));
        let (gps, _, _) = hub.release_all();
        assert_eq!((gps.counters().bytes_skipped, gps.counters().unsupported), (0, 100));
    });
}
