//! A bus of the kernel, one open file per address.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use embedded_hal::i2c::I2c;
use linux_embedded_hal::i2cdev::linux::LinuxI2CError;
use linux_embedded_hal::{I2CError, I2cdev};
use rustix::io::Errno;

use super::Error;
use super::transaction::Transaction;

/// Blocks its caller.
pub(super) struct Adapter {
    path: PathBuf,
    /// One per address, because an `I2cdev` opens its file again when it is used for
    /// another one.
    devices: BTreeMap<u8, I2cdev>,
}

/// The limits of the kernel: `I2C_RDWR_IOCTL_MAX_MSGS` of `linux/i2c-dev.h`, and the check in
/// its `i2cdev_ioctl_rdwr`.
const MESSAGES: usize = 42;
const BYTES: usize = 8_192;

const ADDRESSES: u8 = 1 << 7;

impl Adapter {
    /// Checks that there is a bus at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let _device = I2cdev::new(path).map_err(|error| Error::of_opening(path, of_file(error)))?;
        Ok(Self { path: path.to_owned(), devices: BTreeMap::new() })
    }

    pub(super) fn perform(&mut self, transaction: &mut Transaction) -> Result<(), Error> {
        let address = transaction.address();
        check(transaction)?;
        let mut first = None;
        let device = match self.devices.get_mut(&address) {
            Some(device) => device,
            None => first.insert(self.open_for(address)?),
        };
        device
            .transaction(address, &mut transaction.operations())
            .map_err(|error| Error::Transfer { address, error: of_call(&error) })?;
        // Only now, so that a program that tries all addresses does not keep as many files.
        self.devices.extend(first.map(|device| (address, device)));
        Ok(())
    }

    fn open_for(&self, address: u8) -> Result<I2cdev, Error> {
        let opening = |error| Error::of_opening(&self.path, of_file(error));
        let mut device = I2cdev::new(&self.path).map_err(opening)?;
        // The first transaction does the same, but an error of it could be one of the bus.
        device.set_slave_address(address.into()).map_err(|error| match of_file(error) {
            error if is(&error, Errno::BUSY) => {
                Error::AddressInUse { bus: self.path.clone(), address }
            }
            error => Error::Transfer { address, error },
        })?;
        Ok(device)
    }
}

/// Has no open files.
impl Clone for Adapter {
    fn clone(&self) -> Self {
        Self { path: self.path.clone(), devices: BTreeMap::new() }
    }
}

fn check(transaction: &Transaction) -> Result<(), Error> {
    let messages = transaction.messages();
    if transaction.address() >= ADDRESSES {
        return Err(Error::NoAddress(transaction.address()));
    }
    if messages.len() > MESSAGES {
        return Err(Error::TooManyMessages(messages.len()));
    }
    match messages.iter().find(|message| message.len > BYTES) {
        Some(message) => Err(Error::TooLong(message.len)),
        None => Ok(()),
    }
}

fn of_file(error: LinuxI2CError) -> io::Error {
    error.into()
}

fn of_call(error: &I2CError) -> io::Error {
    match error.inner() {
        LinuxI2CError::Errno(number) => io::Error::from_raw_os_error(*number),
        LinuxI2CError::Io(error) => match error.raw_os_error() {
            Some(number) => io::Error::from_raw_os_error(number),
            None => error.kind().into(),
        },
    }
}

fn is(error: &io::Error, errno: Errno) -> bool {
    Errno::from_io_error(error) == Some(errno)
}
