//! Sending.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use tickwire_traits::{Duration, Either, Timer, TimerQueue, race};

use super::{Carrier, Frame, Modulator, Pulse};

/// A transmitter of a remote control's signals.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_drivers::nec::{Event, Frame, Nec, PinCarrier, Transmitter};
/// use tickwire_sim::{Sim, Wire};
/// use tickwire_traits::{Duration, Edges, Timer};
///
/// let sim = Sim::new();
/// let line = Wire::new(sim.clock(), PinState::High); // As a receiver module drives it.
/// let mut input = line.input();
/// input.arm().unwrap();
///
/// let volume_up = Frame::new(0x40, 0x12);
/// let carrier = PinCarrier::active_low(line.output());
/// let clock = sim.clock();
/// let mut transmitter = Transmitter::new(carrier, &clock);
/// // A frame, and repeats at 108 ms, 216 ms and so on.
/// let released = clock.sleep(Duration::from_millis(500));
/// sim.run(transmitter.hold(volume_up, released)).unwrap();
///
/// let mut nec = Nec::new(input, sim.clock());
/// assert_eq!(sim.run(nec.signal()).unwrap().event, Event::Frame(volume_up));
/// for n in 1..=4 {
///     let Event::Repeat(repeat) = sim.run(nec.signal()).unwrap().event else { panic!() };
///     assert_eq!(repeat.held, Duration::from_millis(108) * n);
/// }
/// ```
///
/// The task has to be woken in time: see [`Modulator`](Modulator#lateness). A receiver
/// module and a decoder tolerate some 200 µs. [`lateness`](Self::lateness) tells how late
/// the last signal was. In a task that others can delay, use an interrupt executor.
#[derive(Debug)]
pub struct Transmitter<C, T> {
    carrier: C,
    clock: T,
    modulator: Modulator,
}

impl<C: Carrier, T: TimerQueue> Transmitter<C, T> {
    /// Creates a transmitter. The carrier has to be off.
    pub const fn new(carrier: C, clock: T) -> Self {
        Self { carrier, clock, modulator: Modulator::new() }
    }

    /// Returns the carrier and the clock.
    pub fn release(self) -> (C, T) {
        (self.carrier, self.clock)
    }

    /// Returns how late the latest mark or space of the last signal began.
    pub const fn lateness(&self) -> Duration {
        self.modulator.lateness()
    }

    /// Sends a frame, 108 ms after the beginning of the last signal or later. Returns at the end
    /// of its last mark.
    ///
    /// # Errors
    ///
    /// Errors of the carrier, which is then off, unless turning it off fails as well. The
    /// signal is cut. The transmitter may be used again.
    ///
    /// # Cancel safety
    ///
    /// The signal is not sent, or it is cut: dropping the future turns the carrier off. The
    /// next signal begins as if this one had been sent. A future that is leaked while the
    /// carrier is on leaves it on.
    pub async fn frame(&mut self, frame: Frame) -> Result<(), C::Error> {
        self.modulator.frame(frame, self.clock.now());
        self.send().await
    }

    /// Sends a repeat of the last frame, 108 ms after the beginning of the last signal or later.
    /// Returns at the end of its last mark.
    ///
    /// If the frame was cut, send it again instead: a receiver may have an earlier one.
    ///
    /// # Errors
    ///
    /// As for [`frame`](Self::frame).
    ///
    /// # Cancel safety
    ///
    /// As for [`frame`](Self::frame): the signal is not sent, or it is cut.
    pub async fn repeat(&mut self) -> Result<(), C::Error> {
        self.modulator.repeat(self.clock.now());
        self.send().await
    }

    /// Sends a frame, and a repeat every 108 ms until `released` completes. Returns the output of
    /// `released`.
    ///
    /// A signal that has begun is completed. The frame is sent even if `released` completes
    /// immediately.
    ///
    /// # Errors
    ///
    /// As for [`frame`](Self::frame). No repeat follows.
    ///
    /// # Cancel safety
    ///
    /// As for [`frame`](Self::frame): the present signal is not sent, or it is cut. `released` is
    /// dropped.
    pub async fn hold<F: Future>(
        &mut self,
        frame: Frame,
        released: F,
    ) -> Result<F::Output, C::Error> {
        let mut released = pin!(released);
        let mut output = None;
        self.modulator.frame(frame, self.clock.now());
        loop {
            {
                let mut sending = pin!(self.send());
                poll_fn(|cx| {
                    if output.is_none() {
                        output = match released.as_mut().poll(cx) {
                            Poll::Ready(output) => Some(output),
                            Poll::Pending => None,
                        };
                    }
                    sending.as_mut().poll(cx)
                })
                .await?;
            }
            if let Some(output) = output {
                return Ok(output);
            }
            let pause = self.clock.sleep_until(self.modulator.next());
            if let Either::First(output) = race(released.as_mut(), pause).await {
                return Ok(output);
            }
            self.modulator.repeat(self.clock.now());
        }
    }

    /// Sends the modulator's signal.
    async fn send(&mut self) -> Result<(), C::Error> {
        let Self { carrier, clock, modulator } = self;
        let mut light = Light { carrier, is_on: false };
        while let Some(due) = modulator.deadline() {
            clock.sleep_until(due).await;
            match modulator.step(clock.now()) {
                Some(Pulse::Mark) => light.turn_on()?,
                Some(Pulse::Space) => light.turn_off()?,
                None => {}
            }
        }
        Ok(())
    }
}

/// A carrier that is turned off when this is dropped: with the future of a signal, or after an
/// error.
struct Light<'a, C: Carrier> {
    carrier: &'a mut C,
    is_on: bool,
}

impl<C: Carrier> Light<'_, C> {
    fn turn_on(&mut self) -> Result<(), C::Error> {
        // Even if this fails, the carrier may be on.
        self.is_on = true;
        self.carrier.mark()
    }

    fn turn_off(&mut self) -> Result<(), C::Error> {
        self.carrier.space()?;
        self.is_on = false;
        Ok(())
    }
}

impl<C: Carrier> Drop for Light<'_, C> {
    fn drop(&mut self) {
        if self.is_on {
            // Nothing is left to be done if this fails.
            self.carrier.space().ok();
        }
    }
}
