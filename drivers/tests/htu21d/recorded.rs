//! A dialogue recorded from an SHT21, whose protocol is that of an HTU21D.

use std::fs;
use std::path::PathBuf;

use embedded_hal::digital::PinState;
use tickwire_drivers::htu21d::{CentiCelsius, CentiPercent, Reading};
use tickwire_sim::i2c::{Decoder, Message};
use tickwire_traits::Instant;

#[test]
fn a_recorded_sensor_measured_23_81_degrees_and_50_72_percent() {
    const TEST: &str = "a_recorded_sensor_measured_23_81_degrees_and_50_72_percent";
    let Some(dialogue) = recorded(TEST, "sht21-serial-hold.txt") else { return };
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

/// The same dialogue as levels of SCL and SDA, sampled at 8 MHz.
#[test]
fn a_recorded_sensor_holds_the_clock_while_it_measures() {
    const TEST: &str = "a_recorded_sensor_holds_the_clock_while_it_measures";
    let Some(levels) = recorded(TEST, "sht21-serial-hold-edges.txt") else { return };
    let rows = levels.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [at, scl, sda] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        (nanos(at), PinState::from(scl == "1"), PinState::from(sda == "1"))
    });
    let (mut decoder, mut messages) = (Decoder::new(), Vec::new());
    // When SCL fell last, and how long it was low each time.
    let (mut fell, mut lows) = (None, Vec::new());
    for (at, scl, sda) in rows {
        messages.extend(decoder.change(Instant::from_micros(at / 1_000), scl, sda));
        match scl {
            PinState::Low => fell = fell.or(Some(at)),
            PinState::High => lows.extend(fell.take().map(|fell| (fell, at - fell))),
        }
    }
    messages.extend(decoder.finish());
    let told: Vec<_> = messages.iter().map(Message::to_string).collect();
    let (register, serial) = (["80 e7", "81 3an"], ["80 fa 0f", "81 01 31 22 e4 d2 66 08 b9n"]);
    let measured = ["80 e3", "81 66 f0 8dn", "80 e5", "81 74 2e 21n"];
    assert_eq!(told, [&register[..], &register, &serial, &serial, &measured].concat());

    let held: Vec<_> = lows.iter().copied().filter(|(_, low)| *low > 5_500).collect();
    assert_eq!(held, [(18_446_625, 65_249_625), (87_135_625, 21_592_750)]);
    // Within the longest times of the datasheet's table 7, for 14 and 12 bits.
    assert!(held[0].1 <= 85_000_000 && held[1].1 <= 29_000_000);
}

/// Returns a recorded input of the folder `logic`; none, and a line that says so, if it is not
/// there.
fn recorded(test: &str, name: &str) -> Option<String> {
    let Some(corpus) = std::env::var_os("TICKWIRE_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: {test}: TICKWIRE_CORPUS is not set");
        return None;
    };
    let path = corpus.join("logic").join(name);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: {test}: no recorded inputs at {}", path.display());
    }
    text
}

/// Parses microseconds with up to three decimal places.
fn nanos(micros: &str) -> u64 {
    let (whole, fraction) = micros.split_once('.').unwrap_or((micros, ""));
    format!("{whole}{fraction:0<3}").parse().unwrap()
}

/// Parses `18358 81 66 f0 8dn`: the time, and bytes, of which the last is refused.
fn bytes(line: &str) -> Option<Vec<u8>> {
    let (_, bytes) = line.split_once(' ').filter(|_| !line.starts_with('#'))?;
    let hex = bytes.split(' ').map(|byte| byte.trim_end_matches('n'));
    Some(hex.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect())
}
