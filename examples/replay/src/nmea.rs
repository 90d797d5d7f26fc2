//! GPS receivers.

use std::io::Write;

use serde_json::json;
use tickwire_drivers::gps::{Error, Gps};
use tickwire_replay::{gps_summary, merged};
use tickwire_sim::Sim;
use tickwire_traits::Clock;

use crate::failure::{Failure, note};
use crate::line::Line;
use crate::options::NmeaOptions;
use crate::pulses;

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
    let mut gps = Gps::new(line, clock.clone());
    sim.run(async {
        loop {
            match gps.update().await {
                Ok(update) if options.each => {
                    let sentence = format!("{:?}", update.sentence).to_lowercase();
                    let at = origin.saturating_add_unsigned(clock.now().as_micros());
                    let head = json!({ "t_us": at, "event": sentence });
                    writeln!(out, "{}", merged(head, gps_summary(gps.fix(), gps.counters())))?;
                }
                Ok(_) => {}
                Err(Error::EndOfStream) => break,
                Err(Error::Read(failure)) => return Err(failure),
                Err(error) => return Err(Failure::Capture(error.to_string())),
            }
        }
        let counters = gps.counters();
        writeln!(out, "{}", gps_summary(gps.fix(), counters))?;
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
