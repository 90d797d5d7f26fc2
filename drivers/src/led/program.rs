//! What a light shows.

use tickwire_traits::Duration;

use super::Brightness;
use crate::span::Span;

/// A step of a [`Program`]: a brightness for a time, or a fade to one.
///
/// ```
/// use tickwire_drivers::led::{Brightness, Step};
/// use tickwire_traits::Duration;
///
/// const BREATHE: [Step; 3] = [
///     Step::fade(Brightness::FULL, Duration::from_millis(800)),
///     Step::fade(Brightness::OFF, Duration::from_millis(1_600)),
///     Step::off(Duration::from_millis(600)),
/// ];
/// # assert_eq!(BREATHE.len(), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub(super) to: Brightness,
    pub(super) fades: bool,
    pub(super) span: Span,
}

/// What a light shows: a brightness, a fade, flashes, or a pattern of [`Step`]s.
///
/// ```
/// use tickwire_drivers::led::{Program, Step};
/// use tickwire_traits::Duration;
///
/// const DOT: Duration = Duration::from_millis(150);
/// /// Two short flashes per second, checked when the program is compiled.
/// const HEARTBEAT: Program = Program::repeat(&[
///     Step::on(DOT),
///     Step::off(DOT),
///     Step::on(DOT),
///     Step::off(Duration::from_millis(550)),
/// ])
/// .unwrap();
///
/// const NOTHING: &[Step] = &[Step::on(Duration::ZERO)];
/// assert_eq!(Program::repeat(NOTHING), None);
/// # assert_eq!(HEARTBEAT, HEARTBEAT);
/// ```
///
/// # Time
///
/// Steps follow each other without a gap. If a task is late for one step, the next one still ends
/// at its time, so repetitions stay on the grid of their start. Steps that a late task has slept
/// through are skipped, and not shown in a burst. A step that lasts longer than an hour is shortened to
/// an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program(pub(super) Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    One(Step),
    /// On and off, for this time each.
    Flash(Span),
    Once(&'static [Step]),
    Repeat(&'static [Step]),
}

impl Step {
    /// Keeps the light on for a time.
    pub const fn on(span: Duration) -> Self {
        Self::at(Brightness::FULL, span)
    }

    /// Keeps the light off for a time.
    pub const fn off(span: Duration) -> Self {
        Self::at(Brightness::OFF, span)
    }

    /// Keeps a brightness for a time.
    pub const fn at(brightness: Brightness, span: Duration) -> Self {
        Self { to: brightness, fades: false, span: Span::new(span) }
    }

    /// Changes the brightness evenly to `to`, within a time, from that of the step before. At
    /// the start of a program, that is the present one.
    pub const fn fade(to: Brightness, span: Duration) -> Self {
        Self { to, fades: true, span: Span::new(span) }
    }
}

impl Program {
    /// The light is off.
    pub const OFF: Self = Self::steady(Brightness::OFF);
    /// The light is on, at its full brightness.
    pub const ON: Self = Self::steady(Brightness::FULL);

    /// Keeps a brightness.
    pub const fn steady(brightness: Brightness) -> Self {
        Self(Kind::One(Step::at(brightness, Duration::ZERO)))
    }

    /// Changes the present brightness evenly to `to`, within a time, and keeps it.
    pub const fn fade(to: Brightness, span: Duration) -> Self {
        Self(Kind::One(Step::fade(to, span)))
    }

    /// Flashes: on for half of `period`, then off for the other half. At a rate of `n` per second,
    /// the period is `Duration::from_secs(1) / n`.
    ///
    /// A period below 2 ms is taken as 2 ms, one above two hours as two hours.
    #[doc(alias = "blink")]
    pub const fn flash(period: Duration) -> Self {
        let half = period.as_micros() / 2;
        let half = if half < SHORTEST { SHORTEST } else { half };
        Self(Kind::Flash(Span::new(Duration::from_micros(half))))
    }

    /// Shows steps one after the other. The light keeps the brightness of the last one.
    pub const fn once(steps: &'static [Step]) -> Self {
        Self(Kind::Once(steps))
    }

    /// Shows steps one after the other, again and again. Returns `None` if they take less than a
    /// millisecond in all, which would occupy the processor.
    pub const fn repeat(steps: &'static [Step]) -> Option<Self> {
        if total(steps) < SHORTEST { None } else { Some(Self(Kind::Repeat(steps))) }
    }

    /// Returns the step at `index`, or `None` after the last one.
    pub(super) fn step(&self, index: usize) -> Option<Step> {
        match self.0 {
            Kind::One(step) => (index == 0).then_some(step),
            Kind::Flash(half) => match index {
                0 => Some(Step { to: Brightness::FULL, fades: false, span: half }),
                1 => Some(Step { to: Brightness::OFF, fades: false, span: half }),
                _ => None,
            },
            Kind::Once(steps) | Kind::Repeat(steps) => steps.get(index).copied(),
        }
    }

    /// Returns how long the steps take that are shown again and again. It is never zero.
    pub(super) fn pass(&self) -> Option<Duration> {
        match self.0 {
            Kind::One(_) | Kind::Once(_) => None,
            Kind::Flash(half) => Some(Duration::from_micros(half.as_micros().into()) * 2),
            Kind::Repeat(steps) => Some(Duration::from_micros(total(steps))),
        }
    }
}

/// The shortest that repeats, in microseconds.
const SHORTEST: u64 = 1_000;

/// Returns how long steps take, in microseconds.
const fn total(steps: &[Step]) -> u64 {
    let mut total = 0_u64;
    let mut rest = steps;
    while let [step, others @ ..] = rest {
        total = total.saturating_add(step.span.as_micros() as u64);
        rest = others;
    }
    total
}
