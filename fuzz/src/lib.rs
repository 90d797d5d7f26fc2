//! What the targets share.
//!
//! `cargo xtask fuzz` builds the targets and runs each for a minute. A target gets bytes that
//! libFuzzer makes up from those that reached new code, and compares what a part of
//! `tickwire-drivers` makes of them with a model.
#![forbid(unsafe_code)]

use std::convert::Infallible;

use embedded_io_async::{ErrorType, Read};
pub use futures_lite::future::block_on;

/// Bytes that are read in pieces, as a UART gives them.
#[derive(Debug)]
pub struct Torn<'a> {
    bytes: &'a [u8],
    most: usize,
}

impl<'a> Torn<'a> {
    /// Gives at most as many bytes at once as the first byte says, and those after it.
    pub fn new(data: &'a [u8]) -> Self {
        let (first, bytes) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
        Self { bytes, most: usize::from(first % 16) + 1 }
    }

    /// What it will give in all.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl ErrorType for Torn<'_> {
    type Error = Infallible;
}

impl Read for Torn<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let len = self.most.min(buffer.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(len);
        buffer[..len].copy_from_slice(now);
        self.bytes = later;
        Ok(len)
    }
}
