//! A PWM channel.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use embedded_hal::pwm::{self, SetDutyCycle};
use tickwire_traits::{Clock, Instant};

use crate::PinFault;

/// A PWM channel with the history of its duty cycle: `SetDutyCycle`.
///
/// It has no edges: a period would be many, and its frequency is no concern of a driver. A test
/// keeps a clone, since clones are the same channel.
///
/// ```
/// use embedded_hal::pwm::SetDutyCycle;
/// use tickwire_sim::{Pwm, Sim};
/// use tickwire_traits::{Duration, Instant, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let channel = Pwm::new(sim.clock(), 255);
/// let mut light = channel.clone();
/// sim.run(async {
///     light.set_duty_cycle_fully_on().unwrap();
///     clock.sleep(Duration::from_millis(10)).await;
///     light.set_duty_cycle(128).unwrap();
/// });
/// assert_eq!(channel.duty(), 128);
/// assert_eq!(channel.history(), [(Instant::EPOCH, 255), (Instant::from_millis(10), 128)]);
/// ```
pub struct Pwm<T> {
    clock: T,
    max: u16,
    state: Rc<RefCell<State>>,
}

#[derive(Debug, Default)]
struct State {
    history: Vec<(Instant, u16)>,
    /// The number of operations until one fails.
    fails_after: Option<u32>,
}

impl<T: Clock> Pwm<T> {
    /// Creates a channel whose duty cycle is 0. `max` is the duty cycle that is fully on.
    pub fn new(clock: T, max: u16) -> Self {
        Self { clock, max, state: Rc::default() }
    }
}

impl<T> Pwm<T> {
    /// Returns the present duty cycle.
    pub fn duty(&self) -> u16 {
        self.state.borrow().history.last().map_or(0, |(_, duty)| *duty)
    }

    /// Returns each duty cycle that was set, with its time, even if it was the same as before.
    pub fn history(&self) -> Vec<(Instant, u16)> {
        self.state.borrow().history.clone()
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
        state.history.push((self.clock.now(), duty));
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
        write!(f, "a PWM channel at {} of {}", self.duty(), self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sim;

    #[test]
    fn one_change_fails_and_the_next_works() {
        let channel = Pwm::new(Sim::new().clock(), 10);
        let mut output = channel.clone();
        channel.fail_after(1);
        let set = [1, 2, 3].map(|duty| output.set_duty_cycle(duty));
        assert_eq!(set, [Ok(()), Err(PinFault), Ok(())]);
        assert_eq!(channel.history(), [(Instant::EPOCH, 1), (Instant::EPOCH, 3)]);
    }

    #[test]
    #[should_panic(expected = "a duty cycle of 11 of 10")]
    fn more_than_fully_on_is_a_mistake() {
        let _ = Pwm::new(Sim::new().clock(), 10).set_duty_cycle(11);
    }
}
