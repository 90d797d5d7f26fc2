//! Recorded NMEA logs through the driver, compared with the results of another
//! decoder.
#![cfg(feature = "gps")]

use std::path::PathBuf;

use embedded_hal::digital::PinState;
use tickwire_drivers::gps::{
    Constellation, Counters, Decoder, Extended, Quality, Receiver, Satellites, Sentence,
};
use tickwire_sim::uart::{self, Baud};
use tickwire_traits::Instant;

/// The expected results of a log: latitude, longitude, date and time of the last valid RMC,
/// altitude in millimeters and satellites of the last GGA with a fix.
type Truth = (i32, i32, &'static str, &'static str, i32, u8);

struct Log {
    name: &'static str,
    good_checksums: u32,
    /// Those of them that are longer than a line.
    too_long: u32,
    truth: Option<Truth>,
}

const LOGS: [Log; 14] = [
    log("mt3339", 138, (440688283, -1213141883, "2015-04-13", "20:27:09.000", 1_127_400, 10)),
    // 11 channel reports of 203 bytes.
    Log {
        too_long: 11,
        ..log("mtk-3301", 56, (522163639, 68850781, "2008-08-23", "08:14:39.000", 102_930, 3))
    },
    log("quectel-L70", 115, (510680967, -1140956417, "2022-03-09", "15:01:34.000", 1_102_300, 8)),
    Log { name: "bu303-nofix", good_checksums: 0, too_long: 0, truth: None },
    log("bu353-glonass", 112, (556866217, 376215567, "2014-05-26", "08:14:19.000", 66_200, 6)),
    log(
        "sirfstarv-nmea",
        367,
        (440689267, -1213142583, "2019-02-05", "02:10:33.000", 1_124_700, 6),
    ),
    log("beidou-gb", 68, (312480350, 1215873800, "2015-03-02", "05:32:33.438", 167_200, 6)),
    log("nmea-fuzzy-cases", 28, (415750300, -937505978, "2020-03-18", "13:39:00.900", 280_833, 19)),
    log("skytraq-fix", 100, (440687299, -1213141208, "2016-03-28", "23:27:22.000", 1_132_559, 5)),
    log("neo-m8n", 293, (440689837, -1213142285, "2015-03-18", "17:19:48.000", 1_139_400, 12)),
    log(
        "ublox-neo-m9n-nmea-stripped",
        1403,
        (381105010, -1226269230, "2020-07-11", "22:38:45.000", 81_800, 12),
    ),
    log(
        "telit-he910-stripped",
        1558,
        (508402100, 43470467, "2019-03-12", "10:54:59.408", 102_000, 5),
    ),
    log(
        "quectel-eg25-g-stripped",
        861,
        (367638040, 314108762, "2022-09-11", "19:15:33.980", -80_300, 3),
    ),
    log(
        "aerorust-nmea1-long",
        14255,
        (550899705, 389175214, "2017-03-31", "11:19:07.000", 115_000, 14),
    ),
];

const fn log(name: &'static str, good_checksums: u32, truth: Truth) -> Log {
    Log { name, good_checksums, too_long: 0, truth: Some(truth) }
}

#[test]
fn every_log_gives_its_last_fix() {
    for log in LOGS {
        let path = format!("nmea/{}.log", log.name);
        let Some(bytes) = recorded("every_log_gives_its_last_fix", &path) else { return };
        check(&log, &bytes);
    }
}

/// An F9P sends a set of satellites for each signal. Of the second band it hears five of
/// the GPS satellites that it hears on the first.
#[test]
fn satellites_of_several_bands_count_once() {
    const TEST: &str = "satellites_of_several_bands_count_once";
    let Some(bytes) = recorded(TEST, "nmea/gpsd-ublox-f9p-hpnmea.log") else { return };
    let mut receiver = Receiver::<102>::new();
    let mut told = Vec::new();
    for byte in &bytes {
        if receiver.push(*byte, Instant::EPOCH).is_some() {
            told.extend(receiver.fix().satellites_in_view());
        }
    }
    told.dedup();
    // Of GPS, then of GLONASS too, and the same in each cycle from then on.
    assert_eq!(told, [13, 21]);
    let of = |system| receiver.fix().satellites_in_view_of(system).map(|count| count.value);
    assert_eq!((of(Constellation::Gps), of(Constellation::Glonass)), (Some(13), Some(8)));
    assert_eq!((receiver.counters().malformed, receiver.counters().bad_checksum), (0, 0));
}

/// The sets that are whole and those that are torn; and at the end of a log of each signal the
/// satellites in view, those that are tracked and those that are used. By another program, which
/// cuts the log into runs of GSV sentences.
///
/// The F9P loses the ends of sets, and says so: `txbuf alloc`.
const SATELLITES: [(&str, u32, u32, &str); 15] = [
    ("mt3339", 6, 0, "GPS/0 12 10 10"),
    ("mtk-3301", 3, 0, "GPS/0 11 11 3"),
    ("quectel-L70", 3, 0, "GPS/0 13 10 8"),
    ("bu303-nofix", 0, 0, ""),
    ("bu353-glonass", 6, 0, "GPS/0 12 5 0; GLONASS/0 10 3 0"),
    ("sirfstarv-nmea", 24, 0, "GPS/0 11 11 10; GLONASS/0 11 7 6"),
    ("beidou-gb", 10, 0, "GPS/0 18 12 6; BeiDou/0 11 3 1"),
    ("nmea-fuzzy-cases", 0, 0, ""),
    ("skytraq-fix", 3, 0, "GPS/0 14 10 5"),
    ("neo-m8n", 45, 0, "GPS/0 13 10 9; GLONASS/0 10 6 4"),
    (
        "ublox-neo-m9n-nmea-stripped",
        244,
        0,
        "GPS/1 16 9 8; GLONASS/1 10 8 7; Galileo/7 10 7 5; BeiDou/1 7 5 5",
    ),
    ("telit-he910-stripped", 224, 0, "GPS/0 7 7 5"),
    (
        "quectel-eg25-g-stripped",
        198,
        0,
        "GPS/1 11 4 3; GLONASS/1 8 6 6; Galileo/7 2 0 0; BeiDou/0 15 0 0",
    ),
    ("aerorust-nmea1-long", 2614, 0, "GPS/0 13 3 0; GLONASS/0 9 2 0"),
    ("gpsd-ublox-f9p-hpnmea", 25, 5, "GPS/1 13 13 12; GPS/6 5 5 5; GLONASS/1 8 8 7"),
];

#[test]
fn every_log_gives_its_satellites() {
    for (name, sets, torn, expected) in SATELLITES {
        let path = format!("nmea/{name}.log");
        let Some(bytes) = recorded("every_log_gives_its_satellites", &path) else { return };
        let expected = (expected.to_owned(), sets, torn);
        assert_eq!(satellites(&bytes, Satellites::<64>::new()), expected, "{name}");
        #[cfg(feature = "nmea")]
        {
            let around = Satellites::<64>::new().with_decoder(tickwire_drivers::gps::NmeaCrate);
            assert_eq!(satellites(&bytes, around), expected, "{name}");
        }
    }
}

/// What is published at the end of a log, and how many sets were whole and torn.
fn satellites<D: Decoder>(bytes: &[u8], decoder: Satellites<64, D>) -> (String, u32, u32) {
    let mut receiver = Receiver::<102>::new().with_decoder(decoder);
    for byte in bytes {
        let _ = receiver.push(*byte, Instant::EPOCH);
    }
    let satellites = receiver.decoder();
    let mut sets: Vec<_> = satellites.sets().collect();
    sets.sort_by_key(|set| (set.system() as u8, set.signal()));
    let sets = sets.iter().map(|set| {
        let tracked = set.satellites().filter(|it| it.snr().is_some()).count();
        let used = set.satellites().filter(|it| it.is_used()).count();
        let (system, all) = (set.system(), set.satellites().count());
        format!("{system}/{} {all} {tracked} {used}", set.signal())
    });
    let sets = sets.collect::<Vec<_>>().join("; ");
    let counters = satellites.counters();
    assert_eq!(counters.omitted, 0);
    (sets, counters.sets, counters.torn)
}

/// The numbers of GNS, GST and ZDA in a log, and the last values of each, by another decoder: the
/// modes of GPS, GLONASS, Galileo and BeiDou; the error of the range, the ellipse and its direction,
/// the errors of latitude, longitude and altitude; date and time.
type Extension =
    (&'static str, [usize; 3], Option<&'static str>, Option<&'static str>, &'static str);

const EXTENSIONS: [Extension; 6] = [
    ("mt3339", [0, 0, 30], None, None, "2015-04-13 20:27:09.000 None"),
    (
        "quectel-L70",
        [0, 16, 15],
        None,
        Some("4500 8100 4600 128.00° 6100 7000 14000"),
        "2022-03-09 15:01:34.000 None",
    ),
    // The receiver counts on for ten seconds after it has lost its fix.
    ("bu353-glonass", [0, 0, 19], None, None, "2014-05-26 08:14:19.000 None"),
    ("beidou-gb", [5, 0, 0], Some("ANNA"), None, "2015-03-02 05:32:33.438 None"),
    (
        "skytraq-fix",
        [0, 11, 11],
        None,
        Some("2500 89900 9100 319.00° 300 300 600"),
        "2016-03-28 23:27:22.000 Some(0)",
    ),
    ("quectel-eg25-g-stripped", [60, 0, 0], Some("AAN-"), None, "2022-09-11 19:15:33.980 None"),
];

#[test]
fn every_log_gives_its_last_gns_gst_and_zda() {
    const TEST: &str = "every_log_gives_its_last_gns_gst_and_zda";
    for (name, counts, modes, errors, date_and_time) in EXTENSIONS {
        let Some(bytes) = recorded(TEST, &format!("nmea/{name}.log")) else { return };
        let mut receiver = Receiver::<102>::new().with_decoder(Extended::new());
        let mut seen = [0; 3];
        for byte in &bytes {
            match receiver.push(*byte, Instant::EPOCH).map(|update| update.sentence) {
                Some(Sentence::Gns) => seen[0] += 1,
                Some(Sentence::Gst) => seen[1] += 1,
                Some(Sentence::Zda) => seen[2] += 1,
                _ => {}
            }
        }
        assert_eq!((seen, receiver.counters().malformed), (counts, 0), "{name}");
        let decoder = receiver.decoder();
        assert_eq!(last_modes(decoder).as_deref(), modes, "{name}");
        assert_eq!(last_errors(decoder).as_deref(), errors, "{name}");
        let (fix, zone) = (receiver.fix(), decoder.zone().map(|zone| zone.value.minutes()));
        let (date, time) = (fix.date().unwrap().value, fix.time().unwrap().value);
        assert_eq!(format!("{date} {time} {zone:?}"), date_and_time, "{name}");
    }
}

fn last_modes(decoder: &Extended) -> Option<String> {
    use Constellation::{BeiDou, Galileo, Glonass, Gps};
    let modes = decoder.modes()?.value;
    let letter = |system| match modes.of(system) {
        Some(Quality::Autonomous) => 'A',
        Some(Quality::NoFix) => 'N',
        Some(_) => '?',
        None => '-',
    };
    Some([Gps, Glonass, Galileo, BeiDou].map(letter).iter().collect())
}

fn last_errors(decoder: &Extended) -> Option<String> {
    let it = decoder.accuracy()?.value;
    let ellipse = format!("{} {} {}", it.rms_mm()?, it.semi_major_mm()?, it.semi_minor_mm()?);
    let place = format!("{} {} {}", it.latitude_mm()?, it.longitude_mm()?, it.altitude_mm()?);
    Some(format!("{ellipse} {} {place}", it.orientation()?))
}

/// Every update, and every fix.
#[cfg(feature = "nmea")]
#[test]
fn both_decoders_read_the_same_of_every_log() {
    const TEST: &str = "both_decoders_read_the_same_of_every_log";
    use tickwire_drivers::gps::NmeaCrate;

    for name in LOGS.iter().map(|log| log.name).chain(["gpsd-ublox-f9p-hpnmea"]) {
        let Some(bytes) = recorded(TEST, &format!("nmea/{name}.log")) else { return };
        let mut own = Receiver::<102>::new();
        let mut other = own.clone().with_decoder(NmeaCrate);
        for (now, byte) in (0..).map(Instant::from_micros).zip(&bytes) {
            let updates = (own.push(*byte, now), other.push(*byte, now));
            assert_eq!(updates.0, updates.1, "{name} at {now:?}");
            assert_eq!(own.fix(), other.fix(), "{name} at {now:?}");
        }
        assert_eq!(own.counters(), other.counters(), "{name}");
    }
}

/// A logic analyzer's capture of an MTK3339's line, which begins inside a byte.
#[test]
fn a_captured_line_gives_its_bytes_and_its_fix() {
    const TEST: &str = "a_captured_line_gives_its_bytes_and_its_fix";
    let Some(capture) = recorded(TEST, "logic/gps-uart-mtk3339-9600.txt") else { return };
    let Some(truth) = recorded(TEST, "logic/gps-uart-mtk3339-9600.truth.txt") else { return };
    let capture = String::from_utf8(capture).unwrap();
    let changes: Vec<_> = capture.lines().filter_map(change).collect();
    assert_eq!(changes.len(), 1 + 7_907); // The initial level, low already.
    let decoded = uart::decode(&changes, Baud::new(9_600));
    assert_eq!(decoded.framing_errors, 2);
    let bytes: Vec<_> = decoded.bytes.iter().map(|(_, byte)| *byte).collect();
    assert!(bytes == truth);
    let log = Log {
        name: "gps-uart-mtk3339-9600",
        good_checksums: 21,
        too_long: 0,
        truth: Some((455116783, -1226800883, "2013-08-26", "06:15:11.000", 62_200, 13)),
    };
    check(&log, &bytes);
}

fn change(line: &str) -> Option<(Instant, PinState)> {
    let (at, level) = line.split_once(' ').filter(|_| !line.starts_with('#'))?;
    Some((Instant::from_micros(at.parse().ok()?), PinState::from(level == "1")))
}

#[track_caller]
fn check(log: &Log, bytes: &[u8]) {
    let name = log.name;
    let mut receiver = Receiver::<102>::new();
    for byte in bytes {
        let _ = receiver.push(*byte, Instant::EPOCH);
    }
    let Counters { accepted, unsupported, malformed, bad_checksum, too_long, .. } =
        *receiver.counters();
    let understood = accepted + unsupported + malformed;
    assert_eq!(understood + log.too_long, log.good_checksums, "{name}");
    assert_eq!((bad_checksum, too_long), (0, log.too_long), "{name}");

    let fix = receiver.fix();
    let truth = || {
        let position = fix.position()?.value;
        Some((
            position.latitude.e7(),
            position.longitude.e7(),
            fix.date()?.value.to_string(),
            fix.time()?.value.to_string(),
            fix.altitude_mm()?.value,
            fix.satellites_used()?.value,
        ))
    };
    let expected = log.truth.map(|(latitude, longitude, date, time, altitude, used)| {
        (latitude, longitude, date.to_owned(), time.to_owned(), altitude, used)
    });
    assert_eq!(truth(), expected, "{name}");
}

/// Reads a recorded input. If it does not exist, prints so and returns `None`.
fn recorded(test: &str, path: &str) -> Option<Vec<u8>> {
    let Some(root) = std::env::var_os("TICKWIRE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: {test}: TICKWIRE_CORPUS is not set");
        return None;
    };
    let bytes = std::fs::read(root.join(path)).ok();
    if bytes.is_none() {
        eprintln!("skipped: {test}: no recorded inputs at {}", root.display());
    }
    bytes
}
