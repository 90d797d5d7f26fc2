//! A device of the kernel.

use std::io;
use std::path::{Path, PathBuf};

use embedded_hal::spi::{Operation, Phase, Polarity, SpiDevice};
use linux_embedded_hal::SpidevDevice;
use linux_embedded_hal::spidev::{SpiModeFlags, Spidev, SpidevOptions};
use rustix::io::Errno;

use super::transaction::Transaction;
use super::{Error, Settings};

/// Blocks its caller.
pub(super) struct Adapter {
    path: PathBuf,
    settings: Settings,
    /// None if it is to be opened at the next transaction.
    device: Option<SpidevDevice>,
}

impl Adapter {
    pub(super) fn open(path: &Path, settings: Settings) -> Result<Self, Error> {
        let device = Some(open(path, settings)?);
        Ok(Self { path: path.to_owned(), settings, device })
    }

    pub(super) fn perform(&mut self, transaction: &mut Transaction) -> Result<(), Error> {
        let device = match &mut self.device {
            Some(device) => device,
            none => none.insert(open(&self.path, self.settings)?),
        };
        let operations = transaction.operations().into_iter().flat_map(for_the_kernel);
        let done = device.transaction(&mut operations.collect::<Vec<_>>());
        done.map_err(|error| {
            let number = error.inner().raw_os_error();
            let error = number.map_or_else(
                || io::Error::from(error.inner().kind()),
                io::Error::from_raw_os_error,
            );
            match Errno::from_io_error(&error) {
                Some(Errno::MSGSIZE) => Error::TooLong,
                _ => Error::Transfer(error),
            }
        })
    }
}

/// Has no open file.
impl Clone for Adapter {
    fn clone(&self) -> Self {
        Self { path: self.path.clone(), settings: self.settings, device: None }
    }
}

fn open(path: &Path, settings: Settings) -> Result<SpidevDevice, Error> {
    let Settings { mode, speed_hz, bits } = settings;
    let unsupported = |setting| Error::Unsupported { device: path.to_owned(), setting };
    if !(1..=8).contains(&bits) {
        return Err(unsupported(format!("{bits} bits per word")));
    }
    let opening = |error| Error::of_opening(path, error);
    let mut device = Spidev::open(path).map_err(opening)?;
    // Only clock and phase change. The other flags are those of the device tree.
    let before = device.query_configuration().map_err(opening)?;
    let mut flags = before.spi_mode.unwrap_or(SpiModeFlags::SPI_MODE_0);
    flags.set(SpiModeFlags::SPI_CPOL, mode.polarity == Polarity::IdleHigh);
    flags.set(SpiModeFlags::SPI_CPHA, mode.phase == Phase::CaptureOnSecondTransition);
    // One by one, to tell which of them is refused.
    let clock = (flags & SpiModeFlags::SPI_MODE_3).bits();
    for (options, setting) in [
        (SpidevOptions::new().mode(flags), format!("mode {clock}")),
        (SpidevOptions::new().max_speed_hz(speed_hz), format!("{speed_hz} Hz")),
        (SpidevOptions::new().bits_per_word(bits), format!("{bits} bits per word")),
    ] {
        device.configure(options).map_err(|error| match Errno::from_io_error(&error) {
            Some(Errno::INVAL | Errno::OPNOTSUPP) => unsupported(setting),
            _ => opening(error),
        })?;
    }
    Ok(SpidevDevice(device))
}

/// The longest pause of linux-embedded-hal's, in nanoseconds. It shortens longer ones to
/// that, and rounds down.
const PAUSE: u32 = u16::MAX as u32 * NANOS_PER_MICRO;
const NANOS_PER_MICRO: u32 = 1_000;

/// Returns operations that take at least as long, without empty ones.
fn for_the_kernel(operation: Operation<'_, u8>) -> impl Iterator<Item = Operation<'_, u8>> {
    let (mut left, mut other) = match operation {
        Operation::DelayNs(nanos) => (nanos, None),
        Operation::Read([]) | Operation::Write([]) | Operation::TransferInPlace([]) => (0, None),
        Operation::Transfer([], []) => (0, None),
        other => (0, Some(other)),
    };
    std::iter::from_fn(move || {
        if let Some(other) = other.take() {
            return Some(other);
        }
        let pause = left.min(PAUSE);
        left -= pause;
        let rounded = pause.div_ceil(NANOS_PER_MICRO) * NANOS_PER_MICRO;
        (pause > 0).then_some(Operation::DelayNs(rounded))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(operation: Operation<'_, u8>, expected: &[Operation<'_, u8>]) {
        let given: Vec<_> = for_the_kernel(operation).collect();
        assert_eq!(given, expected);
    }

    #[test]
    fn pauses_are_not_shortened_and_empty_operations_are_left_out() {
        use Operation::{DelayNs, Read, Transfer, TransferInPlace, Write};
        check(DelayNs(0), &[]);
        check(DelayNs(1), &[DelayNs(1_000)]);
        check(DelayNs(1_500), &[DelayNs(2_000)]);
        check(DelayNs(65_535_000), &[DelayNs(65_535_000)]);
        check(DelayNs(65_535_001), &[DelayNs(65_535_000), DelayNs(1_000)]);
        let all: u64 = for_the_kernel(DelayNs(u32::MAX))
            .map(|pause| if let DelayNs(nanos) = pause { nanos.into() } else { 0 })
            .sum();
        assert_eq!(all, u64::from(u32::MAX).div_ceil(1_000) * 1_000);
        check(Write(&[]), &[]);
        check(Read(&mut []), &[]);
        check(TransferInPlace(&mut []), &[]);
        check(Transfer(&mut [], &[]), &[]);
        check(Transfer(&mut [1], &[]), &[Transfer(&mut [1], &[])]);
        check(Write(&[1]), &[Write(&[1])]);
    }
}
