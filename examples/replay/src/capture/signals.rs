//! Which of its signals a capture is asked for.

use crate::failure::{Failure, quoted};

/// A signal, as it was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// None was asked for.
    Any,
    /// By name or, if there is none of that name, by number; empty to be told what
    /// there is.
    Named(String),
    /// By number, from 1.
    Numbered(usize),
}

/// How many signals a message lists.
const LISTED: usize = 32;

/// The signals of a capture, of which only a few names are kept.
#[derive(Debug, Default)]
pub(super) struct Signals {
    names: Vec<String>,
    count: usize,
}

impl Signals {
    /// Adds the next signal. Returns its number.
    pub(super) fn add(&mut self, name: &str) -> usize {
        self.count += 1;
        if self.names.len() < LISTED {
            self.names.push(name.to_owned());
        }
        self.count
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Says that the signal that was asked for is not there, and which are.
    pub(super) fn unknown(&self, asked: &Signal) -> Failure {
        let asked = match asked {
            Signal::Any => "which --signal?".into(),
            Signal::Named(name) if name.is_empty() => "which --signal?".into(),
            Signal::Named(name) => format!("there is no signal {};", quoted(name.as_bytes())),
            Signal::Numbered(number) => format!("there is no signal {number};"),
        };
        Failure::Usage(format!("{asked} signals: {}", self.list()))
    }

    fn list(&self) -> String {
        let listed = (1..).zip(&self.names).map(|(number, name)| match name.as_str() {
            "" => format!("{number} (no name)"),
            name => format!("{number} {}", quoted(name.as_bytes())),
        });
        let mut listed: Vec<_> = listed.collect();
        match self.count - listed.len() {
            0 => {}
            more => listed.push(format!("{more} more")),
        }
        if listed.is_empty() { "none".into() } else { listed.join(", ") }
    }
}
