//! A handle for keys, and for tests.

use std::fmt;

use tickwire_traits::{Clock, Duration};

use super::chip::sentence;
use super::model::Model;
use super::shared::Shared;
use super::speed::Obedience;

/// A handle on a [`Receiver`](super::Receiver) that another task reads: for keys, and for tests.
///
/// ```
/// use embedded_io_async::Read;
/// use tickwire_sim::{Sim, models::gps};
/// use tickwire_traits::{Clock, Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let mut line = gps::Receiver::new(clock.clone(), gps::demo_log(10), 9_600);
/// let control = line.control();
/// control.unplug();
/// sim.run(async {
///     let mut byte = [0];
///     let nothing = clock.timeout(Duration::from_secs(5), line.read(&mut byte)).await;
///     assert!(nothing.is_err());
///     control.plug();
///     line.read(&mut byte).await.unwrap(); // The log continued meanwhile.
/// });
/// ```
pub struct Control<T> {
    receiver: Shared<T>,
}

/// A fault of the next answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerFault {
    /// The command is not heard, and so not obeyed.
    Deaf,
    /// The command is obeyed, and the answer does not come.
    Lost,
    /// The answer comes twice.
    Doubled,
    /// The answer comes later by this.
    Late(Duration),
    /// The answer ends after so many bytes.
    Torn(usize),
    /// The command is refused with this flag of `PMTK001`: 0 for invalid, 1 for unsupported, 2
    /// for failed.
    Refused(u8),
    /// The answer is this body, as to another command.
    Other(String),
}

impl<T> Control<T> {
    pub(super) fn of(receiver: Shared<T>) -> Self {
        Self { receiver }
    }
}

impl<T: Clock> Control<T> {
    /// Unplugs the receiver: its bytes and pulses are lost.
    pub fn unplug(&self) {
        self.change(|model| model.plugged = false);
    }

    /// Plugs the receiver in. It has continued meanwhile.
    pub fn plug(&self) {
        self.change(|model| model.plugged = true);
    }

    /// Returns whether the receiver is plugged in.
    pub fn is_plugged(&self) -> bool {
        self.receiver.model().borrow().plugged
    }

    /// Inverts a random bit in one of `one_in` bytes from now on, at random. `None` disables
    /// that.
    pub fn garble(&self, one_in: Option<u32>) {
        self.change(|model| model.garbled = one_in.map(|bytes| bytes.max(1)));
    }

    /// Returns the argument of the last [`garble`](Self::garble).
    pub fn garbled(&self) -> Option<u32> {
        self.receiver.model().borrow().garbled
    }

    /// Makes the next read fail with [`LineFault`](super::LineFault), once.
    pub fn fail_next_read(&self) {
        self.change(|model| model.fails = true);
    }

    /// Adds a fault. The first one is that of the next command, and so on.
    pub fn fault(&self, fault: AnswerFault) {
        self.change(|model| model.chip.faults.push_back(fault));
    }

    /// Sends a body as a sentence, unasked, after the sentence that is being sent.
    pub fn say(&self, body: &str) {
        let now = self.receiver.clock().now();
        self.change(|model| model.talk.put(now, sentence(body)));
    }

    /// Sets what the receiver does when it is told to change its speed.
    pub fn obey_speed(&self, obedience: Obedience) {
        self.change(|model| model.speed.obedience = obedience);
    }

    /// Returns the receiver's speed in bits per second.
    pub fn baud(&self) -> u32 {
        self.receiver.with(|model, _| model.baud.bits_per_second())
    }

    /// Cuts the power for a moment: the speed is that with which the receiver was created. The log
    /// goes on.
    pub fn lose_power(&self) {
        let now = self.receiver.clock().now();
        self.change(|model| model.lose_power(now));
    }

    /// Sets the highest speed of the port at the other end, in bits per second. There is no limit
    /// by default. No port supports a speed of 0.
    pub fn limit_port(&self, fastest: u32) {
        self.change(|model| model.speed.fastest = fastest);
    }

    /// Returns the bodies of the commands that the receiver has heard.
    pub fn commands(&self) -> Vec<String> {
        self.receiver.with(|model, _| model.chip.commands.clone())
    }

    /// Makes the next write to the [`Input`](super::Input) fail with
    /// [`LineFault`](super::LineFault), once.
    pub fn fail_next_write(&self) {
        self.change(|model| model.fails_write = true);
    }

    /// Ends the stream, in the middle of a sentence if there is one.
    pub fn hang_up(&self) {
        self.change(Model::hang_up);
    }

    /// Returns how many bytes were lost because the UART was full.
    pub fn overruns(&self) -> u64 {
        self.receiver.with(|model, _| model.overruns)
    }

    /// Changes the future of the model; the past stays.
    pub(super) fn change(&self, change: impl FnOnce(&mut Model<T>)) {
        let waker = self.receiver.with(|model, _| {
            change(model);
            model.reader.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Clone for Control<T> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone() }
    }
}

impl<T> fmt::Debug for Control<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "control of {:?}", self.receiver)
    }
}
