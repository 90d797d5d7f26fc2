//! A reader that follows a script.

use std::collections::VecDeque;
use std::future::pending;
use std::vec::Vec;

use embedded_io_async::{ErrorKind, ErrorType, Read};
use tickwire_traits::yield_now;

/// The outcome of a read.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Bytes(Vec<u8>),
    /// Pending once.
    Pause,
    Failure,
    End,
    /// Pending from here on.
    Never,
}

/// Ends where the script ends.
pub(super) struct Script {
    steps: VecDeque<Step>,
    reads: u32,
}

impl Script {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect(), reads: 0 }
    }

    /// How many reads have ended.
    pub(super) const fn reads(&self) -> u32 {
        self.reads
    }

    /// Reads `size` bytes at once, with a pause before each read, and a failure before each
    /// read if `fails`.
    pub(super) fn chunks(bytes: &[u8], size: usize, fails: bool) -> Self {
        let failure = || fails.then_some(Step::Failure);
        let read = |chunk: &[u8]| [Step::Pause, Step::Bytes(chunk.to_vec())];
        let chunks = bytes.chunks(size).flat_map(|chunk| failure().into_iter().chain(read(chunk)));
        Self::new(chunks.chain(failure()))
    }
}

impl ErrorType for Script {
    type Error = ErrorKind;
}

impl Read for Script {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        while let Some(Step::Pause) = self.steps.front() {
            // Before the await: dropped there, the pause is over.
            self.steps.pop_front();
            yield_now().await;
        }
        if let Some(Step::Never) = self.steps.front() {
            return pending().await;
        }
        self.reads += 1;
        match self.steps.front_mut() {
            Some(Step::Bytes(bytes)) => {
                let len = bytes.len().min(buf.len());
                buf[..len].copy_from_slice(&bytes[..len]);
                bytes.drain(..len);
                if bytes.is_empty() {
                    self.steps.pop_front();
                }
                Ok(len)
            }
            Some(Step::Failure) => {
                self.steps.pop_front();
                Err(ErrorKind::Other)
            }
            Some(Step::End) => {
                self.steps.pop_front();
                Ok(0)
            }
            Some(Step::Pause | Step::Never) | None => Ok(0),
        }
    }
}
