//! NMEA: recorded logs against truths that another decoder found, the sentences
//! of REFERENCE 2.1, and bytes that are neither.

use std::path::Path;

use serde_json::{Value, json};

use crate::{Ran, file, recorded, replay, replayed};

/// The keys of the summary that issue and help promise, and those beside them.
const KEYS: [&str; 17] = [
    "sentences",
    "accepted",
    "unsupported",
    "malformed",
    "bad_checksum",
    "no_checksum",
    "torn",
    "too_long",
    "over_standard_length",
    "bytes_skipped",
    "valid",
    "lat_e7",
    "lon_e7",
    "altitude_mm",
    "date",
    "time",
    "satellites_used",
];

/// The recorded logs: how many sentences have good checksums, how many of these
/// are of the types that we know, how many are too long for a line; latitude,
/// longitude, date and time of the last valid RMC; altitude in millimetres and
/// satellites of the last GGA with a fix.
const LOGS: &str = "\
mt3339                        138   108  0 440688283 -1213141883 2015-04-13 20:27:09.000 1127400   10
mtk-3301                       56    44 11 522163639    68850781 2008-08-23 08:14:39.000  102930    3
quectel-L70                   115    60  0 510680967 -1140956417 2022-03-09 15:01:34.000 1102300    8
bu303-nofix                     0     0  0      null        null       null         null    null null
bu353-glonass                 112    93  0 556866217   376215567 2014-05-26 08:14:19.000   66200    6
sirfstarv-nmea                367   367  0 440689267 -1213142583 2019-02-05 02:10:33.000 1124700    6
beidou-gb                      68    58  0 312480350  1215873800 2015-03-02 05:32:33.438  167200    6
nmea-fuzzy-cases               28    28  0 415750300  -937505978 2020-03-18 13:39:00.900  280833   19
skytraq-fix                   100    67  0 440687299 -1213141208 2016-03-28 23:27:22.000 1132559    5
neo-m8n                       293   293  0 440689837 -1213142285 2015-03-18 17:19:48.000 1139400   12
ublox-neo-m9n-nmea-stripped  1403  1220  0 381105010 -1226269230 2020-07-11 22:38:45.000   81800   12
telit-he910-stripped         1558  1558  0 508402100    43470467 2019-03-12 10:54:59.408  102000    5
quectel-eg25-g-stripped       861   801  0 367638040   314108762 2022-09-11 19:15:33.980  -80300    3
aerorust-nmea1-long         14255 14255  0 550899705   389175214 2017-03-31 11:19:07.000  115000   14
";

#[test]
fn every_log_gives_its_last_fix() {
    for row in LOGS.lines() {
        let row: Vec<_> = row.split_whitespace().collect();
        let path = format!("nmea/{}.log", row[0]);
        let Some(log) = recorded("every_log_gives_its_last_fix", &path) else { return };
        let ran = replay([Path::new("nmea"), &log]);
        let last = summary(&ran.out);
        // One log is binary.
        let is_noted = ran.err.contains("no sentence");
        assert_eq!((ran.status, is_noted), (Some(0), last["sentences"] == 0), "{path}");
        let count = |key: &str| last[key].as_u64().unwrap();
        let [good, ours, too_long] = [1, 2, 3].map(|n| row[n].parse::<u64>().unwrap());
        let understood = count("accepted") + count("unsupported") + count("malformed");
        assert_eq!(understood + too_long, good, "{path}");
        let counts = ["accepted", "bad_checksum", "too_long"].map(count);
        assert_eq!(counts, [ours, 0, too_long], "{path}");
        let told = ["lat_e7", "lon_e7", "date", "time", "altitude_mm", "satellites_used"];
        let told = told.map(|key| match &last[key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        assert_eq!(told, row[4..], "{path}");
    }
}

/// The last line, which must be an object with all keys and no others, in order.
#[track_caller]
fn summary(out: &str) -> Value {
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    let keys: Vec<_> = last.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys[..17], KEYS);
    assert_eq!(keys[17..], ["satellites_in_view"]);
    last
}

/// What a log gives: those of the members that are not null and not zero.
#[track_caller]
fn check(name: &str, log: &[u8], expected: Value) {
    check_noted(name, log, "", expected);
}

/// The same of a log about which there is a note.
#[track_caller]
fn check_noted(name: &str, log: &[u8], note: &str, expected: Value) {
    let path = file(&format!("{name}.log"), log);
    let path = path.to_str().unwrap();
    let Ran { status, out, err } = replay(["nmea", path]);
    let note = if note.is_empty() { String::new() } else { format!("replay: {path}: {note}\n") };
    assert_eq!((status, err), (Some(0), note), "{name}");
    assert_eq!(out.lines().count(), 1);
    let mut last = summary(&out);
    last.as_object_mut().unwrap().retain(|_, value| *value != json!(null) && *value != json!(0));
    assert_eq!(last, expected, "{name}");
}

/// REFERENCE 2.1, the parser's vectors.
const VECTORS: &str = "\
$GPRMC,081836,A,3751.65,S,14507.36,E,000.0,360.0,130998,011.3,E*62\r
$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r
$GPRMC,225446,A,4916.45,N,12311.12,W,000.5,054.7,191194,020.3,E*68\r
$GPRMC,180041.896,A,3749.1851,N,08338.7891,W,001.9,154.9,240911,,,A*7A\r
$GPRMC,180049.896,A,3749.1808,N,08338.7869,W,001.8,156.3,240911,,,A*70\r
$GPRMC,092751.000,A,5321.6802,N,00630.3371,W,0.06,31.66,280511,,,A*45\r
$GPGLL,3711.0942,N,08671.4472,W,000812.000,A,A*46\r
$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r
$GPGLL,4250.5589,S,14718.5084,E,092204.999,A*2D\r
$GPGLL,0000.0000,N,00000.0000,E,235947.000,V*2D\r
$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*01\r
$GPGGA,180050.896,3749.1802,N,08338.7865,W,1,07,1.1,397.4,M,-32.5,M,,0000*6C\r
$GPGSA,A,3,07,11,28,24,26,08,17,,,,,,2.0,1.1,1.7*37\r
$GPGSA,A,3,07,02,26,27,09,04,15,,,,,,1.8,1.0,1.5*33\r
$GPGSV,3,1,12,28,72,355,39,01,52,063,33,17,51,272,44,08,46,184,38*74\r
$GPGSV,3,2,12,24,42,058,33,11,34,053,33,07,20,171,40,20,15,116,*71\r
$GPGSV,3,3,12,04,12,204,34,27,11,324,35,32,11,089,,26,10,264,40*7B\r
$GPGSV,3,1,11,03,03,111,00,04,15,270,00,06,01,010,00,13,06,292,00*74\r
$GPGSV,3,2,11,14,25,170,00,16,57,208,39,18,67,296,40,19,40,246,00*74\r
$GPGSV,3,3,11,22,42,067,42,24,14,311,43,27,05,244,00,,,,*4D\r
$GPGSV,4,1,14,22,81,349,25,14,64,296,22,18,54,114,21,51,40,212,*7D\r
$GPGSV,4,2,14,24,30,047,22,04,22,312,26,31,22,204,,12,19,088,23*72\r
$GPGSV,4,3,14,25,17,127,18,21,16,175,,11,09,315,16,19,05,273,*72\r
$GPGSV,4,4,14,32,05,303,,15,02,073,*7A\r
";

#[test]
fn the_vectors_of_the_reference_give_their_fix() {
    let expected = json!({
        "sentences": 24, "accepted": 23, "malformed": 1, "valid": true,
        "lat_e7": 378_196_700, "lon_e7": -836_464_417, "altitude_mm": 397_400,
        "date": "2011-05-28", "time": "18:00:50.896",
        "satellites_used": 7, "satellites_in_view": 14,
    });
    check("vectors", VECTORS.as_bytes(), expected.clone());
    check("vectors-unix", VECTORS.replace('\r', "").as_bytes(), expected.clone());
    // The last line end is where the capture was cut.
    check("vectors-cut", VECTORS.trim_end().as_bytes(), expected);
}

#[test]
fn what_one_sentence_does_not_tell_is_null() {
    let line = "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A";
    check(
        "one",
        line.as_bytes(),
        json!({
            "sentences": 1, "accepted": 1, "valid": true, "lat_e7": 481_173_000,
            "lon_e7": 115_166_667, "date": "1994-03-23", "time": "12:35:19.000",
        }),
    );
}

#[test]
fn what_is_no_sentence_is_counted_and_nothing_else() {
    let none = json!({ "valid": false });
    check("nothing", b"", none.clone());
    check("line-ends", b"\r\n\n\r\r\n", none);
    let note = "no sentence with a checksum: a capture of a line needs --signal";
    check_noted(
        "noise",
        &[0xb5, 0x62, 0x01, 0xff, 0, b'*', b'\n'],
        note,
        json!({
            "valid": false, "bytes_skipped": 6,
        }),
    );
    let capture = b"Time [s],TX\n0.000000000,1\n0.120000000,0\n";
    check_noted("capture", capture, note, json!({ "valid": false, "bytes_skipped": 37 }));
    let vcd = json!({
        "valid": false, "sentences": 1, "no_checksum": 1, "torn": 1, "bytes_skipped": 20,
    });
    check_noted("vcd", b"$timescale 1 us $end\n", note, vcd);
    let too_long = [b'$', b'A'].iter().chain([b'1'; 200].iter()).copied().collect::<Vec<_>>();
    let counted = json!({ "valid": false, "too_long": 1, "bytes_skipped": 202 });
    check_noted("too-long", &too_long, note, counted);
    let all: Vec<u8> = (0..=255).cycle().take(25_600).collect();
    let all = summary(&replay([Path::new("nmea"), &file("all-bytes.log", all)]).out);
    assert_eq!((&all["accepted"], &all["lat_e7"]), (&json!(0), &json!(null)));
    let one = VECTORS.lines().next().unwrap();
    check(
        "altered",
        one.replace("3751", "3761").as_bytes(),
        json!({
            "valid": false, "sentences": 1, "bad_checksum": 1,
            "bytes_skipped": one.len(),
        }),
    );
    check(
        "ours-is-not",
        b"$PMTK605*31\r\n",
        json!({
            "valid": false, "sentences": 1, "unsupported": 1,
        }),
    );
}

/// Wherever a capture is cut, what came whole before it counts.
#[test]
fn a_last_line_that_is_cut_takes_nothing_with_it() {
    let lines: Vec<_> = VECTORS.split_inclusive('\n').take(2).collect();
    let (first, second) = (lines[0], lines[1].trim_end());
    for cut in 0..second.len() {
        let log = format!("{first}{}", &second[..cut]);
        let last = summary(&replayed("nmea", &file(&format!("cut-{cut}.log"), log), ""));
        assert_eq!(
            (&last["accepted"], &last["lat_e7"]),
            (&json!(1), &json!(-378_608_333)),
            "{cut}"
        );
    }
}

#[test]
fn each_gives_an_object_a_sentence_and_the_summary_last() {
    let log = file("each.log", VECTORS);
    let out = replayed("nmea", &log, "--each");
    let objects: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, each) = objects.split_last().unwrap();
    assert_eq!(*last, summary(&replayed("nmea", &log, "")));
    let events: Vec<_> = each.iter().map(|object| object["event"].as_str().unwrap()).collect();
    let expected = "rmc rmc rmc rmc rmc rmc gll gll gll vtg gga gsa gsa \
                    gsv gsv gsv gsv gsv gsv gsv gsv gsv gsv";
    assert_eq!(events.join(" "), expected);
    assert!(out.lines().take(23).all(|line| line.starts_with("{\"t_us\":")));
    // Each is as it was then.
    assert_eq!(each[0]["lat_e7"], -378_608_333);
    assert_eq!(each[1]["date"], "1994-03-23");
    assert_eq!(each[0]["altitude_mm"], json!(null));
    // A byte at 9600 baud is 10 bits; the first sentence has 66, and a line end.
    assert_eq!(each[0]["t_us"], (67 * 10_000_000_u64).div_ceil(9_600));
    let fast = replayed("nmea", &log, "--each --baud 96000");
    let first: Value = serde_json::from_str(fast.lines().next().unwrap()).unwrap();
    assert_eq!(first["t_us"], (67 * 10_000_000_u64).div_ceil(96_000));
}

#[test]
fn satellites_gives_an_object_with_all_sets_when_one_is_complete() {
    let glonass = "$GLGSV,1,1,02,65,62,349,26,66,20,296,*65\r\n";
    let out =
        replayed("nmea", &file("satellites.log", format!("{VECTORS}{glonass}")), "--satellites");
    let objects: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, each) = objects.split_last().unwrap();
    let counted = ["sets", "sets_torn", "satellites_omitted"].map(|key| last[key].as_u64());
    assert_eq!(counted, [Some(4), Some(0), Some(0)]);
    let lengths = each.iter().map(|object| {
        assert_eq!(object["event"], "satellites");
        let sets = object["sets"].as_array().unwrap();
        sets.iter().map(|set| set["satellites"].as_array().unwrap().len()).collect::<Vec<_>>()
    });
    assert_eq!(lengths.collect::<Vec<_>>(), [vec![12], vec![11], vec![14], vec![14, 2]]);
    // The age of the other set is that of this sentence, at 9600 baud.
    let age_us = (glonass.len() * 10_000_000).div_ceil(9_600);
    assert!(each[3]["sets"][0]["age_us"].as_u64().unwrap().abs_diff(age_us as u64) <= 1);
    let expected = json!({
        "system": "GLONASS", "signal": 0, "age_us": 0,
        "satellites": [
            { "number": 65, "elevation": 62, "azimuth": 349, "snr": 26, "used": false },
            { "number": 66, "elevation": 20, "azimuth": 296, "snr": null, "used": false },
        ],
    });
    assert_eq!(each[3]["sets"][1], expected);
    // Two lists in a row are one.
    let used = each[0]["sets"][0]["satellites"].as_array().unwrap().iter();
    let used: Vec<_> = used.filter(|it| it["used"] == true).map(|it| &it["number"]).collect();
    assert_eq!(used, [28, 17, 8, 24, 11, 7, 4, 27, 26]);
}
