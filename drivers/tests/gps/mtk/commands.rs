//! Commands as bytes, with those of the original where it has the command. Its checksums are lower
//! case.

use tickwire_drivers::gps::Outgoing;
use tickwire_drivers::gps::mtk::{
    Baud, Command, Differential, Every, Interval, LONGEST, Output, Rates, Restart, Systems,
    Threshold,
};

#[track_caller]
fn check(command: Command, expected: &str) {
    let sentence = command.encode();
    assert_eq!(sentence.as_bytes(), format!("{expected}\r\n").as_bytes(), "{command:?}");
    let body = expected.strip_prefix('$').and_then(|it| it.rsplit_once('*')).unwrap().0;
    assert_eq!((command.to_string(), sentence.body()), (body.into(), body.as_bytes()));
    assert_eq!(Outgoing::new(body.as_bytes()), Some(sentence), "as any body");
    let number = command.number().map(|number| format!("PMTK{number:03}"));
    assert!(body.starts_with(&number.unwrap_or("PGCMD".into())), "{command:?}");
}

#[test]
fn the_speed_is_one_of_seven() {
    let expected = [
        "$PMTK251,4800*14",
        "$PMTK251,9600*17",
        "$PMTK251,14400*29",
        "$PMTK251,19200*22",
        "$PMTK251,38400*27",
        "$PMTK251,57600*2C",
        "$PMTK251,115200*1F",
    ];
    for (baud, expected) in Baud::ALL.into_iter().zip(expected) {
        check(Command::Baud(baud), expected);
        assert_eq!(Baud::from_bits_per_second(baud.bits_per_second()), Some(baud));
    }
}

#[test]
fn the_interval_is_100_ms_to_10_s() {
    for (millis, expected) in [
        (100, "$PMTK220,100*2F"),
        (200, "$PMTK220,200*2C"),
        (500, "$PMTK220,500*2B"),
        (1_000, "$PMTK220,1000*1F"),
        (2_000, "$PMTK220,2000*1C"),
        (5_000, "$PMTK220,5000*1B"),
        (10_000, "$PMTK220,10000*2F"),
    ] {
        check(Command::Interval(Interval::from_millis(millis).unwrap()), expected);
    }
    for millis in [0, 99, 10_001, u16::MAX] {
        assert_eq!(Interval::from_millis(millis), None);
    }
}

#[test]
fn sentences_are_chosen_by_nineteen_fields() {
    let usual = Rates::USUAL;
    let never = Every::Never;
    for (rates, expected) in [
        (usual, "$PMTK314,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0*2D"),
        (
            usual.with(Output::Gsa, never).with(Output::Gsv, never),
            "$PMTK314,0,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0*29",
        ),
        (usual.with(Output::Gsv, never), "$PMTK314,0,1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0*28"),
        (
            Rates::NONE.with(Output::Gll, Every::TwoFixes).with(Output::Zda, Every::ThreeFixes),
            "$PMTK314,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3,0*29",
        ),
        (
            Rates::NONE.with(Output::Channels, Every::FourFixes).with(Output::Gst, Every::Fix),
            "$PMTK314,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,4*2D",
        ),
        (
            Rates::NONE.with(Output::Grs, Every::Fix),
            "$PMTK314,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0*29",
        ),
    ] {
        check(Command::Rates(rates), expected);
    }
    check(Command::DefaultRates, "$PMTK314,-1*04");
}

#[test]
fn the_others_have_few_values() {
    let interval = Interval::from_millis(200).unwrap();
    let speed = |tenths| Threshold::from_tenths(tenths).unwrap();
    for (command, expected) in [
        (Command::Test, "$PMTK000*32"),
        (Command::Restart(Restart::Hot), "$PMTK101*32"),
        (Command::Restart(Restart::Warm), "$PMTK102*31"),
        (Command::Restart(Restart::Cold), "$PMTK103*30"),
        (Command::Restart(Restart::FullCold), "$PMTK104*37"),
        (Command::Standby, "$PMTK161,0*28"),
        (Command::FixInterval(interval), "$PMTK300,200,0,0,0,0*2F"),
        (Command::Differential(Differential::Off), "$PMTK301,0*2C"),
        (Command::Differential(Differential::Rtcm), "$PMTK301,1*2D"),
        (Command::Differential(Differential::Sbas), "$PMTK301,2*2E"),
        (Command::Sbas(true), "$PMTK313,1*2E"),
        (Command::Sbas(false), "$PMTK313,0*2F"),
        (Command::Search(Systems::GPS), "$PMTK353,1,0,0,0,0*2A"),
        (
            Command::Search(Systems::GPS.and(Systems::GLONASS).and(Systems::GALILEO)),
            "$PMTK353,1,1,1,0,0*2A",
        ),
        (Command::Search(Systems::BEIDOU), "$PMTK353,0,0,0,0,1*2A"),
        (Command::Hold(speed(4)), "$PMTK386,0.4*39"),
        (Command::Hold(speed(20)), "$PMTK386,2.0*3F"),
        (Command::HoldOld(Threshold::OFF), "$PMTK397,0.0*3D"),
        (Command::QueryRates, "$PMTK414*33"),
        (Command::QueryVersion, "$PMTK605*31"),
        (Command::AntennaReports(true), "$PGCMD,33,1*6C"),
        (Command::AntennaReports(false), "$PGCMD,33,0*6D"),
    ] {
        check(command, expected);
    }
    assert_eq!(Threshold::from_tenths(21), None);
}

#[test]
fn the_buffer_is_as_long_as_the_longest_command() {
    assert_eq!(Command::Rates(Rates::USUAL).encode().as_bytes().len(), LONGEST);
}

/// The original ended all commands but these with CR LF, so the receiver read the next one as a
/// part of them.
#[test]
fn a_command_for_the_antenna_ends_too() {
    let mut line = Vec::new();
    for command in [Command::AntennaReports(true), Command::QueryVersion] {
        line.extend_from_slice(command.encode().as_bytes());
    }
    assert_eq!(line, b"$PGCMD,33,1*6C\r\n$PMTK605*31\r\n");
}
