//! The sky of a receiver of several systems and signals.

use super::demo::{Moment, append};

/// Number, elevation, azimuth and signal strength, and whether the receiver uses the satellite.
type Satellite = (u16, u8, u16, u8, bool);

/// The talker, the signal and the satellites of a set (NMEA 0183, 4.11, for the signals: L1 C/A and
/// L2 CL of GPS, G1 C/A of GLONASS, E1 of Galileo).
const SETS: [(&str, &str, &[Satellite]); 4] = [
    (
        "GP",
        "1",
        &[
            (2, 21, 318, 34, true),
            (5, 68, 232, 45, true),
            (7, 35, 59, 41, true),
            (13, 63, 283, 44, true),
            (15, 24, 286, 36, true),
            (20, 26, 246, 38, true),
            (30, 58, 70, 43, true),
            (8, 4, 24, 21, false),
        ],
    ),
    ("GP", "6", &[(5, 68, 232, 40, true), (7, 35, 59, 35, true), (30, 58, 70, 38, true)]),
    (
        "GL",
        "1",
        &[
            (68, 38, 195, 30, true),
            (78, 71, 37, 39, true),
            (79, 53, 314, 28, true),
            (88, 9, 78, 0, false),
        ],
    ),
    (
        "GA",
        "7",
        &[
            (3, 44, 149, 40, true),
            (5, 42, 71, 39, true),
            (13, 11, 292, 0, false),
            (15, 56, 322, 38, true),
            (27, 24, 268, 27, true),
        ],
    ),
];

/// Returns the output of a receiver of GPS on two signals, GLONASS and Galileo, on the walk of
/// [`demo_log`](super::demo_log): each second RMC, GGA, a GSA per system, and the GSV sentences of
/// four sets.
///
/// A second fits into 9,600 baud. The last satellite of GPS is below the horizon in the second half
/// of each minute.
///
/// ```
/// let log = String::from_utf8(tickwire_sim::models::gps::sky_log(60)).unwrap();
/// assert_eq!(log.lines().count(), 60 * 11);
/// assert!(log.lines().any(|line| line.starts_with("$GAGSV,2,1,05,03,44,149,")));
/// assert!(log.len() < 60 * 960);
/// ```
pub fn sky_log(seconds: u32) -> Vec<u8> {
    let mut log = String::new();
    for second in 0..seconds.min(43_200) {
        epoch(&mut log, second);
    }
    log.into_bytes()
}

fn epoch(log: &mut String, second: u32) {
    let Moment { time, place, course, height } = Moment::at(second);
    append(log, &format!("GNRMC,{time},A,{place},2.73,{course:.2},210626,,,A"));
    append(log, &format!("GNGGA,{time},{place},1,12,0.6,{height:.1},M,45.4,M,,"));
    for (system, talker) in (1..).zip(["GP", "GL", "GA"]) {
        // The first set of a system has all its satellites.
        let set = SETS.iter().find(|(of, ..)| *of == talker);
        let used = set.iter().flat_map(|(_, _, all)| all.iter()).filter(|it| it.4);
        let mut numbers: Vec<_> = used.map(|(number, ..)| format!("{number:02}")).collect();
        numbers.resize(12, String::new());
        append(log, &format!("GNGSA,A,3,{},1.1,0.6,0.9,{system}", numbers.join(",")));
    }
    for (talker, signal, all) in SETS {
        let up = if talker == "GP" && signal == "1" && second % 60 >= 30 { 7 } else { all.len() };
        set(log, talker, signal, &all[..up], second);
    }
}

/// Appends the sentences of a set. Signals fade by a decibel.
fn set(log: &mut String, talker: &str, signal: &str, all: &[Satellite], second: u32) {
    let of = all.len().div_ceil(4);
    for (page, satellites) in all.chunks(4).enumerate() {
        let mut body = format!("{talker}GSV,{of},{},{:02}", page + 1, all.len());
        for (number, elevation, azimuth, snr, _) in satellites {
            let fade = (second + u32::from(*number)).is_multiple_of(3);
            // A satellite that is not tracked has no signal strength.
            let snr = snr.checked_sub(fade.into()).filter(|snr| *snr > 0);
            let snr = snr.map_or(String::new(), |snr| format!("{snr:02}"));
            body += &format!(",{number:02},{elevation:02},{azimuth:03},{snr}");
        }
        append(log, &format!("{body},{signal}"));
    }
}
