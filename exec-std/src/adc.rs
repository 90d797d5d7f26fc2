//! Analog inputs, through the industrial I/O folder of sysfs.
//!
//! ```no_run
//! use tickwire_exec_std::adc::{Error, Input};
//! use tickwire_exec_std::run;
//! use tickwire_traits::AnalogInput;
//!
//! // Not run: it needs a board with a converter, here of 12 bits.
//! let mut knob = Input::open("ads1015", "voltage0", 4_095)?;
//! run(async |_| {
//!     let percent = knob.read().await? * 100 / knob.full_scale();
//!     println!("{percent} %, {} µV", knob.microvolts().await?);
//!     Ok::<_, Error>(())
//! })?;
//! # Ok::<_, Error>(())
//! ```

use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tickwire_traits::AnalogInput;

use crate::pool::{self, Call};
use crate::sysfs::{self, Attribute};

pub use crate::sysfs::Error;

const DEVICES: &str = "/sys/bus/iio/devices";

/// An input of a converter, as [`AnalogInput`].
///
/// A read converts, which may block for milliseconds. Another thread therefore performs it,
/// one of those of `unblock`. An input has one such call at most.
#[derive(Debug)]
pub struct Input {
    raw: Arc<Attribute>,
    full_scale: u32,
    /// In nanovolts per step.
    scale: f64,
    /// In steps.
    offset: f64,
    /// A call that has not ended, of a read that was dropped or of the current one.
    running: Option<Call<Result<i64, Error>>>,
}

impl Input {
    /// Opens a channel of the device with this name, as `voltage0`. The folders in
    /// `/sys/bus/iio/devices` have a file `name`, and files `in_voltage0_raw` for channels.
    ///
    /// `full_scale` is the largest value of the converter, 4 095 for 12 bits. The kernel
    /// does not report it.
    ///
    /// # Errors
    ///
    /// [`Error::NoDevice`], with a suggestion; [`Error::NoChannel`]; [`Error::Denied`]. It
    /// may be called again.
    pub fn open(device: &str, channel: &str, full_scale: u32) -> Result<Self, Error> {
        Self::open_in(Path::new(DEVICES), device, channel, full_scale)
    }

    fn open_in(
        devices: &Path,
        device: &str,
        channel: &str,
        full_scale: u32,
    ) -> Result<Self, Error> {
        let folder = find(devices, device)?;
        let raw = folder.join(format!("in_{channel}_raw"));
        if !raw.exists() {
            return Err(Error::NoChannel { device: folder, channel: channel.to_owned() });
        }
        // In millivolts per step, for all channels of a kind where it is the same.
        let millivolts = factor(&folder, channel, "scale")?.unwrap_or(1.0);
        Ok(Self {
            raw: Arc::new(Attribute::open(raw)?),
            full_scale,
            scale: millivolts * 1e6,
            offset: factor(&folder, channel, "offset")?.unwrap_or(0.0),
            running: None,
        })
    }

    /// Converts once. Returns microvolts, by the scale and the offset of the device.
    ///
    /// # Errors
    ///
    /// Errors of the converter. It may be read again.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the conversion is lost; the next call starts another.
    pub async fn microvolts(&mut self) -> Result<i64, Error> {
        let raw = self.convert().await?;
        Ok(((raw as f64 + self.offset) * self.scale / 1e3).round() as i64)
    }

    async fn convert(&mut self) -> Result<i64, Error> {
        // The result of a read that was dropped may be old.
        self.ended().await;
        let raw = self.raw.clone();
        let call = pool::start(move || raw.read::<i64>());
        self.running = Some(call.map_err(|error| self.raw.error(error))?);
        self.ended().await.expect("it has just started")
    }

    /// Waits until no call runs. Returns the result of the last.
    async fn ended(&mut self) -> Option<Result<i64, Error>> {
        let call = self.running.as_mut()?;
        let result = poll_fn(|cx| call.poll(cx)).await;
        self.running = None;
        Some(result.expect("reading a file does not panic"))
    }
}

/// Returns the folder of the device with this name.
fn find(devices: &Path, name: &str) -> Result<PathBuf, Error> {
    let mut others = Vec::new();
    let mut unread = None;
    for folder in sysfs::names(devices)? {
        let folder = devices.join(folder);
        match sysfs::read::<String>(folder.join("name")) {
            Ok(it) if it == name => return Ok(folder),
            Ok(other) => others.push(other),
            // For example, there are no more descriptors: it may be the one.
            Err(Error::System { path, error }) if error.kind() != io::ErrorKind::NotFound => {
                unread = Some(Error::System { path, error });
            }
            // It has no name, or was removed.
            Err(_) => {}
        }
    }
    Err(unread.unwrap_or_else(|| Error::no_device(name, devices, &others)))
}

/// Reads the scale or the offset of a channel: its own, that of all channels of its kind, of
/// all inputs, or of the device.
fn factor(folder: &Path, channel: &str, what: &str) -> Result<Option<f64>, Error> {
    // That of a difference is `voltage-voltage`.
    let kinds = channel.split('-').map(|part| {
        let name = part.split(|letter: char| letter.is_ascii_digit() || letter == '_').next();
        name.unwrap_or_default()
    });
    let kind = kinds.collect::<Vec<_>>().join("-");
    let files = [
        format!("in_{channel}_{what}"),
        format!("in_{kind}_{what}"),
        format!("in_{what}"),
        what.to_owned(),
    ];
    let mut files = files.into_iter().map(|name| folder.join(name));
    files.find(|file| file.exists()).map(sysfs::read).transpose()
}

impl AnalogInput for Input {
    type Error = Error;

    fn full_scale(&self) -> u32 {
        self.full_scale
    }

    async fn read(&mut self) -> Result<u32, Error> {
        let raw = self.convert().await?.clamp(0, self.full_scale.into());
        Ok(u32::try_from(raw).unwrap_or(self.full_scale))
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use futures_lite::future::{block_on, poll_once};

    use super::*;

    /// A folder of one device, as plain files.
    struct Devices(PathBuf);

    impl Devices {
        fn new(test: &str) -> Self {
            let root = env::temp_dir().join(format!("tickwire-adc-{}-{test}", process::id()));
            fs::create_dir_all(root.join("iio:device0")).unwrap();
            fs::create_dir_all(root.join("trigger0")).unwrap();
            let devices = Self(root);
            devices.write("name", "ads1015");
            devices.write("in_voltage0_raw", "1000");
            devices.write("in_voltage_scale", "2.000000000");
            devices
        }

        fn write(&self, name: &str, value: &str) {
            fs::write(self.0.join("iio:device0").join(name), format!("{value}\n")).unwrap();
        }

        fn open(&self, device: &str, channel: &str) -> Result<Input, Error> {
            Input::open_in(&self.0, device, channel, 2_047)
        }
    }

    impl Drop for Devices {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn values_are_raw_and_within_the_scale() {
        let devices = Devices::new("raw");
        let mut input = devices.open("ads1015", "voltage0").unwrap();
        for (raw, expected) in [("1000", 1_000), ("-5", 0), ("2048", 2_047), ("0", 0)] {
            devices.write("in_voltage0_raw", raw);
            let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
            assert_eq!(tokio.block_on(input.read()).unwrap(), expected);
            assert_eq!(async_io::block_on(input.read()).unwrap(), expected);
            assert_eq!(crate::run(async |_| input.read().await).unwrap(), expected);
        }
        assert_eq!(input.full_scale(), 2_047);
    }

    #[test]
    fn microvolts_are_by_scale_and_offset_of_the_channel_or_of_all() {
        let devices = Devices::new("scale");
        let microvolts = || block_on(devices.open("ads1015", "voltage0").unwrap().microvolts());
        assert_eq!(microvolts().unwrap(), 2_000_000);
        devices.write("in_voltage0_scale", "0.001333");
        devices.write("in_voltage0_raw", "73");
        devices.write("in_voltage0_offset", "7");
        assert_eq!(microvolts().unwrap(), 107);
    }

    #[test]
    fn a_scale_may_be_that_of_all_inputs_of_a_kind_or_of_a_converter() {
        let devices = Devices::new("kinds");
        let path = |name: &str| devices.0.join("iio:device0").join(name);
        let microvolts = |channel| {
            devices.write(&format!("in_{channel}_raw"), "3");
            block_on(devices.open("ads1015", channel).unwrap().microvolts()).unwrap()
        };
        devices.write("in_voltage-voltage_scale", "5");
        assert_eq!(microvolts("voltage0-voltage1"), 15_000);
        assert_eq!(microvolts("voltage3_vccint"), 6_000);
        fs::remove_file(path("in_voltage_scale")).unwrap();
        devices.write("scale", "7");
        assert_eq!(microvolts("voltage0"), 21_000);
        devices.write("in_scale", "11");
        assert_eq!(microvolts("voltage0"), 33_000);
    }

    #[test]
    fn a_read_that_is_dropped_leaves_no_old_value() {
        let devices = Devices::new("drop");
        let mut input = devices.open("ads1015", "voltage0").unwrap();
        block_on(async {
            for value in 0..50_u32 {
                let _ = poll_once(input.read()).await;
                devices.write("in_voltage0_raw", &value.to_string());
                assert_eq!(input.read().await.unwrap(), value);
            }
        });
    }

    #[test]
    fn what_is_not_there_is_refused_in_one_line() {
        let devices = Devices::new("missing");
        let error = devices.open("ads1051", "voltage0").unwrap_err().to_string();
        let folder = devices.0.display();
        let expected = format!("there is no device `ads1051` in {folder}; did you mean `ads1015`?");
        assert_eq!(error, expected);
        let error = devices.open("ads1015", "voltage9").unwrap_err().to_string();
        assert!(error.ends_with("iio:device0 has no channel `voltage9`"), "{error}");
        devices.write("in_voltage0_raw", "many");
        let mut input = devices.open("ads1015", "voltage0").unwrap();
        let error = block_on(input.read()).unwrap_err().to_string();
        assert!(
            error.ends_with("in_voltage0_raw: `many` is not what it should contain"),
            "{error}"
        );
        assert!(block_on(input.read()).is_err());
    }
}
