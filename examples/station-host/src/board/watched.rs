//! A bus whose transactions the screen shows.

use std::fmt::Write;
use std::rc::Rc;

use embedded_hal_async::i2c::{ErrorType, I2c, Operation};
use tickwire_exec_std::i2c::{Bus, Error};

use crate::record::Record;

/// A handle of a bus, which records what it does.
pub(crate) struct Watched {
    pub(crate) bus: Bus,
    pub(crate) record: Rc<Record>,
}

impl ErrorType for Watched {
    type Error = Error;
}

impl I2c for Watched {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Error> {
        let result = self.bus.transaction(address, operations).await;
        self.record.transaction(result.is_ok(), || shown(address, operations, &result));
        result
    }
}

/// Shows a transaction as the models show a transfer: the bytes of the wire, with `/` for a
/// start that is repeated.
fn shown(address: u8, operations: &[Operation<'_>], result: &Result<(), Error>) -> String {
    let (mut text, mut direction) = (String::new(), None);
    for operation in operations {
        let (reads, bytes): (bool, &[u8]) = match operation {
            Operation::Read(bytes) => (true, bytes),
            Operation::Write(bytes) => (false, bytes),
        };
        if direction.replace(reads) != Some(reads) {
            let start = if text.is_empty() { "" } else { " / " };
            let _ = write!(text, "{start}{:02x}", address << 1 | u8::from(reads));
        }
        // What a failed read has brought is not known.
        if !reads || result.is_ok() {
            for byte in bytes {
                let _ = write!(text, " {byte:02x}");
            }
        }
    }
    if let Err(error) = result {
        let _ = write!(text, ": {error}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_shown_byte_for_byte() {
        let (command, mut answer) = ([0xe3], [0x68, 0x3a, 0x7c]);
        let both = [Operation::Write(&command), Operation::Read(&mut answer)];
        assert_eq!(shown(0x40, &both, &Ok(())), "80 e3 / 81 68 3a 7c");
        let failed = Err(Error::NoAddress(0x80));
        let expected = format!("80 e3 / 81: {}", Error::NoAddress(0x80));
        assert_eq!(shown(0x40, &both, &failed), expected);
    }
}
