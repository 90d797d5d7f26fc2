//! A dialogue recorded from an SHT21, whose protocol is that of an HTU21D.

use std::fs;
use std::path::PathBuf;

use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent, Reading};

#[test]
fn a_recorded_sensor_measured_23_81_degrees_and_50_72_percent() {
    const TEST: &str = "a_recorded_sensor_measured_23_81_degrees_and_50_72_percent";
    let Some(corpus) = std::env::var_os("TICKWIRE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: {TEST}: TICKWIRE_CORPUS is not set");
        return;
    };
    let path = corpus.join("logic/sht21-serial-hold.txt");
    let Ok(dialogue) = fs::read_to_string(&path) else {
        eprintln!("skipped: {TEST}: no recorded inputs at {}", path.display());
        return;
    };
    let transfers: Vec<Vec<u8>> = dialogue.lines().filter_map(bytes).collect();
    assert_eq!(transfers.len(), 12);
    let after = |command| {
        let asked = transfers.iter().position(|transfer| transfer == &[0x80, command]).unwrap();
        match transfers[asked + 1][..] {
            [0x81, high, low, sum] => Reading::from_frame([high, low, sum]),
            ref other => panic!("not a result: {other:x?}"),
        }
    };
    assert_eq!(after(0xe3), Ok(Reading::Temperature(CentiCelsius(2381))));
    assert_eq!(after(0xe5), Ok(Reading::Humidity(CentiPercent(5072))));
}

/// Parses `18358 81 66 f0 8dn`: the time, and bytes, of which the last is refused.
fn bytes(line: &str) -> Option<Vec<u8>> {
    let (_, bytes) = line.split_once(' ').filter(|_| !line.starts_with('#'))?;
    let hex = bytes.split(' ').map(|byte| byte.trim_end_matches('n'));
    Some(hex.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect())
}
