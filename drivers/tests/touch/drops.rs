//! Futures that are dropped at their await points.

use tickwire_drivers::contact::ContactSource;
use tickwire_sim::{Sim, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant};

use crate::rig::{Rig, told};

const TOUCHES: &[u64] = &[110, 210, 310, 410];

#[test]
fn impatient_callers_see_each_touch() {
    let mut rig = Rig::on(Sim::new());
    rig.play(TOUCHES);
    let Rig { sim, pad, .. } = &mut rig;
    let changes = [(); 4].map(|()| {
        told(sim.run(impatiently(async || {
            loop {
                if let Some(change) = pad.change_until(Instant::MAX).await.unwrap() {
                    return change;
                }
            }
        })))
    });
    assert_eq!(changes, [(true, 140), (false, 240), (true, 340), (false, 440)]);
}

#[test]
fn dropped_at_any_poll_it_goes_on() {
    for polls in 1..8 {
        let mut rig = Rig::on(Sim::new());
        rig.play(TOUCHES);
        // A conversion is pending too, and is lost if it is dropped.
        rig.source.set_conversion_time(Duration::from_micros(200));
        let Rig { sim, pad, .. } = &mut rig;
        let (mut seen, mut dropped, end) = (Vec::new(), 0, Instant::from_millis(600));
        while sim.clock().now() < end {
            match sim.run(drop_after(polls, pad.change_until(end))) {
                Some(change) => seen.extend(change.unwrap().map(told)),
                None => {
                    dropped += 1;
                    let until = sim.clock().now() + Duration::from_millis(3);
                    seen.extend(sim.run(pad.change_until(until)).unwrap().map(told));
                }
            }
        }
        let seen: Vec<_> = seen.into_iter().map(|(is_touched, _)| is_touched).collect();
        assert_eq!(seen, [true, false, true, false], "{polls}");
        assert!(dropped >= 4, "{polls}: only {dropped} were dropped");
    }
}
