//! Lights of a board, through the LED class of sysfs.
//!
//! ```no_run
//! use embedded_hal::digital::OutputPin;
//! use embedded_hal::pwm::SetDutyCycle;
//! use tickwire_exec_std::led::{Error, Led};
//!
//! // Not run: it needs a board with a light.
//! let mut light = Led::open("ACT")?;
//! light.set_high()?;
//! light.set_duty_cycle_percent(20)?;
//! # Ok::<_, Error>(())
//! ```

use std::path::{Path, PathBuf};

use embedded_hal::digital::{self, OutputPin, StatefulOutputPin};
use embedded_hal::pwm::{self, SetDutyCycle};
use tickwire_traits::Duration;

use crate::sysfs::{self, Attribute};

pub use crate::sysfs::Error;

const CLASS: &str = "/sys/class/leds";

/// A light: `OutputPin`, `StatefulOutputPin` and `SetDutyCycle`.
///
/// `High` is the full brightness, whichever level lights it. `is_set_high` returns whether
/// the brightness that was set last is not 0.
///
/// While it is open, the kernel's trigger (`mmc0`, `heartbeat`) is off. Dropping the light
/// switches the trigger on again; a light without one keeps its brightness.
///
/// Each change is one system call. A light on a bus may block it for the time of a
/// transfer.
#[derive(Debug)]
pub struct Led {
    folder: PathBuf,
    brightness: Attribute,
    trigger: Attribute,
    /// The trigger that was on.
    before: String,
    max: u32,
    level: u32,
    blinks: bool,
}

impl Led {
    /// Opens the light with this name in `/sys/class/leds`, and switches it off.
    ///
    /// # Errors
    ///
    /// [`Error::NoDevice`], with a suggestion; [`Error::Denied`]: by default, only root may
    /// set lights. It may be called again.
    pub fn open(name: &str) -> Result<Self, Error> {
        Self::open_in(Path::new(CLASS), name)
    }

    fn open_in(class: &Path, name: &str) -> Result<Self, Error> {
        let folder = class.join(name);
        if name.is_empty() || !folder.join("brightness").exists() {
            let names = sysfs::names(class).unwrap_or_default();
            return Err(Error::no_device(name, class, &names));
        }
        let mut led = Self {
            brightness: Attribute::open_to_write(folder.join("brightness"))?,
            trigger: Attribute::open_to_write(folder.join("trigger"))?,
            before: chosen(&sysfs::read::<String>(folder.join("trigger"))?).to_owned(),
            max: sysfs::read(folder.join("max_brightness"))?,
            folder,
            level: 0,
            blinks: true,
        };
        led.set_brightness(0)?;
        Ok(led)
    }

    /// Returns the largest brightness. It is 1 for a light that is on or off.
    pub const fn max_brightness(&self) -> u32 {
        self.max
    }

    /// Sets the brightness. Larger values are reduced to
    /// [`max_brightness`](Self::max_brightness).
    ///
    /// # Errors
    ///
    /// Errors of the light. It may be called again.
    pub fn set_brightness(&mut self, brightness: u32) -> Result<(), Error> {
        if self.blinks {
            self.trigger.write("none")?;
            self.blinks = false;
        }
        let brightness = brightness.min(self.max);
        self.brightness.write(brightness)?;
        self.level = brightness;
        Ok(())
    }

    /// Has the kernel blink the light until its brightness is set or it is dropped, in
    /// whole milliseconds. It blinks at the brightness that was set last; if that is 0, at
    /// the full one.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if the kernel has no trigger `timer` (module `ledtrig-timer`). It
    /// may be called again.
    pub fn blink(&mut self, on: Duration, off: Duration) -> Result<(), Error> {
        self.trigger.write("timer")?;
        self.blinks = true;
        for (name, span) in [("delay_on", on), ("delay_off", off)] {
            Attribute::open_to_write(self.folder.join(name))?.write(span.as_millis())?;
        }
        Ok(())
    }
}

/// Returns the trigger that is on. The attribute shows it in brackets among all others.
fn chosen(triggers: &str) -> &str {
    let chosen = triggers.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    chosen.map_or("none", |(name, _)| name)
}

impl Drop for Led {
    fn drop(&mut self) {
        if self.blinks || self.before != "none" {
            let _ = self.trigger.write(&self.before);
        }
    }
}

impl digital::ErrorType for Led {
    type Error = Error;
}

impl pwm::ErrorType for Led {
    type Error = Error;
}

impl OutputPin for Led {
    fn set_low(&mut self) -> Result<(), Error> {
        self.set_brightness(0)
    }

    fn set_high(&mut self) -> Result<(), Error> {
        self.set_brightness(self.max)
    }
}

impl StatefulOutputPin for Led {
    fn is_set_high(&mut self) -> Result<bool, Error> {
        Ok(self.level > 0)
    }

    fn is_set_low(&mut self) -> Result<bool, Error> {
        Ok(self.level == 0)
    }
}

impl SetDutyCycle for Led {
    fn max_duty_cycle(&self) -> u16 {
        u16::try_from(self.max).unwrap_or(u16::MAX)
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Error> {
        let brightness =
            u64::from(duty) * u64::from(self.max) / u64::from(self.max_duty_cycle().max(1));
        self.set_brightness(u32::try_from(brightness).unwrap_or(self.max))
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::*;

    /// A class of one light, as plain files.
    struct Class(PathBuf);

    impl Class {
        fn new(test: &str, max: &str) -> Self {
            let class = env::temp_dir().join(format!("tickwire-led-{}-{test}", process::id()));
            fs::create_dir_all(class.join("status")).unwrap();
            let class = Self(class);
            class.write("brightness", "1");
            class.write("max_brightness", max);
            class.write("trigger", "none timer [heartbeat] mmc0");
            class.write("delay_on", "0");
            class.write("delay_off", "0");
            class
        }

        fn write(&self, name: &str, value: &str) {
            fs::write(self.0.join("status").join(name), format!("{value}\n")).unwrap();
        }

        fn read(&self, name: &str) -> String {
            sysfs::read(self.0.join("status").join(name)).unwrap()
        }
    }

    impl Drop for Class {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_light_is_dimmed_in_its_own_steps() {
        for (max, half) in [("1", "1"), ("255", "128"), ("70000", "35000")] {
            let class = Class::new("dim", max);
            let mut led = Led::open_in(&class.0, "status").unwrap();
            assert_eq!(
                (class.read("brightness"), class.read("trigger")),
                ("0".into(), "none".into())
            );
            led.set_duty_cycle(led.max_duty_cycle().div_ceil(2)).unwrap();
            assert_eq!(class.read("brightness"), half);
            assert!(led.is_set_high().unwrap());
            led.set_high().unwrap();
            assert_eq!(class.read("brightness"), max);
            led.set_low().unwrap();
            assert_eq!(class.read("brightness"), "0");
            assert!(led.is_set_low().unwrap());
            drop(led);
            assert_eq!(class.read("trigger"), "heartbeat");
        }
    }

    /// A system with many processors has a trigger for each, and this file has several pages.
    #[test]
    fn a_trigger_is_found_among_thousands() {
        let class = Class::new("triggers", "1");
        let many: String = (0..4_000).map(|number| format!("cpu{number} ")).collect();
        class.write("trigger", &format!("none {many}[heartbeat] mmc0"));
        drop(Led::open_in(&class.0, "status").unwrap());
        assert!(class.read("trigger").starts_with("heartbeat"));
    }

    #[test]
    fn the_kernel_blinks_until_the_brightness_is_set() {
        let class = Class::new("blink", "1");
        let mut led = Led::open_in(&class.0, "status").unwrap();
        led.blink(Duration::from_millis(30), Duration::from_millis(970)).unwrap();
        let delays = ["trigger", "delay_on", "delay_off"].map(|name| class.read(name));
        assert_eq!(delays, ["timer", "30", "970"]);
        led.set_low().unwrap();
        assert_eq!(class.read("trigger"), "none");
    }

    #[test]
    fn a_light_that_is_not_there_is_refused_with_a_suggestion() {
        let class = Class::new("missing", "1");
        let line = |name: &str| Led::open_in(&class.0, name).unwrap_err().to_string();
        let folder = class.0.display();
        let expected = format!("there is no device `statis` in {folder}; did you mean `status`?");
        assert_eq!(line("statis"), expected);
        assert_eq!(line(""), format!("there is no device `` in {folder}"));
        class.write("max_brightness", "bright");
        assert!(line("status").ends_with("max_brightness: `bright` is not what it should contain"));
    }
}
