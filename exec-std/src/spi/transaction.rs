//! Operations as they pass to the thread and back.

use std::mem;

use embedded_hal::spi::Operation;

use super::Error;

/// The steps of a transaction with their bytes, and its result.
#[derive(Debug)]
pub(super) struct Transaction {
    steps: Vec<Step>,
    /// Those of all steps, in their order. What a transfer reads comes before what it writes.
    bytes: Vec<u8>,
    pub(super) result: Result<(), Error>,
}

/// An operation without its bytes: their number.
#[derive(Clone, Copy, Debug)]
enum Step {
    Read(usize),
    Write(usize),
    Transfer { read: usize, write: usize },
    InPlace(usize),
    DelayNs(u32),
}

impl Default for Transaction {
    fn default() -> Self {
        Self { steps: Vec::new(), bytes: Vec::new(), result: Ok(()) }
    }
}

impl Transaction {
    /// Copies what is written, and makes room for what is read.
    pub(super) fn load(&mut self, operations: &[Operation<'_, u8>]) {
        self.steps.clear();
        self.bytes.clear();
        for operation in operations {
            let step = match operation {
                Operation::Read(into) => {
                    self.make_room(into.len());
                    Step::Read(into.len())
                }
                Operation::Write(from) => {
                    self.bytes.extend_from_slice(from);
                    Step::Write(from.len())
                }
                Operation::Transfer(into, from) => {
                    self.make_room(into.len());
                    self.bytes.extend_from_slice(from);
                    Step::Transfer { read: into.len(), write: from.len() }
                }
                Operation::TransferInPlace(bytes) => {
                    self.bytes.extend_from_slice(bytes);
                    Step::InPlace(bytes.len())
                }
                Operation::DelayNs(nanos) => Step::DelayNs(*nanos),
            };
            self.steps.push(step);
        }
    }

    fn make_room(&mut self, len: usize) {
        self.bytes.resize(self.bytes.len() + len, 0);
    }

    /// Returns the operations, with the bytes of here.
    pub(super) fn operations(&mut self) -> Vec<Operation<'_, u8>> {
        let mut rest = &mut self.bytes[..];
        let mut next = |len| {
            let (bytes, others) = mem::take(&mut rest).split_at_mut(len);
            rest = others;
            bytes
        };
        let operations = self.steps.iter().map(|step| match *step {
            Step::Read(len) => Operation::Read(next(len)),
            Step::Write(len) => Operation::Write(next(len)),
            Step::Transfer { read, write } => Operation::Transfer(next(read), next(write)),
            Step::InPlace(len) => Operation::TransferInPlace(next(len)),
            Step::DelayNs(nanos) => Operation::DelayNs(nanos),
        });
        operations.collect()
    }

    /// Copies what was read to `operations`, which are those of [`load`](Self::load).
    pub(super) fn unload(&self, operations: &mut [Operation<'_, u8>]) {
        let mut rest = &self.bytes[..];
        let mut next = |len| {
            let (bytes, others) = rest.split_at(len);
            rest = others;
            bytes
        };
        for operation in operations {
            match operation {
                Operation::Read(into) | Operation::TransferInPlace(into) => {
                    into.copy_from_slice(next(into.len()));
                }
                Operation::Transfer(into, from) => {
                    into.copy_from_slice(next(into.len()));
                    next(from.len());
                }
                Operation::Write(from) => drop(next(from.len())),
                Operation::DelayNs(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_return_to_the_operations_that_they_came_from() {
        let (mut one, mut two, mut three) = ([0; 1], [0; 2], [5, 6, 7]);
        let mut operations = [
            Operation::Write(&[1, 2]),
            Operation::Read(&mut one),
            Operation::DelayNs(5),
            Operation::Transfer(&mut two, &[3]),
            Operation::TransferInPlace(&mut three),
        ];
        let mut transaction = Transaction::default();
        for _ in 0..2 {
            transaction.load(&operations);
            let copies = transaction.operations();
            assert!(copies.iter().eq(&operations), "{copies:?}");
        }
        for operation in transaction.operations() {
            match operation {
                Operation::Read(bytes) => bytes.fill(21),
                Operation::Transfer(bytes, _) => bytes.fill(22),
                Operation::TransferInPlace(bytes) => bytes.fill(23),
                Operation::Write(_) | Operation::DelayNs(_) => {}
            }
        }
        transaction.unload(&mut operations);
        assert_eq!((one, two, three), ([21], [22; 2], [23; 3]));
    }
}
