//! How a check ends.

use core::fmt;

use tickwire_traits::SpawnError;

/// The end of a check: nothing, or why it has not passed.
pub type Verdict = Result<(), Unmet>;

/// Why a check has not passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// What the backend did that it may not.
    Failed(&'static str),
    /// Why the check does not concern this backend.
    Skipped(&'static str),
}

impl From<SpawnError> for Unmet {
    fn from(error: SpawnError) -> Self {
        Self::Failed(match error {
            SpawnError::OtherExecutor => "the storage for tasks belongs to another executor",
            _ => "no slot was free for a task",
        })
    }
}

/// What is told of a check, twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It begins. Where a program can only be watched, this is what tells the check
    /// that it hangs in.
    Begins,
    /// It has passed.
    Passed,
    /// It does not concern this backend, and why.
    Skipped(&'static str),
    /// It has failed, and in what.
    Failed(&'static str),
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, why) = match self {
            Self::Begins => ("begins", ""),
            Self::Passed => ("ok", ""),
            Self::Skipped(why) => ("skipped: ", *why),
            Self::Failed(what) => ("FAILED: ", *what),
        };
        f.write_str(word)?;
        f.write_str(why)
    }
}

/// How many checks ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Those that passed.
    pub passed: u32,
    /// Those that do not concern this backend.
    pub skipped: u32,
    /// Those that failed.
    pub failed: u32,
}

impl Totals {
    /// Counts a check, and returns what is to be told of it.
    pub fn add(&mut self, verdict: Verdict) -> Progress {
        let (count, progress) = match verdict {
            Ok(()) => (&mut self.passed, Progress::Passed),
            Err(Unmet::Skipped(why)) => (&mut self.skipped, Progress::Skipped(why)),
            Err(Unmet::Failed(what)) => (&mut self.failed, Progress::Failed(what)),
        };
        *count += 1;
        progress
    }
}

/// Passes if a promise was `kept`, or fails with what was `broken`.
///
/// # Errors
///
/// [`Unmet::Failed`] with `broken`.
pub fn expect(kept: bool, broken: &'static str) -> Verdict {
    if kept { Ok(()) } else { Err(Unmet::Failed(broken)) }
}
