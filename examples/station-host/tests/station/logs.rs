//! Recorded logs, as fast as they go.

use std::path::PathBuf;

use serde_json::Value;

use crate::{Station, text};

/// Latitude, longitude, date and time of the last valid RMC; altitude in
/// millimetres and satellites of the last GGA with a fix.
const LOGS: &str = "\
mt3339                      440688283 -1213141883 2015-04-13 20:27:09.000 1127400   10
mtk-3301                    522163639    68850781 2008-08-23 08:14:39.000  102930    3
quectel-L70                 510680967 -1140956417 2022-03-09 15:01:34.000 1102300    8
bu303-nofix                      null        null       null         null    null null
bu353-glonass               556866217   376215567 2014-05-26 08:14:19.000   66200    6
sirfstarv-nmea              440689267 -1213142583 2019-02-05 02:10:33.000 1124700    6
beidou-gb                   312480350  1215873800 2015-03-02 05:32:33.438  167200    6
nmea-fuzzy-cases            415750300  -937505978 2020-03-18 13:39:00.900  280833   19
skytraq-fix                 440687299 -1213141208 2016-03-28 23:27:22.000 1132559    5
neo-m8n                     440689837 -1213142285 2015-03-18 17:19:48.000 1139400   12
ublox-neo-m9n-nmea-stripped 381105010 -1226269230 2020-07-11 22:38:45.000   81800   12
telit-he910-stripped        508402100    43470467 2019-03-12 10:54:59.408  102000    5
quectel-eg25-g-stripped     367638040   314108762 2022-09-11 19:15:33.980  -80300    3
aerorust-nmea1-long         550899705   389175214 2017-03-31 11:19:07.000  115000   14
";

#[test]
fn every_log_ends_with_its_fix() {
    let Some(root) = std::env::var_os("TICKWIRE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: every_log_ends_with_its_fix: TICKWIRE_CORPUS is not set");
        return;
    };
    if !root.exists() {
        let here = root.display();
        eprintln!("skipped: every_log_ends_with_its_fix: no recorded inputs at {here}");
        return;
    }
    let mut left: Vec<Vec<_>> = LOGS.lines().map(|row| row.split_whitespace().collect()).collect();
    // All at once. A machine with much else to do may need longer than a second.
    for seconds in ["1", "4", "30"] {
        let run = |row: Vec<&'static str>| {
            let log = text(root.join(format!("nmea/{}.log", row[0])));
            (row, Station::start(&["--fast", "--for", seconds, "--gps", &log]))
        };
        let running: Vec<_> = left.drain(..).map(run).collect();
        for (row, station) in running {
            let ended = station.end();
            if told(ended.well()) != row[1..] {
                left.push(row);
            }
        }
    }
    assert!(left.is_empty(), "these have another fix: {left:?}");
}

fn told(last: &Value) -> [String; 6] {
    let told = ["lat_e7", "lon_e7", "date", "time", "altitude_mm", "satellites_used"];
    told.map(|key| match &last[key] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}
