//! What a sentence costs our receiver, compared with the parser `nmea`: alone, and as the
//! receiver's decoder.
//!
//! `--log FILE` reads another log; `--only READER --times N` does nothing but that, for a
//! profiler. The readers are those of the table.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use lexopt::prelude::*;
use tickwire_counting::{Run, slope};
use tickwire_drivers::gps::{Decoder, Extended, LINE_LENGTH, NmeaCrate, Receiver};
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
    ("extended", |log| chunks(Receiver::new().with_decoder(Extended::new()), log)),
    ("with-nmea", |log| chunks(Receiver::new().with_decoder(NmeaCrate), log)),
    ("nmea", nmea),
];

fn main() -> Result<(), lexopt::Error> {
    let mut logs = Vec::new();
    let (mut only, mut times) = (None, 1);
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("log") => logs.push(PathBuf::from(args.value()?)),
            Long("only") => only = Some(args.value()?.parse_with(reader)?),
            Long("times") => times = args.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    if let Some(read) = only {
        let log = text(logs.first().map(PathBuf::as_path))?;
        for _ in 0..times {
            black_box(read(black_box(&log)));
        }
        return Ok(());
    }
    println!("{:30}{:>10}{:>10}{:>14}{:>14}", "log", "reader", "sentences", "ns each", "insn each");
    if logs.is_empty() {
        compare(None)?;
        logs.extend(recorded());
    }
    logs.iter().try_for_each(|log| compare(Some(log)))
}

/// Prints a row for each reader of a log, and their ratio.
fn compare(path: Option<&Path>) -> Result<(), lexopt::Error> {
    let log = text(path)?;
    let name =
        path.and_then(Path::file_name).map_or("the model's".into(), |name| name.to_string_lossy());
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
        let count = count(reader, path, sentences);
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

fn count(reader: &str, log: Option<&Path>, sentences: u64) -> Result<u64, String> {
    let log = log.and_then(Path::to_str);
    let mut args = vec!["--only", reader];
    args.extend(log.iter().flat_map(|log| ["--log", log]));
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

fn text(path: Option<&Path>) -> Result<String, String> {
    let log = match path {
        Some(path) => fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?,
        None => demo_log(DEMO_SECONDS),
    };
    Ok(String::from_utf8_lossy(&log).into_owned())
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
