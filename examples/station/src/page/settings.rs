//! The page of how the receiver is set.

use tickwire_drivers::gps::mtk::{Every, Output, Verdict};
use tickwire_traits::Instant;

use super::{Line, ROWS, line, text};
use crate::menu::Focus;
use crate::{Outcome, State};

const NAMES: [(Output, &str); 10] = [
    (Output::Gga, "GGA"),
    (Output::Rmc, "RMC"),
    (Output::Gsa, "GSA"),
    (Output::Gsv, "GSV"),
    (Output::Vtg, "VTG"),
    (Output::Gll, "GLL"),
    (Output::Zda, "ZDA"),
    (Output::Gst, "GST"),
    (Output::Grs, "GRS"),
    (Output::Channels, "CHN"),
];

/// The firmware; the sentences that are sent; the rate, with `*` if a turn of the knob changes it;
/// the last command and what became of it.
pub(super) fn page(state: &State, now: Instant) -> [Line; ROWS] {
    let receiver = &state.receiver;
    let mark = if state.menu.focus(now) == Focus::Rate { '*' } else { ' ' };
    [
        match &receiver.firmware {
            Some(firmware) => line(format_args!("{firmware}")),
            None => line(format_args!("firmware     unknown")),
        },
        match &receiver.rates {
            Some(rates) => sentences(|output| rates.of(output) != Every::Never),
            None => line(format_args!("sentences    unknown")),
        },
        match receiver.shown() {
            Some(rate) => line(format_args!("{mark}rate{:>12} Hz", rate.hertz())),
            None => line(format_args!("{mark}rate        unknown")),
        },
        match receiver.last {
            Some((command, outcome)) => {
                line(format_args!("PMTK{:03}{:>13}", command.number().unwrap_or(0), name(outcome),))
            }
            None => line(format_args!("nothing asked yet")),
        },
    ]
}

/// Up to five names have blanks between them, and up to six fit.
fn sentences(is_sent: impl Fn(Output) -> bool) -> Line {
    let sent = || NAMES.into_iter().filter(|(output, _)| is_sent(*output));
    let gap = if sent().count() > 5 { "" } else { " " };
    let mut row = Line::new();
    for (_, name) in sent() {
        let before = if row.is_empty() { "" } else { gap };
        row = text(format_args!("{row}{before}{name}"));
    }
    row
}

fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pending => "...",
        Outcome::Answered(Verdict::Invalid) => "invalid",
        Outcome::Answered(Verdict::Unsupported) => "unsupported",
        Outcome::Answered(Verdict::Failed) => "failed",
        Outcome::Answered(Verdict::Succeeded) => "done",
        Outcome::NoAnswer => "no answer",
        Outcome::NotSent => "not sent",
    }
}

#[cfg(test)]
mod tests;
