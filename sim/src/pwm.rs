//! A PWM channel.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use embedded_hal::pwm::{self, SetDutyCycle};
use tickwire_traits::Clock;

use crate::PinFault;
use crate::trace::NumberProbe;

/// A PWM channel: `SetDutyCycle`.
///
/// It has no edges: a period would be many, and its frequency is no concern of a driver. It
/// keeps only its present duty cycle; a [trace](crate::Trace::pwm) records each one. A test
/// keeps a clone, since clones are the same channel.
///
/// ```
/// use embedded_hal::pwm::SetDutyCycle;
/// use tickwire_sim::{Pwm, Sim};
///
/// let channel = Pwm::new(Sim::new().clock(), 255);
/// let mut light = channel.clone();
/// light.set_duty_cycle_fully_on().unwrap();
/// light.set_duty_cycle(128).unwrap();
/// assert_eq!((channel.duty(), channel.writes()), (128, 2));
/// ```
pub struct Pwm<T> {
    clock: T,
    max: u16,
    state: Rc<RefCell<State>>,
}

struct State {
    name: Option<String>,
    duty: u16,
    writes: u64,
    probe: Option<NumberProbe>,
    /// The number of operations until one fails.
    fails_after: Option<u32>,
}

impl<T: Clock> Pwm<T> {
    /// Creates a channel whose duty cycle is 0. `max` is the duty cycle that is fully on.
    pub fn new(clock: T, max: u16) -> Self {
        Self::with(None, clock, max, None)
    }

    /// Creates a channel with a name, which its `Debug` shows.
    pub fn named(name: &str, clock: T, max: u16) -> Self {
        Self::with(Some(name.into()), clock, max, None)
    }

    pub(crate) fn probed(name: String, clock: T, max: u16, probe: NumberProbe) -> Self {
        Self::with(Some(name), clock, max, Some(probe))
    }

    fn with(name: Option<String>, clock: T, max: u16, probe: Option<NumberProbe>) -> Self {
        let state = State { name, duty: 0, writes: 0, probe, fails_after: None };
        Self { clock, max, state: Rc::new(RefCell::new(state)) }
    }
}

impl<T> Pwm<T> {
    /// Returns the present duty cycle.
    pub fn duty(&self) -> u16 {
        self.state.borrow().duty
    }

    /// Returns how many times the duty cycle was set, even if it was the same as before. Failures
    /// are not counted.
    pub fn writes(&self) -> u64 {
        self.state.borrow().writes
    }

    /// Makes one change of the duty cycle fail with [`PinFault`], after `operations` successful
    /// ones.
    pub fn fail_after(&self, operations: u32) {
        self.state.borrow_mut().fails_after = Some(operations);
    }
}

impl<T: Clock> SetDutyCycle for Pwm<T> {
    fn max_duty_cycle(&self) -> u16 {
        self.max
    }

    /// Sets the duty cycle.
    ///
    /// # Panics
    ///
    /// Panics if `duty` is above `max_duty_cycle()`, which the trait forbids.
    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), PinFault> {
        assert!(duty <= self.max, "a duty cycle of {duty} of {}", self.max);
        let mut state = self.state.borrow_mut();
        if let Some(left) = state.fails_after {
            state.fails_after = left.checked_sub(1);
            if state.fails_after.is_none() {
                return Err(PinFault);
            }
        }
        state.duty = duty;
        state.writes += 1;
        if let Some(probe) = &state.probe {
            probe.record(self.clock.now(), duty.into());
        }
        Ok(())
    }
}

impl<T> pwm::ErrorType for Pwm<T> {
    type Error = PinFault;
}

impl pwm::Error for PinFault {
    fn kind(&self) -> pwm::ErrorKind {
        pwm::ErrorKind::Other
    }
}

impl<T: Clone> Clone for Pwm<T> {
    fn clone(&self) -> Self {
        Self { clock: self.clock.clone(), max: self.max, state: self.state.clone() }
    }
}

impl<T> fmt::Debug for Pwm<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(state) = self.state.try_borrow() else { return f.write_str("a channel in use") };
        match &state.name {
            Some(name) => write!(f, "PWM channel `{name}`")?,
            None => f.write_str("a PWM channel")?,
        }
        write!(f, " at {} of {}", state.duty, self.max)
    }
}

#[cfg(test)]
mod tests {
    use tickwire_traits::{Duration, Instant, Timer};

    use super::*;
    use crate::{Sim, Trace};

    #[test]
    fn one_change_fails_and_the_next_works() {
        let trace = Trace::new();
        let channel = trace.pwm("light", Sim::new().clock(), 10);
        let mut output = channel.clone();
        channel.fail_after(1);
        let seen = [1, 2, 3].map(|duty| (output.set_duty_cycle(duty), channel.duty()));
        assert_eq!(seen, [(Ok(()), 1), (Err(PinFault), 1), (Ok(()), 3)]);
        assert_eq!(channel.writes(), 2);
        assert_eq!(trace.readings("light"), [0, 1, 3].map(|duty| (Instant::EPOCH, duty)));
    }

    #[test]
    fn a_trace_has_each_duty_cycle_as_a_number() {
        let sim = Sim::new();
        let clock = sim.clock();
        let trace = Trace::new();
        let mut light = trace.pwm("the light", clock.clone(), u16::MAX);
        let mut other = trace.pwm("the light", clock.clone(), 9);
        let mut stream = Vec::new();
        let mut file = trace.stream_vcd(&mut stream).unwrap();
        let declared = stream.len();
        sim.run(async {
            for duty in [5, 5, u16::MAX] {
                clock.sleep(Duration::from_millis(1)).await;
                light.set_duty_cycle(duty).unwrap();
            }
            other.set_duty_cycle(9).unwrap();
        });
        assert_eq!(format!("{other:?}"), "PWM channel `the_light_2` at 9 of 9");
        let duties = [(0, 0), (1, 5), (2, 5), (3, 65_535)];
        let duties = duties.map(|(ms, duty)| (Instant::from_millis(ms), duty));
        assert_eq!(
            (trace.readings("the light"), trace.waveform("the light")),
            (duties.into(), vec![])
        );

        let mut whole = Vec::new();
        trace.write_vcd(&mut whole).unwrap();
        let whole = String::from_utf8(whole).unwrap();
        assert!(whole.contains("$var integer 32 ! the_light $end\n"), "{whole}");
        let ones = "1".repeat(16);
        let changes = format!("#1000\nb101 !\n#2000\nb101 !\n#3000\nb{ones} !\nb1001 \"\n");
        assert!(whole.ends_with(&format!("$dumpvars\nb0 !\nb0 \"\n$end\n{changes}")), "{whole}");
        file.write_until(clock.now(), &mut stream).unwrap();
        assert_eq!(String::from_utf8_lossy(&stream[declared..]), changes);
        assert_eq!(trace.readings("the light"), duties[3..], "the last one of the stream");
    }

    #[test]
    #[should_panic(expected = "a duty cycle of 11 of 10")]
    fn more_than_fully_on_is_a_mistake() {
        let _ = Pwm::new(Sim::new().clock(), 10).set_duty_cycle(11);
    }
}
