//! Replies that were changed in any way, and which command each answers by its text.

use tickwire_drivers::gps::mtk::{
    Baud, Command, Differential, Interval, Rates, Reply, Restart, Systems, Threshold, Verdict,
};
use tickwire_drivers::gps::{Event, Outgoing, Raw, Receiver, Request};
use tickwire_traits::Instant;

use crate::sentences::sentence;

/// Replies of each kind.
pub(crate) const REPLIES: [&str; 11] = [
    "PMTK001,220,3",
    "PMTK001,353,3,1,1,1,0,0,15",
    "PMTK001,605,1",
    "PMTK010,001",
    "PMTK011,MTKGPS",
    "PMTK514,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0",
    "PMTK705,AXN_1.3,2102,ABCD,",
    "PGTOP,11,3",
    "PGACK,33,0",
    "PGACK,33,1",
    "PAIR001,002,0",
];

/// A command of each name.
fn commands() -> Vec<Command> {
    let interval = Interval::from_millis(100).unwrap();
    let mut all = vec![
        Command::Test,
        Command::Standby,
        Command::Interval(interval),
        Command::Baud(Baud::B9600),
        Command::FixInterval(interval),
        Command::Differential(Differential::Sbas),
        Command::Sbas(true),
        Command::Rates(Rates::USUAL),
        Command::DefaultRates,
        Command::Search(Systems::GPS),
        Command::Hold(Threshold::OFF),
        Command::HoldOld(Threshold::OFF),
        Command::QueryRates,
        Command::QueryVersion,
        Command::AntennaReports(false),
        Command::AntennaReports(true),
    ];
    all.extend(
        [Restart::Hot, Restart::Warm, Restart::Cold, Restart::FullCold].map(Command::Restart),
    );
    all
}

/// Returns the verdict of a reply on the command with a name: `PMTK220`, or `PGCMD,33,1`.
fn verdict(name: &str, reply: &str) -> Option<Verdict> {
    let fields: Vec<_> = reply.split(',').collect();
    let has = |at: usize, values: &[&str]| fields.get(at).is_some_and(|it| values.contains(it));
    let number = |at: usize| {
        let field = fields.get(at).filter(|it| matches!(it.len(), 1..=3))?;
        field.bytes().all(|it| it.is_ascii_digit()).then(|| format!("PMTK{field:0>3}"))
    };
    let has_report = ["PMTK414", "PMTK605"].contains(&name);
    let is_done = match fields[0] {
        "PMTK001" => {
            let verdicts =
                [Verdict::Invalid, Verdict::Unsupported, Verdict::Failed, Verdict::Succeeded];
            let at = ["0", "1", "2", "3"].iter().position(|flag| has(2, &[flag]))?;
            let is_final = number(1)? == name && !(at == 3 && has_report);
            return is_final.then_some(verdicts[at]);
        }
        "PMTK010" => ("PMTK101"..="PMTK104").contains(&name) && number(1)? == "PMTK001",
        "PMTK514" => {
            name == "PMTK414" && (1..20).all(|at| has(at, &["0", "1", "2", "3", "4", "5"]))
        }
        "PMTK705" => name == "PMTK605" && fields.len() > 1,
        "PGTOP" => name == "PGCMD,33,1" && has(1, &["11"]) && has(2, &["0", "1", "2", "3"]),
        "PGACK" => {
            has(1, &["33"]) && fields.get(2).is_some_and(|it| name == format!("PGCMD,33,{it}"))
        }
        _ => false,
    };
    is_done.then_some(Verdict::Succeeded)
}

/// Checks a sentence with each command: no other is answered than the one that it names, by no
/// part of a driver; and nothing is heard of it with another checksum.
///
/// The sentence is the part between `$` and `*`, of printable ASCII.
///
/// # Panics
///
/// If a reply belongs to another command.
#[track_caller]
pub(crate) fn check(body: &[u8]) {
    let mut line = sentence(body);
    let text = str::from_utf8(body).unwrap();
    heard(&line, |raw| {
        let reply = Reply::of(raw.bytes());
        assert_eq!(Reply::from_fields(text.split(',').map(str::as_bytes)), reply, "{text}");
        let mut is_answer = false;
        for command in commands() {
            let name = match command.number() {
                Some(number) => format!("PMTK{number:03}"),
                None => command.to_string(),
            };
            let expected = verdict(&name, text);
            assert_eq!(Request::answer(&command, raw), expected, "{command}: {text}");
            assert_eq!(reply.and_then(|it| command.answer(&it)), expected, "{command}: {text}");
            let any = Outgoing::<82>::from(command).answer(raw);
            let fits = Outgoing::<82>::new(body).filter(|_| expected.is_some());
            assert_eq!(any, fits, "{command}: {text}");
            is_answer |= expected.is_some();
        }
        // A start and an antenna are also reported unasked.
        if is_answer && !text.starts_with("PMTK010") && !text.starts_with("PGTOP") {
            assert!(Command::is_answer(raw), "{text}");
        }
    });
    let last = line.len() - 3;
    line[last] = if line[last] == b'0' { b'1' } else { b'0' };
    assert_eq!(heard(&line, |_| ()), 0, "the checksum is wrong: {text}");
}

/// Passes the sentence to `with` if a receiver has it for its caller. Returns how many are accepted
/// or passed.
fn heard(line: &[u8], with: impl Fn(Raw<'_>)) -> u32 {
    let mut receiver = Receiver::<120>::new();
    let (_, event) = receiver.push_any(line, Instant::EPOCH);
    if let Some(Event::Other(raw)) = event {
        with(raw);
    }
    let counters = receiver.counters();
    counters.accepted + counters.unsupported + counters.malformed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn a_changed_reply_answers_no_command_but_that_which_it_names() {
        let mut random = Random(0x31);
        for _ in 0..5_000 {
            let original = REPLIES[random.below(REPLIES.len())];
            let mut body = random.mutated(original.as_bytes());
            body.retain(|byte| matches!(byte, b' '..=b'~') && !b"$*".contains(byte));
            check(&body);
        }
    }

    #[test]
    fn a_reply_answers_the_command_that_it_names() {
        for (command, reply, expected) in [
            ("PMTK220", "PMTK001,220,3", Some(Verdict::Succeeded)),
            ("PMTK605", "PMTK001,605,3", None),
            ("PMTK103", "PMTK010,001", Some(Verdict::Succeeded)),
            ("PGCMD,33,0", "PGACK,33,0", Some(Verdict::Succeeded)),
            ("PGCMD,33,1", "PGACK,33,0", None),
        ] {
            assert_eq!(verdict(command, reply), expected, "{command}: {reply}");
        }
        for reply in REPLIES {
            check(reply.as_bytes());
        }
    }
}
