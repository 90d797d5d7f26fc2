//! The section of the potentiometer and the backlight.

use std::num::NonZeroU32;
use std::path::PathBuf;

use serde::Deserialize;
use tickwire_drivers::mcp3008::Input;

/// A potentiometer, and the backlight that it dims.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Ways")]
pub(crate) struct Brightness {
    pub(crate) dial: Potentiometer,
    pub(crate) pwm: Pwm,
}

/// The converter that a potentiometer is at.
#[derive(Debug)]
pub(crate) enum Potentiometer {
    Mcp3008 { device: PathBuf, channel: SpiChannel },
    Adc { device: String, input: String, full_scale: NonZeroU32 },
}

/// A channel of an MCP3008, 0 to 7.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct SpiChannel(pub(crate) Input);

/// A PWM channel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
pub(crate) struct Pwm {
    pub(crate) chip: PathBuf,
    pub(crate) channel: u32,
}

/// The ways to a potentiometer, of which it has one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
struct Ways {
    mcp3008: Option<Spi>,
    adc: Option<Adc>,
    pwm: Pwm,
}

/// An MCP3008 on an SPI bus.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section")]
struct Spi {
    device: PathBuf,
    channel: SpiChannel,
}

/// A converter of which the kernel has a driver.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a section")]
struct Adc {
    device: String,
    input: String,
    full_scale: NonZeroU32,
}

impl TryFrom<i64> for SpiChannel {
    type Error = &'static str;

    fn try_from(channel: i64) -> Result<Self, &'static str> {
        let input = u8::try_from(channel).ok().and_then(Input::single);
        input.map(Self).ok_or("a channel is between 0 and 7")
    }
}

impl TryFrom<Ways> for Brightness {
    type Error = &'static str;

    fn try_from(Ways { mcp3008, adc, pwm }: Ways) -> Result<Self, &'static str> {
        let dial = match (mcp3008, adc) {
            (Some(Spi { device, channel }), None) => Potentiometer::Mcp3008 { device, channel },
            (None, Some(Adc { device, input, full_scale })) => {
                Potentiometer::Adc { device, input, full_scale }
            }
            _ => return Err("a potentiometer is either at an `mcp3008` or at an `adc`"),
        };
        Ok(Self { dial, pwm })
    }
}
