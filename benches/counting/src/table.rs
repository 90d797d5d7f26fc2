//! Tables of instructions per unit of work, by a program that runs itself under valgrind.

use std::fmt::{self, Display};
use std::process::ExitCode;

use crate::{phase_ends, phases};

/// A table of figures. Each is the difference between much work and little, over the difference
/// in units, so that start and set-up cancel out.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// What a figure is.
    pub heading: &'a str,
    /// Its rows.
    pub rows: &'a [Row<'a>],
    /// Little and much work, as each row's function takes it.
    pub work: [u32; 2],
    /// How many units of work one is.
    pub units: u64,
    /// What the loop around a unit takes, which is not part of the figures.
    pub around: Tenths,
}

/// A row of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// What is done.
    pub name: &'a str,
    /// The most that it may take. `None` for what is not ours.
    pub bound: Option<Tenths>,
    /// Does that much work, within [`counted`](crate::counted).
    pub work: fn(u32),
}

/// Instructions, in tenths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(pub u64);

impl Table<'_> {
    /// Prints the table, and fails when a row takes more than its bound; or does the work, in the
    /// run under valgrind.
    ///
    /// # Errors
    ///
    /// An argument that is not known; what kept the work from being counted.
    pub fn main(&self) -> Result<ExitCode, lexopt::Error> {
        use lexopt::prelude::*;

        let mut args = lexopt::Parser::from_env();
        match args.next()? {
            Some(Long("counted")) => {
                for row in self.rows {
                    for amount in self.work {
                        (row.work)(amount);
                        phase_ends();
                    }
                }
                Ok(ExitCode::SUCCESS)
            }
            Some(other) => Err(other.unexpected()),
            None => self.judge(),
        }
    }

    fn judge(&self) -> Result<ExitCode, lexopt::Error> {
        let phases = phases(&["--counted"])?;
        let expected = 2 * self.rows.len();
        if phases.len() != expected {
            return Err(format!("valgrind reported {} of {expected} counts", phases.len()).into());
        }
        let [little, much] = self.work;
        let units = u64::from(much - little) * self.units;
        println!("{:38}{:>10}{:>12}", self.heading, "bound", "measured");
        let mut exceeded = false;
        for (Row { name, bound, .. }, pair) in self.rows.iter().zip(phases.chunks_exact(2)) {
            let tenths = 10 * pair[1].saturating_sub(pair[0]) / units;
            let each = Tenths(tenths.saturating_sub(self.around.0));
            let shown = bound.map_or("-".to_owned(), |bound| bound.to_string());
            println!("{name:38}{shown:>10}{each:>12}");
            if bound.is_some_and(|bound| each > bound) {
                println!("OVER: {name}: {each} of {shown} instructions");
                exceeded = true;
            }
        }
        Ok(if exceeded { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

impl Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.0 / 10, self.0 % 10))
    }
}
