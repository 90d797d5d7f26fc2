//! GPS receivers.

use std::io::Write;

use serde_json::{Value, json};
use tickwire_drivers::gps::{Counters, Error, Fix, Gps};
use tickwire_sim::{Sim, gps};
use tickwire_traits::Clock;

use crate::Failure;
use crate::options::NmeaOptions;

pub(crate) fn replay(options: &NmeaOptions, out: &mut impl Write) -> Result<(), Failure> {
    let mut log = std::fs::read(&options.file)
        .map_err(|error| Failure::Input(format!("{}: {error}", options.file.display())))?;
    // A capture ends where it was cut; the sentence there may be whole.
    log.extend(b"\r\n");
    let sim = Sim::new();
    let clock = sim.clock();
    let line = gps::Receiver::new(clock.clone(), log, options.baud).continuous();
    let mut gps = Gps::new(line, clock.clone());
    sim.run(async {
        loop {
            match gps.update().await {
                Ok(update) if options.each => {
                    let mut object = summary(gps.fix(), gps.counters());
                    object["t_us"] = clock.now().as_micros().into();
                    object["event"] = format!("{:?}", update.sentence).to_lowercase().into();
                    writeln!(out, "{object}")?;
                }
                Ok(_) => {}
                Err(Error::EndOfStream) => break,
                Err(error) => return Err(Failure::Input(error.to_string())),
            }
        }
        writeln!(out, "{}", summary(gps.fix(), gps.counters()))?;
        Ok(())
    })
}

fn summary(fix: &Fix, counters: &Counters) -> Value {
    let position = fix.position().map(|position| position.value);
    json!({
        "sentences": counters.sentences,
        "accepted": counters.accepted,
        "unsupported": counters.unsupported,
        "malformed": counters.malformed,
        "bad_checksum": counters.bad_checksum,
        "no_checksum": counters.no_checksum,
        "torn": counters.torn,
        "too_long": counters.too_long,
        "over_standard_length": counters.over_standard_length,
        "bytes_skipped": counters.bytes_skipped,
        "lat_e7": position.map(|position| position.latitude.e7()),
        "lon_e7": position.map(|position| position.longitude.e7()),
        "altitude_mm": fix.altitude_mm().map(|altitude| altitude.value),
        "date": fix.date().map(|date| date.value.to_string()),
        "time": fix.time().map(|time| time.value.to_string()),
        "satellites_used": fix.satellites_used().map(|used| used.value),
        "satellites_in_view": fix.satellites_in_view(),
    })
}
