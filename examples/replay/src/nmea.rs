//! GPS receivers.

use std::io::Write;

use serde_json::json;
use tickwire_drivers::gps::{Error, Gps};
use tickwire_replay::{gps_summary, merged};
use tickwire_sim::uart::{self, Baud};
use tickwire_sim::{Sim, gps};
use tickwire_traits::Clock;

use crate::options::NmeaOptions;
use crate::{Failure, capture};

pub(crate) fn replay(options: &NmeaOptions, out: &mut impl Write) -> Result<(), Failure> {
    let mut log = bytes(options).map_err(Failure::Input)?;
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
                    let sentence = format!("{:?}", update.sentence).to_lowercase();
                    let head = json!({ "t_us": clock.now().as_micros(), "event": sentence });
                    writeln!(out, "{}", merged(head, gps_summary(gps.fix(), gps.counters())))?;
                }
                Ok(_) => {}
                Err(Error::EndOfStream) => break,
                Err(error) => return Err(Failure::Input(error.to_string())),
            }
        }
        writeln!(out, "{}", gps_summary(gps.fix(), gps.counters()))?;
        Ok(())
    })
}

/// Reads the bytes of a file, or those on a serial line that was recorded.
fn bytes(options: &NmeaOptions) -> Result<Vec<u8>, String> {
    if capture::is_vcd(&options.file) {
        let levels = capture::read(&options.file, options.signal.as_deref(), 1)?;
        let decoded = uart::decode(&levels, Baud::new(options.baud));
        return Ok(decoded.bytes.into_iter().map(|(_, byte)| byte).collect());
    }
    let in_file = |error: &str| format!("{}: {error}", options.file.display());
    if options.signal.is_some() {
        return Err(in_file("--signal is for .vcd files"));
    }
    std::fs::read(&options.file).map_err(|error| in_file(&error.to_string()))
}
