//! The part of a receiver that obeys commands: a chip of MediaTek.

use std::collections::VecDeque;

use tickwire_traits::Duration;

use super::AnswerFault;

/// The time from the end of a command to its answer, unless it is set.
const ANSWER_DELAY: Duration = Duration::from_millis(10);

/// The time of a restart, after which the receiver reports it.
const RESTART: Duration = Duration::from_millis(500);

/// The factory's setting of the sentences: GLL, RMC, VTG, GGA, GSA, GSV at each fix.
const DEFAULT_RATES: &str = "1,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0";

/// The number of fields of the commands 314 and 514.
const RATES: usize = 19;

/// The speeds that 251 can set, in bits per second.
const SPEEDS: [u32; 7] = [4_800, 9_600, 14_400, 19_200, 38_400, 57_600, 115_200];

/// Answers, each with the pause before it. They have checksum and CR LF.
pub(super) type Answers = Vec<(Duration, Vec<u8>)>;

pub(super) struct Chip {
    pub(super) answer_delay: Duration,
    pub(super) faults: VecDeque<AnswerFault>,
    /// The bodies of the commands that were heard.
    pub(super) commands: Vec<String>,
    /// The bytes since the last `$`.
    line: Vec<u8>,
    rates: String,
    /// The receiver is on standby. The next byte ends that, and is lost.
    is_asleep: bool,
    /// The speed of the last command 251, in bits per second, until it is taken.
    pub(super) speed: Option<u32>,
}

impl Chip {
    pub(super) fn new() -> Self {
        Self {
            answer_delay: ANSWER_DELAY,
            faults: VecDeque::new(),
            commands: Vec::new(),
            line: Vec::new(),
            rates: DEFAULT_RATES.into(),
            is_asleep: false,
            speed: None,
        }
    }

    pub(super) fn is_asleep(&self) -> bool {
        self.is_asleep
    }

    /// Hears a byte. Returns the answers if it ends a command.
    ///
    /// A line that is no sentence with a correct checksum is ignored.
    pub(super) fn hear(&mut self, byte: u8) -> Answers {
        if std::mem::take(&mut self.is_asleep) {
            return vec![];
        }
        if byte == b'$' {
            self.line.clear();
        }
        if byte != b'\n' {
            self.line.push(byte);
            return vec![];
        }
        let line = std::mem::take(&mut self.line);
        let Some(body) = body(&line).map(str::to_owned) else { return vec![] };
        let fault = self.faults.pop_front();
        if fault == Some(AnswerFault::Deaf) {
            return vec![];
        }
        let answers = match fault {
            Some(AnswerFault::Refused(flag)) => refusal(&body, flag),
            _ => self.obey(&body),
        };
        self.commands.push(body);
        let mut answers: Answers = answers
            .into_iter()
            .map(|(pause, body)| (pause + self.answer_delay, sentence(&body)))
            .collect();
        match fault {
            Some(AnswerFault::Lost) => answers.clear(),
            Some(AnswerFault::Doubled) => answers = [&answers[..], &answers].concat(),
            Some(AnswerFault::Late(by)) => answers.iter_mut().for_each(|(pause, _)| *pause += by),
            Some(AnswerFault::Torn(after)) => {
                answers.iter_mut().for_each(|(_, bytes)| bytes.truncate(after));
            }
            Some(AnswerFault::Other(body)) => {
                answers = vec![(self.answer_delay, sentence(&body))];
            }
            _ => {}
        }
        answers
    }

    /// Obeys a command. Returns its answers without checksum.
    fn obey(&mut self, body: &str) -> Vec<(Duration, String)> {
        let mut fields = body.split(',');
        let name = fields.next().unwrap_or_default();
        if name == "PGCMD" {
            return match fields.collect::<Vec<_>>()[..] {
                ["33", on @ ("0" | "1")] => at_once(format!("PGACK,33,{on}")),
                _ => vec![],
            };
        }
        let Some(number) = name.strip_prefix("PMTK") else { return vec![] };
        let values: Vec<_> = fields.collect();
        let ack = |flag| at_once(format!("PMTK001,{},{flag}", number.trim_start_matches('0')));
        match (number, &values[..]) {
            ("000", []) => at_once("PMTK001,0,3".into()),
            ("101" | "102" | "103" | "104", []) => {
                if number == "104" {
                    self.rates = DEFAULT_RATES.into();
                }
                vec![(RESTART, "PMTK010,001".into()), (RESTART, "PMTK011,MTKGPS".into())]
            }
            ("161", [_]) => {
                self.is_asleep = true;
                ack(3)
            }
            ("220", [millis]) => ack(flag(millis, 100..=10_000)),
            ("251", [bits_per_second]) => match bits_per_second.parse() {
                Ok(speed) if SPEEDS.contains(&speed) => {
                    self.speed = Some(speed);
                    vec![]
                }
                _ => ack(0),
            },
            ("300", [millis, ..]) => ack(flag(millis, 100..=10_000)),
            ("301", [mode]) => ack(flag(mode, 0..=2)),
            ("313", [on]) => ack(flag(on, 0..=1)),
            ("314", ["-1"]) => {
                self.rates = DEFAULT_RATES.into();
                ack(3)
            }
            ("314", rates) if rates.len() == RATES => {
                self.rates = rates.join(",");
                ack(3)
            }
            ("353", [_, _, _, _, _]) | ("386" | "397", [_]) => ack(3),
            ("220" | "300" | "301" | "313" | "314" | "353" | "386" | "397", _) => ack(0),
            ("414", []) => at_once(format!("PMTK514,{}", self.rates)),
            ("605", []) => at_once("PMTK705,AXN_5.1.7_3333_19020118,0027,PA1010D,1.0".into()),
            _ => ack(1),
        }
    }
}

/// Returns what is between `$` and `*`, if the checksum is correct.
fn body(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?;
    let (body, digits) = line.strip_prefix('$')?.strip_suffix('\r')?.split_once('*')?;
    (u8::from_str_radix(digits, 16) == Ok(checksum(body))).then_some(body)
}

/// Returns a body as a sentence.
pub(super) fn sentence(body: &str) -> Vec<u8> {
    format!("${body}*{:02X}\r\n", checksum(body)).into_bytes()
}

fn checksum(body: &str) -> u8 {
    body.bytes().fold(0, |sum, byte| sum ^ byte)
}

fn at_once(body: String) -> Vec<(Duration, String)> {
    vec![(Duration::ZERO, body)]
}

fn refusal(body: &str, flag: u8) -> Vec<(Duration, String)> {
    let name = body.split(',').next().unwrap_or_default();
    match name.strip_prefix("PMTK").and_then(|number| number.parse::<u16>().ok()) {
        Some(number) => at_once(format!("PMTK001,{number},{flag}")),
        None => vec![],
    }
}

/// Returns 3 for a number in the range, and 0 for others.
fn flag(field: &str, range: std::ops::RangeInclusive<u32>) -> u8 {
    if field.parse().is_ok_and(|number| range.contains(&number)) { 3 } else { 0 }
}
