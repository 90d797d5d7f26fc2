//! When the sensor is asked, and for what: the machine of a [`Sampler`](super::Sampler).

use tickwire_traits::{Duration, Instant};

use crate::htu21d::{CentiCelsius, CentiPercent, Measurement, Sample, Settings, UserRegister};

/// Reset, settings, measurement, check, rest: over and over.
///
/// ```text
///           ╭────────────────── each period ──────────────────╮
///   Reset ─▶ Configure ─▶ Temperature ─▶ Humidity ─▶ Check ─▶ Rest
///     ╰─────────◀────── any error: at once, then after `retry` ──╯
/// ```
///
/// The check reads the user register. A sensor that lost its power has lost its settings, so a
/// sample is published only if they are in force after its measurement.
#[derive(Clone, Debug)]
pub(super) struct Cycle {
    pub(super) period: Duration,
    pub(super) retry: Duration,
    pub(super) settings: Settings,
    step: Step,
    /// The time of the next sample, or of the next attempt.
    due: Instant,
    /// When the last measurement was due, without its delays; at first, when it began.
    slot: Option<Instant>,
    /// Failures since the last sample.
    failures: u32,
    needs_reset: bool,
}

/// What the sensor does, or is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Rest,
    Reset,
    Configure,
    Temperature { since: Instant },
    Humidity { since: Instant, temperature: CentiCelsius },
    Check { since: Instant, measured: Measurement },
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A rest, a reset or settings are done.
    Done,
    Temperature(CentiCelsius),
    Humidity(CentiPercent),
    Register(UserRegister),
    Failed,
}

/// What a step led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Sample(Sample),
    /// The sensor did not keep its settings.
    Lost,
}

impl Cycle {
    pub(super) const fn new() -> Self {
        Self {
            period: Duration::from_secs(10),
            retry: Duration::from_secs(1),
            settings: Settings::new(),
            step: Step::Rest,
            due: Instant::EPOCH,
            slot: None,
            failures: 0,
            needs_reset: true,
        }
    }

    pub(super) fn step(&self) -> Step {
        self.step
    }

    /// Returns the end of a rest.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Handles the begin of a call. Returns whether a dropped call left a measurement that is too
    /// old to be continued.
    pub(super) fn resume(&mut self, now: Instant) -> bool {
        let since = match self.step {
            Step::Rest | Step::Reset | Step::Configure => return false,
            Step::Temperature { since }
            | Step::Humidity { since, .. }
            | Step::Check { since, .. } => since,
        };
        let is_old = now.since(since) > CONTINUED;
        if is_old {
            self.step = Step::Temperature { since: now };
        }
        is_old
    }

    /// Handles the end of the step.
    pub(super) fn event(&mut self, event: Event, now: Instant) -> Option<Output> {
        match (self.step, event) {
            (Step::Rest, Event::Done) => {
                self.step = match self.needs_reset {
                    true => Step::Reset,
                    false => Step::Temperature { since: now },
                };
            }
            (Step::Reset, Event::Done) => self.step = Step::Configure,
            (Step::Configure, Event::Done) => {
                self.needs_reset = false;
                self.slot.get_or_insert(now);
                self.step = Step::Temperature { since: now };
            }
            (Step::Temperature { since }, Event::Temperature(temperature)) => {
                self.step = Step::Humidity { since, temperature };
            }
            (Step::Humidity { since, temperature }, Event::Humidity(humidity)) => {
                self.step = Step::Check { since, measured: Measurement { temperature, humidity } };
            }
            (Step::Check { since, measured }, Event::Register(register)) => {
                if self.settings.apply_to(register) != register {
                    self.fail(now);
                    return Some(Output::Lost);
                }
                self.rest(now);
                return Some(Output::Sample(Sample {
                    measurement: measured,
                    at: since,
                    battery_low: register.battery_low(),
                }));
            }
            // An event of another step counts as a failure: the sensor is begun anew.
            _ => self.fail(now),
        }
        None
    }

    /// Rests until a period after the last one began, or after now if that has passed. Counting the
    /// periods that passed would need a division of 64 bits, which takes half a kilobyte of flash.
    fn rest(&mut self, now: Instant) {
        let next = self.slot.unwrap_or(now) + self.period;
        let next = if next > now { next } else { now + self.period };
        self.slot = Some(next);
        self.due = next;
        self.failures = 0;
        self.step = Step::Rest;
    }

    fn fail(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.due = if self.failures == 1 { now } else { now + self.retry };
        self.needs_reset = true;
        self.step = Step::Rest;
    }
}

/// The age up to which a measurement of a dropped call is continued: longer than a measurement
/// takes on any executor that is of use.
const CONTINUED: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
