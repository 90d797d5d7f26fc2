//! What part of a core the station takes that runs in real time.
//!
//! `--station PATH` names the program, which otherwise lies beside this one;
//! `--for SECONDS` how long it runs.
#![forbid(unsafe_code)]

#[cfg(target_os = "linux")]
mod linux {
    use std::env;
    use std::path::PathBuf;
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use lexopt::prelude::*;
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    use tickwire_counting::judge;

    pub(crate) fn main() -> Result<(), lexopt::Error> {
        let ours = env::current_exe().map_err(|error| format!("this program: {error}"))?;
        let mut station = ours.with_file_name("station");
        let mut seconds = "10".to_owned();
        let mut args = lexopt::Parser::from_env();
        while let Some(arg) = args.next()? {
            match arg {
                Long("station") => station = PathBuf::from(args.value()?),
                Long("for") => seconds = args.value()?.string()?,
                other => return Err(other.unexpected()),
            }
        }
        let start = Instant::now();
        let output = Command::new(&station)
            .args(["--headless", "--for", &seconds])
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| {
                let how = "cargo build --release --package tickwire-station-host makes it";
                format!("{}: {error}; {how}", station.display())
            })?;
        let wall = start.elapsed().as_secs_f64();
        if !output.status.success() {
            return Err(format!("the station ended with {}", output.status).into());
        }
        let events = output.stdout.split(|byte| *byte == b'\n').count() - 1;
        // It has been waited for, and no other process was: this is its share.
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
        let (user, system) = (seconds_of(usage.user_time()), seconds_of(usage.system_time()));
        println!(
            "{events} events in {wall:.1} s: {:.0} ms user, {:.0} ms system, {} switches",
            user * 1e3,
            system * 1e3,
            usage.voluntary_context_switches(),
        );
        judge("the station's share of a core", (user + system) / wall * 100.0, 3.0, "%");
        Ok(())
    }

    fn seconds_of(time: TimeVal) -> f64 {
        time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
    }
}

#[cfg(target_os = "linux")]
fn main() -> Result<(), lexopt::Error> {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("station_cpu reads a child's times as Linux counts them, which is not here");
}
