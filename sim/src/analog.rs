//! Analog inputs: a wave, and the converter that measures it.

mod wave;

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use rand_core::Rng;
use rand_pcg::Pcg32;
use tickwire_traits::{AnalogInput, Clock, Duration, Instant, Timer, TimerQueue};

use crate::fault_plan::FaultPlan;
use crate::trace::NumberProbe;
use crate::waits_for;
use wave::Wave;

/// An analog input: a wave by points, with noise, and a converter with faults.
///
/// The wave consists of straight lines and steps. It can be changed at any time, by any clone:
/// clones are the same source. Values are those of the converter. A converter measures what is
/// above its reference as its full scale, and so does the source.
///
/// ```
/// use tickwire_sim::{Sim, analog::Source};
/// use tickwire_traits::{AnalogInput, Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let knob = Source::new(clock.clone(), 4_095);
/// knob.set(1_000);
/// // It rests for a second, is turned up within two, and is torn off.
/// let points = [(1, 1_000), (3, 3_000), (3, 0)];
/// knob.play(&points.map(|(second, value)| (Instant::from_millis(second * 1_000), value)));
///
/// let mut input = knob.clone();
/// let seen = sim.run(async {
///     let mut seen = Vec::new();
///     for _ in 0..4 {
///         seen.push(input.read().await.unwrap());
///         clock.sleep(Duration::from_secs(1)).await;
///     }
///     seen
/// });
/// assert_eq!(seen, [1_000, 1_000, 2_000, 0]);
/// ```
///
/// A [trace](crate::Trace::analog) records its conversions. To measure the wave by the model of
/// a converter instead, pass [`value`](Self::value) to it:
///
/// ```
/// use tickwire_sim::{Sim, analog::Source, models::mcp3008::Mcp3008};
///
/// let knob = Source::new(Sim::new().clock(), 3_300_000); // In microvolts.
/// let mut chip = Mcp3008::new();
/// chip.set_waveform(0, move |_| knob.value().into());
/// ```
pub struct Source<T> {
    clock: T,
    full_scale: u32,
    state: Rc<RefCell<State>>,
}

/// A fault of one conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The converter reports an error.
    Error,
    /// The result is this value, even if it is above the full scale.
    Value(u32),
    /// The conversion never ends.
    Hang,
}

/// The error of a [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnalogFault;

struct State {
    name: Option<String>,
    wave: Wave,
    noise: Option<(Pcg32, u32)>,
    conversion: Duration,
    faults: FaultPlan<Fault>,
    probe: Option<NumberProbe>,
}

impl<T: Clock> Source<T> {
    /// Creates a source at 0, with the largest value that its converter has.
    pub fn new(clock: T, full_scale: u32) -> Self {
        Self::with(None, clock, full_scale, None)
    }

    /// Creates a source with a name, which a [`Stall`](crate::Stall) reports.
    pub fn named(name: &str, clock: T, full_scale: u32) -> Self {
        Self::with(Some(name.into()), clock, full_scale, None)
    }

    pub(crate) fn probed(name: String, clock: T, full_scale: u32, probe: NumberProbe) -> Self {
        Self::with(Some(name), clock, full_scale, Some(probe))
    }

    fn with(name: Option<String>, clock: T, full_scale: u32, probe: Option<NumberProbe>) -> Self {
        let state = State {
            name,
            wave: Wave::new(clock.now()),
            noise: None,
            conversion: Duration::ZERO,
            faults: FaultPlan::default(),
            probe,
        };
        Self { clock, full_scale, state: Rc::new(RefCell::new(state)) }
    }

    /// Returns the present value, without noise.
    pub fn value(&self) -> u32 {
        self.state.borrow_mut().wave.value(self.clock.now()).min(self.full_scale)
    }

    /// Sets the value from now on. Discards the rest of the wave.
    pub fn set(&self, value: u32) {
        self.state.borrow_mut().wave.hold(self.clock.now(), value);
    }

    /// Plans a step to `value` at `at`, after what is planned. Until then, the wave stays at its
    /// end.
    ///
    /// A time before the end of the plan, or before now, is taken as that.
    pub fn set_at(&self, at: Instant, value: u32) {
        self.state.borrow_mut().wave.step(self.clock.now(), at, value);
    }

    /// Plans a straight line to `value` at `at`, from the end of what is planned, or from now.
    /// After that, the value stays.
    ///
    /// A time before the end of the plan, or before now, is taken as that, so the line is a step.
    pub fn ramp_to(&self, at: Instant, value: u32) {
        self.state.borrow_mut().wave.line(self.clock.now(), at, value);
    }

    /// Plans straight lines through `points`, as [`ramp_to`](Self::ramp_to) does for each. Two
    /// points at one time are a step.
    pub fn play(&self, points: &[(Instant, u32)]) {
        for (at, value) in points {
            self.ramp_to(*at, *value);
        }
    }

    /// Adds noise to conversions from now on: each value from `-most` to `most` is equally
    /// likely. Equal seeds give equal noise. Zero is none.
    pub fn set_noise(&self, seed: u64, most: u32) {
        const STREAM: u64 = 0x5bd1_e995_9e37_79b9;
        self.state.borrow_mut().noise = (most > 0).then(|| (Pcg32::new(seed, STREAM), most));
    }

    /// Sets the duration of conversions from now on. It is zero at first: a conversion is then
    /// never pending.
    ///
    /// A conversion measures the value at its start.
    pub fn set_conversion_time(&self, time: Duration) {
        self.state.borrow_mut().conversion = time;
    }

    /// Injects `fault` into one conversion, after `conversions` more intact ones.
    ///
    /// ```
    /// use tickwire_sim::{Sim, analog::{AnalogFault, Fault, Source}};
    /// use tickwire_traits::AnalogInput;
    ///
    /// let sim = Sim::new();
    /// let mut knob = Source::new(sim.clock(), 1_023);
    /// knob.inject(1, Fault::Error);
    /// knob.inject(2, Fault::Value(65_535));
    /// let mut read = || sim.run(knob.read());
    /// assert_eq!([read(), read(), read()], [Ok(0), Err(AnalogFault), Ok(65_535)]);
    /// ```
    pub fn inject(&self, conversions: u64, fault: Fault) {
        self.state.borrow_mut().faults.inject(conversions, fault);
    }

    /// Injects `fault` into every conversion until the next call; `None` repairs the converter.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.state.borrow_mut().faults.set(fault);
    }

    /// Returns how many conversions have begun.
    pub fn conversions(&self) -> u64 {
        self.state.borrow().faults.done()
    }

    /// Begins a conversion. Returns its result, or `None` if it never ends, and its duration.
    fn convert(&self) -> (Option<Result<u32, AnalogFault>>, Duration) {
        let now = self.clock.now();
        let state = &mut *self.state.borrow_mut();
        let value = state.wave.value(now);
        let result = match state.faults.next_fault() {
            Some(Fault::Error) => Some(Err(AnalogFault)),
            Some(Fault::Hang) => None,
            Some(Fault::Value(value)) => Some(Ok(value)),
            None => Some(Ok(state.add_noise(value).min(self.full_scale))),
        };
        if let (Some(Ok(value)), Some(probe)) = (result, &state.probe) {
            probe.record(now, value);
        }
        (result, state.conversion)
    }
}

impl State {
    fn add_noise(&mut self, value: u32) -> u32 {
        let Some((random, most)) = &mut self.noise else { return value };
        let most = u64::from(*most);
        let noise = random.next_u64() % (2 * most + 1);
        (u64::from(value) + noise).saturating_sub(most).try_into().unwrap_or(u32::MAX)
    }
}

/// # Cancel safety
///
/// Cancel-safe: the conversion is lost, but counted and recorded.
impl<T: TimerQueue> AnalogInput for Source<T> {
    type Error = AnalogFault;

    fn full_scale(&self) -> u32 {
        self.full_scale
    }

    async fn read(&mut self) -> Result<u32, AnalogFault> {
        let (result, time) = self.convert();
        let Some(result) = result else {
            return poll_fn(|_| {
                waits_for(|| format!("a conversion that never ends, of {self:?}"));
                Poll::Pending
            })
            .await;
        };
        self.clock.sleep(time).await;
        result
    }
}

impl<T: Clone> Clone for Source<T> {
    fn clone(&self) -> Self {
        let Self { clock, full_scale, state } = self;
        Self { clock: clock.clone(), full_scale: *full_scale, state: state.clone() }
    }
}

impl<T> fmt::Debug for Source<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(state) = self.state.try_borrow() else { return f.write_str("a source in use") };
        match &state.name {
            Some(name) => write!(f, "analog source `{name}`")?,
            None => f.write_str("an analog source")?,
        }
        write!(f, " after {} conversions", state.faults.done())
    }
}

impl fmt::Display for AnalogFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the conversion failed")
    }
}

impl std::error::Error for AnalogFault {}
