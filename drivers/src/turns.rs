//! Turns for other tasks while a reader is always ready.

use tickwire_traits::yield_now;

/// The number of reads in a row before other tasks get a turn: a file, or a writer that is
/// faster than the reader, is always ready.
const READS_IN_A_ROW: u8 = 32;

/// Counts the reads since other tasks had a turn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turns(u8);

impl Turns {
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    /// Called before each read. Lets other tasks run after many.
    pub(crate) async fn before_read(&mut self) {
        self.0 += 1;
        if self.0 >= READS_IN_A_ROW {
            // Before the await: dropped there, the turn has been given.
            self.0 = 0;
            yield_now().await;
        }
    }
}
