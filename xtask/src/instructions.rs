//! What the primitives of `sync`, the run loop of `exec-std`, a step of an encoder, an edge of
//! a remote control, a sentence and a pulse of a GPS receiver and a byte of a line cost, compared
//! with others, and an event of `sim`.
//!
//! The programs in `benches` count, print and judge: they know their bounds, and fail
//! beyond them. They are built as a release.

use crate::process::{capture, cargo, on_path};
use crate::report::{Outcome, Stop};

/// Builds the programs and runs them; what they print, if their bounds hold.
pub(crate) fn measure() -> Outcome {
    if cfg!(not(target_arch = "x86_64")) {
        return Err(Stop::Absent("the bounds are those of x86-64".to_owned()));
    }
    if !can_count() {
        return Err(Stop::Skipped("no valgrind here: apt-get install valgrind".to_owned()));
    }
    let mut all = String::from("within their bounds");
    let programs: [&[&str]; 8] = [
        &["sync_primitives"],
        &["run_loop"],
        &["virtual_events"],
        &["encoder_steps"],
        &["nec_edges"],
        &["pps_pulses"],
        &["line_bytes"],
        &["nmea_throughput", "--", "--bounds"],
    ];
    for program in programs {
        let run = ["run", "--quiet", "--release", "--package", "tickwire-benches", "--bin"];
        let tables = capture(cargo(&run).args(program))?;
        all = format!("{all}\n{}", tables.trim_end());
    }
    Ok(all)
}

/// Whether there is what counts instructions.
pub(crate) fn can_count() -> bool {
    !on_path("valgrind").is_empty()
}
