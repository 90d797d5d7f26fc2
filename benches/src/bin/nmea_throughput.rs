//! What a sentence costs our receiver, compared with the parser `nmea`: alone, and as the
//! receiver's decoder.
//!
//! `--log FILE` reads another log; `--only READER --times N` does nothing but that, for a
//! profiler. The readers are those of the table. With `--every-type`, the log has sentences of each
//! type that `Extended` reads, and acknowledgements. `--bounds` counts the instructions of the
//! readers that have a bound, and nothing else; it fails when a sentence takes more.
#![forbid(unsafe_code)]

use std::ffi::OsStr;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs};

use lexopt::prelude::*;
use tickwire_counting::{Run, slope};
use tickwire_drivers::gps::mtk::Reply;
use tickwire_drivers::gps::{Decoder, Event, Extended, LINE_LENGTH, NmeaCrate, Receiver};
use tickwire_sim::models::gps::demo_log;
use tickwire_traits::Instant as Time;

const ROUNDS: u32 = 20;
const DEMO_SECONDS: u32 = 600;

/// Takes a log and returns how many sentences it understood.
type Reader = fn(&str) -> u64;

/// How much [`Gps`](tickwire_drivers::gps::Gps) reads at once.
const CHUNK: usize = 64;

/// The first and the last make the ratio.
const READERS: [(&str, Reader); 5] = [
    ("receiver", |log| chunks(Receiver::new(), log)),
    ("by-byte", bytes),
    ("extended", extended),
    ("with-nmea", |log| chunks(Receiver::new().with_decoder(NmeaCrate), log)),
    ("nmea", nmea),
];

/// The readers that have a bound, in instructions per sentence.
const BOUNDS: [(&str, u64); 2] = [("receiver", 2_000), ("extended", 2_200)];

/// Sentences that the model's log lacks, for each of its seconds.
const MORE: &str = "$GNGNS,191503.01,3645.876324,N,03124.670280,E,AA,08,1.3,-6.7,32.0,,,V*0C\r\n\
    $GPGST,150119.000,004.0,008.7,004.7,132.3,006.8,007.2,00014*71\r\n\
    $GNZDA,172809.456,12,07,1996,-05,30*62\r\n\
    $GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n\
    $PMTK001,314,3*36\r\n";

/// What the readers read.
#[derive(Clone)]
enum Log {
    /// The model's walk.
    Walk,
    /// The walk, with [`MORE`] in each second.
    EveryType,
    File(PathBuf),
}

fn main() -> Result<ExitCode, lexopt::Error> {
    let mut log = None;
    let (mut only, mut times, mut is_bounded) = (None, 1, false);
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("log") => log = Some(Log::File(args.value()?.into())),
            Long("every-type") => log = Some(Log::EveryType),
            Long("only") => only = Some(args.value()?.parse_with(reader)?),
            Long("bounds") => is_bounded = true,
            Long("times") => times = args.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    if let Some(read) = only {
        let log = log.unwrap_or(Log::Walk).text()?;
        for _ in 0..times {
            black_box(read(black_box(&log)));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let logs = log.map_or_else(logs, |log| vec![log]);
    if is_bounded {
        return bounds(&logs);
    }
    println!("{:30}{:>10}{:>10}{:>14}{:>14}", "log", "reader", "sentences", "ns each", "insn each");
    logs.iter().try_for_each(compare)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the instructions per sentence of each log, and their bounds.
fn bounds(logs: &[Log]) -> Result<ExitCode, lexopt::Error> {
    println!("{:30}{:>10}{:>10}{:>12}", "instructions per sentence", "reader", "bound", "measured");
    let mut is_within = true;
    for log in logs {
        let (name, text) = (log.name(), log.text()?);
        // The default decoder skips four of its types, and what it skips is not a unit.
        let bounds = if matches!(log, Log::EveryType) { &BOUNDS[1..] } else { &BOUNDS };
        for &(reader, bound) in bounds {
            let sentences = self::reader(reader)?(&text).max(1);
            let count = count(reader, log, sentences)?;
            println!("{name:30}{reader:>10}{bound:>10}{count:>12}");
            if count > bound {
                println!("OVER: {name}, {reader}: {count} of {bound} instructions");
                is_within = false;
            }
        }
    }
    Ok(if is_within { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints a row for each reader of a log, and their ratio.
fn compare(source: &Log) -> Result<(), lexopt::Error> {
    let (name, log) = (source.name(), source.text()?);
    let mut best = [Duration::MAX; READERS.len()];
    // In turns: what disturbs the machine disturbs all.
    for _ in 0..ROUNDS {
        for ((_, read), best) in READERS.iter().zip(&mut best) {
            let start = Instant::now();
            black_box(read(black_box(&log)));
            *best = start.elapsed().min(*best);
        }
    }
    let mut costs = Vec::new();
    for ((reader, read), best) in READERS.iter().zip(best) {
        let sentences = read(&log).max(1);
        let nanos = best.as_nanos() as f64 / sentences as f64;
        let count = count(reader, source, sentences);
        let told = count.as_ref().map_or_else(|_| "not counted".into(), ToString::to_string);
        println!("{name:30}{reader:>10}{sentences:>10}{nanos:>14.0}{told:>14}");
        costs.push((nanos, count.unwrap_or_default() as f64));
    }
    if let [(ours, our_count), .., (theirs, their_count)] = costs[..] {
        let (wall, count) = (ours / theirs, our_count / their_count);
        println!("{name:30}{:>10}{:>10}{wall:>14.2}{count:>14.2}", "ratio", "");
    }
    Ok(())
}

/// In chunks, as [`Gps`](tickwire_drivers::gps::Gps) does.
fn chunks<D: Decoder>(mut receiver: Receiver<LINE_LENGTH, D>, log: &str) -> u64 {
    for mut chunk in log.as_bytes().chunks(CHUNK) {
        while let Some(rest) = chunk.get(receiver.push_all(chunk, Time::EPOCH).0..)
            && !rest.is_empty()
        {
            chunk = rest;
        }
    }
    receiver.counters().accepted.into()
}

/// With GNS, GST and ZDA, and the replies of MTK receivers.
fn extended(log: &str) -> u64 {
    let mut receiver = Receiver::<LINE_LENGTH>::new().with_decoder(Extended::new());
    let mut replies = 0;
    for mut chunk in log.as_bytes().chunks(CHUNK) {
        while !chunk.is_empty() {
            let (taken, event) = receiver.push_any(chunk, Time::EPOCH);
            if let Some(Event::Other(raw)) = event
                && black_box(Reply::of(raw.bytes())).is_some()
            {
                replies += 1;
            }
            chunk = chunk.get(taken..).unwrap_or_default();
        }
    }
    u64::from(receiver.counters().accepted) + replies
}

fn bytes(log: &str) -> u64 {
    let mut receiver = Receiver::<LINE_LENGTH>::new();
    for byte in log.bytes() {
        receiver.push(byte, Time::EPOCH);
    }
    receiver.counters().accepted.into()
}

fn nmea(log: &str) -> u64 {
    let accepted = |line: &&str| black_box(nmea::parse_str(line)).is_ok();
    log.lines().filter(accepted).count() as u64
}

fn count(reader: &str, log: &Log, sentences: u64) -> Result<u64, String> {
    let mut args = vec!["--only", reader];
    match log {
        Log::Walk => {}
        Log::EveryType => args.push("--every-type"),
        Log::File(path) => args.extend(["--log", path.to_str().ok_or("a name that is no text")?]),
    }
    let with = |times| [&args[..], &["--times", times]].concat();
    slope(
        &Run { args: &with("1"), units: sentences },
        &Run { args: &with("3"), units: sentences * 3 },
    )
}

fn reader(name: &str) -> Result<Reader, &'static str> {
    let found = READERS.iter().find(|(known, _)| *known == name);
    found.map(|(_, read)| *read).ok_or("there is no such reader")
}

impl Log {
    fn name(&self) -> String {
        match self {
            Self::Walk => "the model's".to_owned(),
            Self::EveryType => "the model's, every type".to_owned(),
            Self::File(path) => {
                path.file_name().map(OsStr::to_string_lossy).unwrap_or_default().into_owned()
            }
        }
    }

    fn text(&self) -> Result<String, String> {
        let log = match self {
            Self::Walk => demo_log(DEMO_SECONDS),
            Self::EveryType => {
                let walk = String::from_utf8_lossy(&demo_log(DEMO_SECONDS)).into_owned();
                return Ok(walk.replace("$GPRMC", &format!("{MORE}$GPRMC")));
            }
            Self::File(path) => {
                fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?
            }
        };
        Ok(String::from_utf8_lossy(&log).into_owned())
    }
}

/// The logs that are read if no other is named.
fn logs() -> Vec<Log> {
    [Log::Walk, Log::EveryType].into_iter().chain(recorded().map(Log::File)).collect()
}

/// The recorded drive among the test inputs, where they are.
fn recorded() -> Option<PathBuf> {
    let Some(corpus) = env::var_os("TICKWIRE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: the recorded drive: TICKWIRE_CORPUS is not set");
        return None;
    };
    let log = corpus.join("nmea/aerorust-nmea1-long.log");
    if log.is_file() {
        return Some(log);
    }
    eprintln!("skipped: the recorded drive: no recorded inputs at {}", corpus.display());
    None
}
