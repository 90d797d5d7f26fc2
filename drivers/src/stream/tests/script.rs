//! A reader that follows a script.

use std::collections::VecDeque;
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
}

/// Ends where the script ends.
pub(super) struct Script(VecDeque<Step>);

impl Script {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
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
        while let Some(Step::Pause) = self.0.front() {
            // Before the await: dropped there, the pause is over.
            self.0.pop_front();
            yield_now().await;
        }
        match self.0.front_mut() {
            Some(Step::Bytes(bytes)) => {
                let len = bytes.len().min(buf.len());
                buf[..len].copy_from_slice(&bytes[..len]);
                bytes.drain(..len);
                if bytes.is_empty() {
                    self.0.pop_front();
                }
                Ok(len)
            }
            Some(Step::Failure) => {
                self.0.pop_front();
                Err(ErrorKind::Other)
            }
            Some(Step::End) => {
                self.0.pop_front();
                Ok(0)
            }
            Some(Step::Pause) | None => Ok(0),
        }
    }
}
