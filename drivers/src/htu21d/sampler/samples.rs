//! What a sampler has measured, for any number of tasks.

use core::fmt;
use core::future::Future;

use embedded_hal_async::i2c::ErrorKind;
use futures_util::Stream;
use tickwire_sync::{Listener, Message, RawMutex};
use tickwire_traits::{Duration, Instant};

use crate::htu21d::{Error, Measurement};

/// A measurement, and when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Sample {
    /// Temperature and humidity.
    pub measurement: Measurement,
    /// The begin of the measurement: no part of it is older.
    pub at: Instant,
    /// Whether the supply was under the limit of the
    /// [user register](crate::htu21d::UserRegister::battery_low).
    pub battery_low: bool,
}

impl Sample {
    /// Returns the age of the measurement.
    pub const fn age(&self, now: Instant) -> Duration {
        now.since(self.at)
    }
}

/// How the sensor has fared. Counters stop at their largest value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Health {
    /// Errors of the bus, which are those of an absent sensor too.
    pub bus: u32,
    /// Transfers that were given up: the bus was stuck.
    pub timeouts: u32,
    /// Measurements that did not end.
    pub not_ready: u32,
    /// Results with a wrong checksum, of zeros alone, or of the other quantity.
    pub corrupt: u32,
    /// Registers that could not be trusted, which includes settings that the sensor lost.
    pub register: u32,
    /// How often a sample came after one error or several.
    pub recoveries: u32,
    /// The number of errors since the last sample. While it is zero, all is well.
    pub failing: u32,
    /// The last error, even if a sample came later.
    pub last_error: Option<Error<ErrorKind>>,
}

impl Health {
    /// Returns the number of errors.
    pub const fn errors(&self) -> u32 {
        let bus = self.bus.saturating_add(self.timeouts).saturating_add(self.not_ready);
        bus.saturating_add(self.corrupt).saturating_add(self.register)
    }

    pub(super) fn failed(&mut self, error: Error<ErrorKind>) {
        let counter = match error {
            Error::Bus(_) => &mut self.bus,
            Error::Timeout => &mut self.timeouts,
            Error::NotReady => &mut self.not_ready,
            Error::Checksum | Error::AllZeros | Error::Mixup => &mut self.corrupt,
            Error::Register => &mut self.register,
        };
        *counter = counter.saturating_add(1);
        self.failing = self.failing.saturating_add(1);
        self.last_error = Some(error);
    }

    pub(super) fn recovered(&mut self) {
        self.failing = 0;
        self.recoveries = self.recoveries.saturating_add(1);
    }
}

/// The samples of a [`Sampler`](super::Sampler), for any number of tasks.
///
/// It may be in a `static`, with `tickwire_sync::CriticalSectionRawMutex`. A task that waits is
/// woken by a sample alone, and not by errors. No waiter takes a sample from another.
///
/// ```
/// use tickwire_drivers::htu21d::Samples;
/// use tickwire_sync::CriticalSectionRawMutex;
///
/// static CLIMATE: Samples<CriticalSectionRawMutex> = Samples::new();
///
/// assert_eq!(CLIMATE.latest(), None);
/// assert_eq!(CLIMATE.health().errors(), 0);
/// ```
pub struct Samples<R> {
    latest: Message<R, Sample>,
    health: Message<R, Health>,
}

impl<R: RawMutex> Samples<R> {
    /// Creates a handle without a sample.
    pub const fn new() -> Self {
        Self { latest: Message::new(), health: Message::new() }
    }

    /// Returns the latest sample, however old: see [`Sample::age`].
    pub fn latest(&self) -> Option<Sample> {
        self.latest.get()
    }

    /// Waits for the next sample, counted from this call.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state. A repeated call counts from itself; to miss no sample,
    /// use a [`listener`](Self::listener).
    pub fn next(&self) -> impl Future<Output = Sample> {
        let mut listener = self.listener();
        async move { listener.next().await }
    }

    /// Waits for a sample that was begun at `since` or later. Resolves immediately if the latest one
    /// was.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub async fn since(&self, since: Instant) -> Sample {
        let mut listener = self.listener();
        let mut sample = self.latest();
        loop {
            match sample {
                Some(sample) if sample.at >= since => return sample,
                _ => sample = Some(listener.next().await),
            }
        }
    }

    /// Returns a reader of each sample from now on. It counts those that it missed.
    pub fn listener(&self) -> Listener<'_, R, Sample> {
        self.latest.listener()
    }

    /// Returns each sample from now on, or the latest if there are several. The stream never ends.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: dropping the stream changes no state.
    pub fn stream(&self) -> impl Stream<Item = Sample> {
        self.listener().into_stream()
    }

    /// Returns how the sensor has fared.
    pub fn health(&self) -> Health {
        self.health.get().unwrap_or_default()
    }

    /// Waits for the next error or recovery, counted from this call, and returns how the sensor has
    /// fared.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: waiting changes no state.
    pub fn health_change(&self) -> impl Future<Output = Health> {
        let mut listener = self.health.listener();
        async move { listener.next().await }
    }

    pub(super) fn publish(&self, sample: Sample) {
        self.latest.set(sample);
    }

    pub(super) fn change_health(&self, change: impl FnOnce(&mut Health)) {
        let mut health = self.health();
        change(&mut health);
        self.health.set(health);
    }
}

impl<R: RawMutex> Default for Samples<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: RawMutex> fmt::Debug for Samples<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Samples")
            .field("latest", &self.latest())
            .field("health", &self.health())
            .finish()
    }
}
