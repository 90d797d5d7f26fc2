//! Which reply answers which command: every pair.

use tickwire_drivers::gps::mtk::{
    Baud, Command, Differential, Interval, Rates, Reply, Restart, Systems, Threshold, Verdict,
};

/// Every kind of reply except for acknowledgements.
const REPLIES: [&str; 11] = [
    "PMTK010,000",
    "PMTK010,001",
    "PMTK010,002",
    "PMTK010,003",
    "PMTK011,MTKGPS",
    "PMTK514,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0",
    "PMTK705,AXN_1.3,2102,ABCD,",
    "PGTOP,11,1",
    "PGTOP,11,3",
    "PGACK,33,0",
    "PGACK,33,1",
];

const NUMBERS: [u16; 17] =
    [0, 1, 101, 102, 103, 104, 161, 220, 251, 300, 301, 313, 314, 353, 386, 397, 999];

fn answer(command: Command, body: &str) -> Option<Verdict> {
    command.answer(&Reply::from_fields(body.split(',').map(str::as_bytes)).expect(body))
}

/// Checks a command with all replies, of which `expected` answer it besides acknowledgements.
#[track_caller]
fn check(command: Command, number: Option<u16>, expected: &[&str]) {
    for body in REPLIES {
        let verdict = expected.contains(&body).then_some(Verdict::Succeeded);
        assert_eq!(answer(command, body), verdict, "{command}: {body}");
    }
    let has_report = matches!(number, Some(414 | 605));
    for other in NUMBERS.into_iter().chain([414, 605]) {
        for (flag, verdict) in [Verdict::Invalid, Verdict::Unsupported, Verdict::Failed]
            .map(Some)
            .into_iter()
            .chain([(!has_report).then_some(Verdict::Succeeded)])
            .enumerate()
        {
            let verdict = verdict.filter(|_| number == Some(other));
            let body = format!("PMTK001,{other},{flag}");
            assert_eq!(answer(command, &body), verdict, "{command}: {body}");
        }
    }
}

#[test]
fn a_command_is_answered_by_its_number() {
    let interval = Interval::from_millis(100).unwrap();
    for (command, number) in [
        (Command::Test, 0),
        (Command::Standby, 161),
        (Command::Interval(interval), 220),
        (Command::Baud(Baud::B57600), 251),
        (Command::FixInterval(interval), 300),
        (Command::Differential(Differential::Sbas), 301),
        (Command::Sbas(true), 313),
        (Command::Rates(Rates::USUAL), 314),
        (Command::DefaultRates, 314),
        (Command::Search(Systems::GPS), 353),
        (Command::Hold(Threshold::OFF), 386),
        (Command::HoldOld(Threshold::OFF), 397),
    ] {
        check(command, Some(number), &[]);
    }
}

#[test]
fn a_restart_is_answered_by_the_start() {
    for (restart, number) in
        [(Restart::Hot, 101), (Restart::Warm, 102), (Restart::Cold, 103), (Restart::FullCold, 104)]
    {
        check(Command::Restart(restart), Some(number), &["PMTK010,001"]);
    }
}

#[test]
fn a_query_is_answered_by_its_report() {
    check(Command::QueryRates, Some(414), &[REPLIES[5]]);
    check(Command::QueryVersion, Some(605), &[REPLIES[6]]);
}

#[test]
fn reports_of_the_antenna_are_answered_by_their_value() {
    check(Command::AntennaReports(false), None, &["PGACK,33,0"]);
    check(Command::AntennaReports(true), None, &["PGTOP,11,1", "PGTOP,11,3", "PGACK,33,1"]);
}

#[test]
fn a_change_of_speed_alone_waits_for_no_answer() {
    assert!(!Command::Baud(Baud::B9600).is_answered());
    assert!(Command::Test.is_answered() && Command::AntennaReports(false).is_answered());
}
