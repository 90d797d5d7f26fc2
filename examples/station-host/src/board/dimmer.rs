//! The potentiometer and the backlight of a board, or those of the keys.

use std::time::Duration;

use embedded_hal::pwm::{ErrorKind, ErrorType, SetDutyCycle};
use futures_lite::future::block_on;
use tickwire_drivers::mcp3008::{self, Mcp3008};
use tickwire_exec_std::pwm::{Channel, Polarity, Pwm};
use tickwire_exec_std::{StdClock, adc, spi};
use tickwire_sim as sim;
use tickwire_station::Dimmer;
use tickwire_traits::AnalogInput;

use super::file::{Brightness, Potentiometer};

/// A potentiometer at a converter, or that of the keys.
pub(crate) enum Dial {
    Mcp3008(Box<mcp3008::Channel<spi::Device, 10>>),
    Adc(Box<adc::Input>),
    Keys(sim::analog::Source<StdClock>),
}

/// A backlight at a PWM channel, or one that the screen alone shows.
pub(crate) enum Light {
    Pwm(Box<Pwm>),
    Keys(sim::Pwm<StdClock>),
}

/// The station tells that it failed, and tries again.
pub(crate) struct Failed;

/// With 3.3 V, an MCP3008 is not specified above 1.35 MHz.
const SPI_HZ: u32 = 1_000_000;

/// No eye sees the pulses.
const PERIOD: Duration = Duration::from_millis(1);

pub(super) fn open(brightness: Brightness) -> Result<Dimmer<Dial, Light>, String> {
    let dial = match brightness.dial {
        Potentiometer::Mcp3008 { device, channel } => {
            let spi = spi::Device::open(device, spi::Settings::new(SPI_HZ)).map_err(text)?;
            Dial::Mcp3008(Box::new(Mcp3008::new(spi).into_channel(channel.0)))
        }
        Potentiometer::Adc { device, input, full_scale } => {
            Dial::Adc(Box::new(adc::Input::open(&device, &input, full_scale.get()).map_err(text)?))
        }
    };
    let channel = Channel::at(brightness.pwm.chip, brightness.pwm.channel);
    // It waits for permissions of a channel that has just come, before the station runs.
    let light = block_on(Pwm::open(&channel, PERIOD, Polarity::Normal)).map_err(text)?;
    Ok(Dimmer { dial, light: Light::Pwm(Box::new(light)) })
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl AnalogInput for Dial {
    type Error = Failed;

    fn full_scale(&self) -> u32 {
        match self {
            Self::Mcp3008(channel) => channel.full_scale(),
            Self::Adc(input) => input.full_scale(),
            Self::Keys(source) => source.full_scale(),
        }
    }

    async fn read(&mut self) -> Result<u32, Failed> {
        match self {
            Self::Mcp3008(channel) => channel.read().await.map_err(|_| Failed),
            Self::Adc(input) => input.read().await.map_err(|_| Failed),
            Self::Keys(source) => source.read().await.map_err(|_| Failed),
        }
    }
}

impl ErrorType for Light {
    type Error = ErrorKind;
}

impl SetDutyCycle for Light {
    fn max_duty_cycle(&self) -> u16 {
        match self {
            Self::Pwm(channel) => channel.max_duty_cycle(),
            Self::Keys(channel) => channel.max_duty_cycle(),
        }
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), ErrorKind> {
        match self {
            Self::Pwm(channel) => channel.set_duty_cycle(duty).map_err(|_| ErrorKind::Other),
            Self::Keys(channel) => channel.set_duty_cycle(duty).map_err(|_| ErrorKind::Other),
        }
    }
}
