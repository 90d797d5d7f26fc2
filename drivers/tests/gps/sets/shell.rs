//! Satellites of a receiver on a line.

use tickwire_drivers::gps::{Error, Gps, Satellites};
use tickwire_sim::{Sim, impatiently, models::gps};

use super::shown;

/// What a receiver of several systems sends, by its model.
const SKY: &str = "GPS/1: 2* 5* 7* 13* 15* 20* 30* 8; GPS/6: 5* 7* 30*; GLONASS/1: 68* 78* 79* 88; \
                   Galileo/7: 3* 5* 13 15* 27*";

#[test]
fn after_each_sentence_every_set_is_whole_for_the_patient_and_the_impatient() {
    for impatient in [false, true] {
        let sim = Sim::new();
        let line = gps::Receiver::new(sim.clock(), gps::sky_log(3), 9_600);
        let mut gps = Gps::new(line, sim.clock()).with_decoder(Satellites::<32>::new());
        sim.run(async {
            loop {
                let next = if impatient {
                    impatiently(async || gps.update().await).await
                } else {
                    gps.update().await
                };
                if next == Err(Error::EndOfStream) {
                    break;
                }
                let shown = shown(gps.decoder());
                let whole = SKY.split("; ").filter(|set| shown.contains(set));
                assert_eq!(whole.collect::<Vec<_>>().join("; "), shown);
            }
        });
        assert_eq!(shown(gps.decoder()), SKY);
        let counters = gps.decoder().counters();
        assert_eq!((counters.sets, counters.torn, counters.omitted), (12, 0, 0));
    }
}
