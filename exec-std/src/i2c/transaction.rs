//! Operations as they pass to the thread and back.

use embedded_hal::i2c::Operation;

use super::Error;

/// The messages of a transaction with their bytes, and its result.
///
/// Adjacent operations of one direction are one message. With several, linux-embedded-hal
/// would ask the adapter to omit the start condition between them, which few can.
#[derive(Debug)]
pub(super) struct Transaction {
    address: u8,
    messages: Vec<Message>,
    /// Those of all messages, in their order.
    bytes: Vec<u8>,
    pub(super) result: Result<(), Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) is_read: bool,
    pub(super) len: usize,
}

impl Default for Transaction {
    fn default() -> Self {
        Self { address: 0, messages: Vec::new(), bytes: Vec::new(), result: Ok(()) }
    }
}

impl Transaction {
    /// Copies what is written, and makes room for what is read.
    pub(super) fn load(&mut self, address: u8, operations: &[Operation<'_>]) {
        self.address = address;
        self.messages.clear();
        self.bytes.clear();
        for operation in operations {
            let (is_read, len) = match operation {
                Operation::Read(into) => {
                    self.bytes.resize(self.bytes.len() + into.len(), 0);
                    (true, into.len())
                }
                Operation::Write(from) => {
                    self.bytes.extend_from_slice(from);
                    (false, from.len())
                }
            };
            match self.messages.last_mut() {
                Some(message) if message.is_read == is_read => message.len += len,
                _ => self.messages.push(Message { is_read, len }),
            }
        }
    }

    pub(super) fn address(&self) -> u8 {
        self.address
    }

    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Returns one operation per message.
    pub(super) fn operations(&mut self) -> Vec<Operation<'_>> {
        let mut rest = &mut self.bytes[..];
        let operations = self.messages.iter().map(|message| {
            let (bytes, others) = std::mem::take(&mut rest).split_at_mut(message.len);
            rest = others;
            if message.is_read { Operation::Read(bytes) } else { Operation::Write(bytes) }
        });
        operations.collect()
    }

    /// Copies what was read to `operations`, which are those of [`load`](Self::load).
    pub(super) fn unload(&self, operations: &mut [Operation<'_>]) {
        let mut rest = &self.bytes[..];
        for operation in operations {
            let len = match operation {
                Operation::Read(into) => into.len(),
                Operation::Write(from) => from.len(),
            };
            let (bytes, others) = rest.split_at(len);
            if let Operation::Read(into) = operation {
                into.copy_from_slice(bytes);
            }
            rest = others;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_operations_of_one_direction_are_one_message_and_come_apart_again() {
        let (mut first, mut second, mut third) = ([0; 2], [0; 1], [9; 0]);
        let mut operations = [
            Operation::Write(&[1, 2]),
            Operation::Write(&[3]),
            Operation::Read(&mut first),
            Operation::Read(&mut third),
            Operation::Read(&mut second),
            Operation::Write(&[]),
        ];
        let mut transaction = Transaction::default();
        for _ in 0..2 {
            transaction.load(0x40, &operations);
            for operation in transaction.operations() {
                match operation {
                    Operation::Write(bytes) => assert!(bytes == [1, 2, 3] || bytes.is_empty()),
                    Operation::Read(bytes) => bytes.copy_from_slice(&[7, 8, 9]),
                }
            }
            let lens: Vec<_> =
                transaction.messages().iter().map(|it| (it.is_read, it.len)).collect();
            assert_eq!(lens, [(false, 3), (true, 3), (false, 0)]);
        }
        transaction.unload(&mut operations);
        assert_eq!((first, second), ([7, 8], [9]));
    }
}
