//! GPS receivers.

use std::io::Write;
use std::mem::replace;

use serde_json::json;
use tickwire_drivers::gps::{Error, Gps, Satellites};
use tickwire_replay::{gps_summary, merged};
use tickwire_sim::Sim;
use tickwire_traits::Clock;

use crate::failure::{Failure, note};
use crate::line::Line;
use crate::options::NmeaOptions;
use crate::pulses;
use crate::satellites;

pub(crate) fn replay(options: &NmeaOptions, out: &mut impl Write) -> Result<(), Failure> {
    if let Some(pulses) = &options.pulses {
        return pulses::replay(options, pulses, out);
    }
    let sim = Sim::new();
    let clock = sim.clock();
    let line = if options.is_capture {
        Line::recorded(&options.source, options.baud, clock.clone())?
    } else {
        Line::log(&options.source.file, options.baud, clock.clone())?
    };
    let origin = line.origin();
    let decoder = Satellites::<{ satellites::ROOM }>::new();
    let mut gps = Gps::new(line, clock.clone()).with_decoder(decoder);
    sim.run(async {
        let mut sets = 0;
        loop {
            match gps.update().await {
                Ok(update) => {
                    let now = clock.now();
                    let at = origin.saturating_add_unsigned(now.as_micros());
                    if options.each {
                        let sentence = format!("{:?}", update.sentence).to_lowercase();
                        let head = json!({ "t_us": at, "event": sentence });
                        writeln!(out, "{}", merged(head, gps_summary(gps.fix(), gps.counters())))?;
                    }
                    let before = replace(&mut sets, gps.decoder().counters().sets);
                    if options.satellites && sets != before {
                        let head = json!({ "t_us": at, "event": "satellites" });
                        writeln!(out, "{}", merged(head, satellites::sets(gps.decoder(), now)))?;
                    }
                }
                Err(Error::EndOfStream) => break,
                Err(Error::Read(failure)) => return Err(failure),
                Err(error) => return Err(Failure::Capture(error.to_string())),
            }
        }
        let counters = gps.counters();
        let summary = gps_summary(gps.fix(), counters);
        let counted = options.satellites.then(|| satellites::counters(gps.decoder().counters()));
        writeln!(out, "{}", merged(summary, counted.unwrap_or(json!({}))))?;
        if counters.sentences == counters.no_checksum {
            let file = options.source.file.display();
            if options.is_capture {
                note(format_args!(
                    "{file}: no sentence with a checksum: try another --signal or --baud"
                ));
            } else if counters.bytes_skipped > 0 {
                note(format_args!(
                    "{file}: no sentence with a checksum: a capture of a line needs --signal"
                ));
            }
        }
        Ok(())
    })
}
