//! PWM channels, through sysfs.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use embedded_hal::pwm::SetDutyCycle;
//! use tickwire_exec_std::pwm::{Channel, Error, Polarity, Pwm};
//! use tickwire_exec_std::run;
//!
//! // Not run: it needs a board with a PWM chip.
//! let mut fan = run(async |_| {
//!     let channel = Channel::of_chip(0, 1);
//!     Pwm::open(&channel, Duration::from_micros(40), Polarity::Normal).await
//! })?;
//! fan.set_duty_cycle_percent(30)?;
//! # Ok::<_, Error>(())
//! ```
//!
//! The kernel has no lock for a channel. Two `Pwm`s of one channel exclude each other, but
//! programs that write its files directly are not stopped.
//!
//! Not run here: the wait for udev's permissions.

use std::fmt::{self, Write as _};
use std::mem;
use std::path::{Path, PathBuf};
use std::time;

use embedded_hal::pwm::{ErrorType, SetDutyCycle};
use rustix::fs::{FlockOperation, flock};
use tickwire_traits::{Duration, Timer};

use crate::StdClock;
use crate::messages::one_line::OneLine;
use crate::sysfs::{self, Attribute};

pub use crate::sysfs::Error;

/// How often [`Pwm::open`] tries to open a channel that it has exported.
const LOOKS: u32 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Where a channel is: a chip, and the channel's number on it. It claims nothing.
///
/// ```
/// use tickwire_exec_std::pwm::Channel;
///
/// let channel = Channel::of_chip(0, 1);
/// assert_eq!(channel.to_string(), "channel 1 of /sys/class/pwm/pwmchip0");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    chip: PathBuf,
    number: u32,
}

/// Which level a channel has during the duty cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Polarity {
    /// High during the duty cycle.
    #[default]
    Normal,
    /// Low during the duty cycle. Not every chip supports it.
    Inversed,
}

/// A PWM channel: `SetDutyCycle`, in 65 535 steps.
///
/// Each change is one system call. Dropping the channel disables it, and unexports it if
/// [`open`](Self::open) has exported it.
#[derive(Debug)]
pub struct Pwm {
    /// In nanoseconds.
    period: u64,
    duty: u16,
    period_file: Attribute,
    enable: Attribute,
    /// Dropped after the files above, whose descriptors it may need, and before the lock.
    _export: Option<Export>,
    /// Locked, so that no other `Pwm` opens the channel.
    duty_cycle: Attribute,
}

impl Channel {
    /// Creates the address of a channel of the chip with this number, as in `pwmchip0`.
    ///
    /// The number of a chip may change from one start of the system to the next.
    pub fn of_chip(chip: u32, channel: u32) -> Self {
        Self::at(format!("/sys/class/pwm/pwmchip{chip}"), channel)
    }

    /// Creates the address of a channel of the chip with this folder.
    pub fn at(chip: impl Into<PathBuf>, channel: u32) -> Self {
        Self { chip: chip.into(), number: channel }
    }

    fn folder(&self) -> PathBuf {
        self.chip.join(format!("pwm{}", self.number))
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(OneLine(f), "channel {} of {}", self.number, self.chip.display())
    }
}

impl fmt::Display for Polarity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "normal",
            Self::Inversed => "inversed",
        })
    }
}

impl Pwm {
    /// Claims a channel, sets it, and enables it with a duty cycle of 0.
    ///
    /// The period is in the standard library's `Duration`, because the kernel counts
    /// nanoseconds, and Tickwire's `Duration` microseconds.
    ///
    /// The channel is exported, unless it is already. udev sets the group of an exported
    /// channel a moment later, so this waits for the permission for up to two seconds.
    ///
    /// # Errors
    ///
    /// [`Error::NoDevice`], [`Error::NoChannel`], [`Error::Denied`]; [`Error::Busy`] if the
    /// kernel or another `Pwm` has the channel; [`Error::Refused`] if the chip cannot have
    /// the period or the polarity. Nothing is left claimed, and it may be called again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the channel is unexported if this has exported it.
    pub async fn open(
        channel: &Channel,
        period: time::Duration,
        polarity: Polarity,
    ) -> Result<Self, Error> {
        let export = Export::of(channel)?;
        let folder = channel.folder();
        let clock = StdClock::new();
        let mut looks_left = LOOKS;
        let duty_cycle = loop {
            match Attribute::open_to_write(folder.join("duty_cycle")) {
                Err(Error::Denied { .. }) if export.is_some() && looks_left > 0 => looks_left -= 1,
                opened => break opened?,
            }
            clock.sleep(LOOK_EVERY).await;
        };
        let export = claim(&folder, &duty_cycle, export)?;
        let mut pwm = Self {
            period: 0,
            duty: 0,
            duty_cycle,
            period_file: Attribute::open_to_write(folder.join("period"))?,
            enable: Attribute::open_to_write(folder.join("enable"))?,
            _export: export,
        };
        // The polarity cannot be changed while the channel is enabled. The duty cycle must not
        // exceed the period. Both calls fail on a channel that never had a period.
        let _ = pwm.enable.write(0);
        let _ = pwm.duty_cycle.write(0);
        pwm.set_period(period)?;
        let polarity_file = folder.join("polarity");
        if sysfs::read::<String>(&polarity_file)? != polarity.to_string() {
            Attribute::open_to_write(polarity_file)?.write(polarity)?;
        }
        // Some chips refuse a period only now.
        match pwm.enable() {
            Err(Error::Refused { .. }) => Err(pwm.period_file.refused(pwm.period)),
            enabled => enabled.map(|()| pwm),
        }
    }

    /// Changes the period. The duty cycle stays the same part of it.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if the chip cannot have the period, which then stays as it was.
    pub fn set_period(&mut self, period: time::Duration) -> Result<(), Error> {
        let period = u64::try_from(period.as_nanos()).unwrap_or(u64::MAX);
        let duty = duty_nanos(period, self.duty);
        // The duty cycle must not exceed the period at any time.
        if period < self.period {
            self.duty_cycle.write(duty)?;
        }
        if let Err(error) = self.period_file.write(period) {
            let _ = self.duty_cycle.write(duty_nanos(self.period, self.duty));
            return Err(error);
        }
        self.period = period;
        self.duty_cycle.write(duty)
    }

    /// Enables the channel.
    ///
    /// # Errors
    ///
    /// Errors of the chip. It may be called again.
    pub fn enable(&mut self) -> Result<(), Error> {
        self.enable.write(1)
    }

    /// Disables the channel. Its level is then up to the chip.
    ///
    /// # Errors
    ///
    /// Errors of the chip. It may be called again.
    pub fn disable(&mut self) -> Result<(), Error> {
        self.enable.write(0)
    }
}

/// Returns how long the duty cycle is.
fn duty_nanos(period: u64, duty: u16) -> u64 {
    let product = u128::from(period) * u128::from(duty) / u128::from(u16::MAX);
    u64::try_from(product).unwrap_or(u64::MAX)
}

/// Locks a channel. If another `Pwm` has it, the channel stays exported.
fn claim(
    folder: &Path,
    duty_cycle: &Attribute,
    export: Option<Export>,
) -> Result<Option<Export>, Error> {
    match flock(duty_cycle, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(export),
        Err(error) => {
            // The other one has opened it since it was exported.
            mem::forget(export);
            Err(Error::of(folder, error.into()))
        }
    }
}

impl Drop for Pwm {
    fn drop(&mut self) {
        let _ = self.duty_cycle.write(0);
        let _ = self.enable.write(0);
    }
}

impl ErrorType for Pwm {
    type Error = Error;
}

impl SetDutyCycle for Pwm {
    fn max_duty_cycle(&self) -> u16 {
        u16::MAX
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Error> {
        self.duty_cycle.write(duty_nanos(self.period, duty))?;
        self.duty = duty;
        Ok(())
    }
}

/// A channel that this process has exported.
#[derive(Debug)]
struct Export {
    unexport: PathBuf,
    channel: u32,
}

impl Export {
    /// Exports a channel. None if it is exported.
    fn of(channel: &Channel) -> Result<Option<Self>, Error> {
        let Channel { chip, number } = channel;
        let channels = read_channels(chip)?;
        if *number >= channels {
            let (device, channel) = (chip.clone(), number.to_string());
            return Err(Error::NoChannel { device, channel });
        }
        if channel.folder().is_dir() {
            return Ok(None);
        }
        match Attribute::open_to_write(chip.join("export")).and_then(|file| file.write(number)) {
            Ok(()) => Ok(Some(Self { unexport: chip.join("unexport"), channel: *number })),
            // By another program, in this moment; or the kernel uses the channel.
            Err(Error::Busy(_)) if channel.folder().is_dir() => Ok(None),
            Err(Error::Busy(_)) => Err(Error::Busy(channel.folder())),
            Err(error) => Err(error),
        }
    }
}

fn read_channels(chip: &Path) -> Result<u32, Error> {
    let file = chip.join("npwm");
    if !file.exists() {
        let folder = chip.parent().unwrap_or(chip);
        let name = chip.file_name().unwrap_or(chip.as_os_str()).to_string_lossy();
        let names = sysfs::names(folder).unwrap_or_default();
        return Err(Error::no_device(&name, folder, &names));
    }
    sysfs::read(file)
}

impl Drop for Export {
    fn drop(&mut self) {
        if let Ok(unexport) = Attribute::open_to_write(&self.unexport) {
            let _ = unexport.write(self.channel);
        }
    }
}

#[cfg(test)]
mod tests;
