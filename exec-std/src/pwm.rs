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
use std::path::{Path, PathBuf};
use std::time;

use embedded_hal::pwm::{ErrorType, SetDutyCycle};
use rustix::fs::{FlockOperation, flock};
use tickwire_traits::{Duration, Timer};

use crate::StdClock;
use crate::one_line::OneLine;
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
    period: u64,
    /// In nanoseconds.
    duty: u64,
    /// Locked, so that no other `Pwm` opens the channel.
    duty_cycle: Attribute,
    period_file: Attribute,
    enable: Attribute,
    _export: Option<Export>,
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
        flock(&duty_cycle, FlockOperation::NonBlockingLockExclusive)
            .map_err(|error| Error::of(&folder, error.into()))?;
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
        let duty = part(self.duty, period, self.period.max(1));
        // The duty cycle must not exceed the period at any time.
        if period < self.period {
            self.duty_cycle.write(duty)?;
        }
        if let Err(error) = self.period_file.write(period) {
            let _ = self.duty_cycle.write(self.duty);
            return Err(error);
        }
        self.period = period;
        self.write_duty(duty)
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

    fn write_duty(&mut self, duty: u64) -> Result<(), Error> {
        self.duty_cycle.write(duty)?;
        self.duty = duty;
        Ok(())
    }
}

/// Returns `whole * numerator / denominator`.
fn part(whole: u64, numerator: u64, denominator: u64) -> u64 {
    let product = u128::from(whole) * u128::from(numerator) / u128::from(denominator);
    u64::try_from(product).unwrap_or(u64::MAX)
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
        self.write_duty(part(self.period, duty.into(), u16::MAX.into()))
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
        return Err(Error::no_device(&name, folder, &sysfs::names(folder)));
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
mod tests {
    use std::{env, fs, process};

    use futures_lite::future::block_on;

    use super::*;

    const PERIOD: time::Duration = time::Duration::from_millis(20);

    /// A chip of one channel that is exported, as plain files.
    struct Chip(PathBuf);

    impl Chip {
        fn new(test: &str) -> Self {
            let class = env::temp_dir().join(format!("tickwire-pwm-{}-{test}", process::id()));
            let chip = Self(class);
            fs::create_dir_all(chip.path().join("pwm0")).unwrap();
            fs::write(chip.path().join("npwm"), "1\n").unwrap();
            for (name, value) in
                [("period", "0"), ("duty_cycle", "0"), ("enable", "0"), ("polarity", "normal")]
            {
                fs::write(chip.path().join("pwm0").join(name), format!("{value}\n")).unwrap();
            }
            chip
        }

        fn path(&self) -> PathBuf {
            self.0.join("pwmchip0")
        }

        fn open(&self, channel: u32, polarity: Polarity) -> Result<Pwm, Error> {
            block_on(Pwm::open(&Channel::at(self.path(), channel), PERIOD, polarity))
        }

        fn state(&self) -> [String; 4] {
            ["period", "duty_cycle", "polarity", "enable"]
                .map(|name| sysfs::read(self.path().join("pwm0").join(name)).unwrap())
        }
    }

    impl Drop for Chip {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_servo_is_turned_and_released() {
        let chip = Chip::new("servo");
        let mut servo = chip.open(0, Polarity::Normal).unwrap();
        assert_eq!(chip.state(), ["20000000", "0", "normal", "1"]);
        for (duty, nanos) in [(4_915, "1499961"), (u16::MAX, "20000000"), (1, "305"), (0, "0")] {
            servo.set_duty_cycle(duty).unwrap();
            assert_eq!(chip.state()[1], nanos);
        }
        servo.set_duty_cycle_fully_on().unwrap();
        servo.set_period(PERIOD / 2).unwrap();
        assert_eq!(chip.state(), ["10000000", "10000000", "normal", "1"]);
        assert!(matches!(chip.open(0, Polarity::Normal), Err(Error::Busy(_))));
        assert_eq!(chip.state(), ["10000000", "10000000", "normal", "1"]);
        drop(servo);
        assert_eq!(chip.state(), ["10000000", "0", "normal", "0"]);
        let _inversed = chip.open(0, Polarity::Inversed).unwrap();
        assert_eq!(chip.state(), ["20000000", "0", "inversed", "1"]);
    }

    #[test]
    fn what_is_not_there_is_refused_in_one_line() {
        let chip = Chip::new("missing");
        let error = chip.open(1, Polarity::Normal).unwrap_err().to_string();
        assert_eq!(error, format!("{} has no channel `1`", chip.path().display()));
        let channel = Channel::at(chip.0.join("pwmchip1"), 0);
        let error = block_on(Pwm::open(&channel, PERIOD, Polarity::Normal)).unwrap_err();
        let folder = chip.0.display();
        let expected =
            format!("there is no device `pwmchip1` in {folder}; did you mean `pwmchip0`?");
        assert_eq!(error.to_string(), expected);
    }
}
