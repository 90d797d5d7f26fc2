//! The results of checks.

use core::fmt;

use tickwire_traits::SpawnError;

/// The result of a check: `Ok`, or why it has not passed.
pub type Verdict = Result<(), Unmet>;

/// The reason why a check has not passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmet {
    /// The check failed. Contains the promise that the backend broke.
    Failed(&'static str),
    /// The check does not apply to this backend. Contains the reason.
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

/// A report on a check. Each check has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The check begins. If it hangs in a program without further output, this report
    /// identifies it.
    Begins,
    /// The check has passed.
    Passed,
    /// The check does not apply to this backend. Contains the reason.
    Skipped(&'static str),
    /// The check has failed. Contains the broken promise.
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

/// The numbers of checks by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Checks that passed.
    pub passed: u32,
    /// Checks that do not apply to this backend.
    pub skipped: u32,
    /// Checks that failed.
    pub failed: u32,
}

impl Totals {
    /// Counts a check, and returns its report.
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

/// Passes if a promise was `kept`, and otherwise fails with the text `broken`.
///
/// # Errors
///
/// [`Unmet::Failed`] with `broken`.
pub fn expect(kept: bool, broken: &'static str) -> Verdict {
    if kept { Ok(()) } else { Err(Unmet::Failed(broken)) }
}
