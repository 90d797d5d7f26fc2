//! Sentences as replies.

use proptest::prelude::*;
use tickwire_drivers::gps::Outgoing;
use tickwire_drivers::gps::mtk::{
    Ack, Antenna, Command, Every, Output, Rates, Reply, System, Verdict, Version,
};

#[track_caller]
fn check(body: &str, expected: Option<Reply<'_>>) {
    let sentence = Outgoing::<82>::new(body.as_bytes()).unwrap();
    let sentence = sentence.as_bytes().strip_suffix(b"\r\n").unwrap();
    assert_eq!(Reply::of(sentence), expected, "{body}");
    assert_eq!(Reply::from_fields(body.split(',').map(str::as_bytes)), expected, "{body}");
}

#[test]
fn an_acknowledgement_names_its_command_and_has_a_verdict() {
    let ack = |command, verdict| Some(Reply::Ack(Ack { command, verdict }));
    for (body, expected) in [
        ("PMTK001,220,0", ack(220, Verdict::Invalid)),
        ("PMTK001,220,1", ack(220, Verdict::Unsupported)),
        ("PMTK001,103,2", ack(103, Verdict::Failed)),
        ("PMTK001,314,3", ack(314, Verdict::Succeeded)),
        ("PMTK001,0,3", ack(0, Verdict::Succeeded)),
        ("PMTK001,000,3", ack(0, Verdict::Succeeded)),
        ("PMTK001,353,3,1,1,1,0,0,15", ack(353, Verdict::Succeeded)), // The MT3333 says more.
        ("PMTK001,220,4", None),
        ("PMTK001,220,33", None),
        ("PMTK001,220,", None),
        ("PMTK001,220", None),
        ("PMTK001,,3", None),
        ("PMTK001,-20,3", None),
        ("PMTK001,2200,3", None),
        ("PMTK001", None),
        ("PMTK0011,220,3", None),
        ("pmtk001,220,3", None),
    ] {
        check(body, expected);
    }
}

#[test]
fn a_message_of_the_system_has_a_number_and_a_text() {
    for (body, expected) in [
        ("PMTK010,000", Some(Reply::System(System::Unknown))),
        ("PMTK010,001", Some(Reply::System(System::Startup))),
        ("PMTK010,1", Some(Reply::System(System::Startup))),
        ("PMTK010,002", Some(Reply::System(System::Aiding))),
        ("PMTK010,003", Some(Reply::System(System::Normal))),
        ("PMTK010,004", None),
        ("PMTK010,", None),
        ("PMTK010", None),
        ("PMTK011,MTKGPS", Some(Reply::Text("MTKGPS"))),
        ("PMTK011,", Some(Reply::Text(""))),
        ("PMTK011", None),
    ] {
        check(body, expected);
    }
}

#[test]
fn a_report_of_the_sentences_has_nineteen_fields_or_more() {
    let rates = Rates::USUAL.with(Output::Channels, Every::TwoFixes);
    let fields = "PMTK514,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0";
    for (end, expected) in [
        (",2", Some(Reply::Rates(rates))),
        (",2,0,0,0", Some(Reply::Rates(rates))),
        ("", None),
        (",", None),
        (",6", None),
        (",-1", None),
        (",10", None),
    ] {
        check(&format!("{fields}{end}"), expected);
    }
    // What is sent is what is reported.
    let sent = Command::Rates(rates).to_string();
    check(&sent.replace("PMTK314", "PMTK514"), Some(Reply::Rates(rates)));
}

#[test]
fn a_version_has_up_to_four_texts() {
    let version = |release, build, product, sdk| {
        Some(Reply::Version(Version { release, build, product, sdk }))
    };
    for (body, expected) in [
        (
            "PMTK705,AXN_5.1.7_3333_19020118,0027,PA1010D,1.0",
            version("AXN_5.1.7_3333_19020118", "0027", "PA1010D", "1.0"),
        ),
        ("PMTK705,AXN_1.30,0000,20090609,", version("AXN_1.30", "0000", "20090609", "")),
        ("PMTK705,AXN_1.30", version("AXN_1.30", "", "", "")),
        ("PMTK705,a,b,c,d,e", version("a", "b", "c", "d")),
        ("PMTK705", None),
    ] {
        check(body, expected);
    }
}

#[test]
fn an_antenna_is_one_of_four() {
    for (body, expected) in [
        ("PGTOP,11,0", Some(Reply::Antenna(Antenna::None))),
        ("PGTOP,11,1", Some(Reply::Antenna(Antenna::Fault))),
        ("PGTOP,11,2", Some(Reply::Antenna(Antenna::Internal))),
        ("PGTOP,11,3", Some(Reply::Antenna(Antenna::External))),
        ("PGTOP,11,2,,", Some(Reply::Antenna(Antenna::Internal))),
        ("PGTOP,11,4", None),
        ("PGTOP,11", None),
        ("PGTOP,12,2", None),
        ("PGTOP", None),
        ("PGACK,33,0", Some(Reply::AntennaReports(false))),
        ("PGACK,33,1", Some(Reply::AntennaReports(true))),
        ("PGACK,33,2", None),
        ("PGACK,34,1", None),
        ("PGACK,33", None),
    ] {
        check(body, expected);
    }
}

#[test]
fn other_sentences_are_no_replies() {
    for body in ["GPGLL,,,,,,V", "PMTK", "PMTK999,1", "PMTK220,1000", "PUBX,00", "", ","] {
        check(body, None);
    }
    for sentence in ["", "$", "*00", "$*00", "PMTK001,220,3*30", "$PMTK001,220,3", "$PMTK001*3"] {
        assert_eq!(Reply::of(sentence.as_bytes()), None, "{sentence}");
    }
}

proptest! {
    /// Two bytes of a reply are replaced, and the rest is cut off somewhere.
    #[test]
    fn any_bytes_are_a_reply_or_none(
        which in 0_usize..6, at in any::<[prop::sample::Index; 2]>(), bytes in any::<[u8; 2]>(),
        end in any::<prop::sample::Index>(),
    ) {
        let replies = [
            "$PMTK001,220,3*30", "$PMTK010,001*2E", "$PMTK011,MTKGPS*08", "$PGTOP,11,3*6F",
            "$PMTK705,AXN_1.3,2102,ABCD,*14",
            "$PMTK514,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0*2B",
        ];
        let mut sentence = replies[which].as_bytes().to_vec();
        for (at, byte) in at.iter().zip(bytes) {
            *at.get_mut(&mut sentence) = byte;
        }
        sentence.truncate(end.index(sentence.len() + 1));
        if let Some(Reply::Version(version)) = Reply::of(&sentence) {
            prop_assert!(sentence.len() > version.release.len() + version.build.len());
        }
    }
}
