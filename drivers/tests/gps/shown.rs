//! A hub that shows its driver after each sentence.

use std::cell::RefCell;

use futures_util::future::join;
use tickwire_drivers::gps::{Error, Gps, Hub, Satellites, Sentence};
use tickwire_sim::models::gps::{Receiver, demo_log};
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_sync::NoopRawMutex;

/// The seven sentences of a second of the log.
const SECOND: [Sentence; 7] = [
    Sentence::Rmc,
    Sentence::Gga,
    Sentence::Gsa,
    Sentence::Gsv,
    Sentence::Gsv,
    Sentence::Gsv,
    Sentence::Vtg,
];

#[test]
fn dropped_after_some_polls_each_sentence_is_shown_once() {
    for polls in (1..1_500).step_by(89) {
        let sim = Sim::new();
        let line = Receiver::new(sim.clock(), demo_log(2), 9_600);
        let gps = Gps::new(line, sim.clock()).with_decoder(Satellites::<16>::new());
        let hub = Hub::<NoopRawMutex, _, _, _, _>::new(gps, sim.clock());
        let shown = RefCell::new(Vec::new());
        let run = || {
            hub.run_with(|gps, update| {
                let in_view = gps.decoder().sets().map(|set| set.satellites().count()).sum();
                shown.borrow_mut().push((update.sentence, in_view));
            })
        };
        let first = async {
            hub.next().await.unwrap();
            assert_eq!(*shown.borrow(), [(Sentence::Rmc, 0)], "dropped after {polls} polls");
        };
        let runs = async {
            let _ = drop_after(polls, run()).await;
            assert_eq!(run().await, Err(Error::EndOfStream));
        };
        sim.run(join(runs, first));
        let (sentences, in_view): (Vec<_>, Vec<usize>) = shown.take().into_iter().unzip();
        assert_eq!(sentences, [SECOND, SECOND].concat(), "dropped after {polls} polls");
        assert_eq!(in_view[3..7], [0, 0, 11, 11], "the set is whole with its last sentence");
    }
}

#[test]
fn dropped_at_every_poll_each_sentence_is_shown_once() {
    let sim = Sim::new();
    let line = Receiver::new(sim.clock(), demo_log(2), 9_600);
    let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(line, sim.clock()), sim.clock());
    let shown = RefCell::new(Vec::new());
    let run = async || hub.run_with(|_, update| shown.borrow_mut().push(update.sentence)).await;
    assert_eq!(sim.run(impatiently(run)), Err(Error::EndOfStream));
    assert_eq!(shown.take(), [SECOND, SECOND].concat());
}
