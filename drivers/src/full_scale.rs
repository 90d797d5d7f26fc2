//! Readings that an analog input cannot have.

use core::mem;

use crate::analog_watch::BeyondFullScale;

/// Which readings are above the full scale of their input.
#[derive(Clone, Debug)]
pub(crate) struct FullScale {
    beyond: u16,
    /// The last reading was.
    is_beyond: bool,
}

impl FullScale {
    pub(crate) const fn new() -> Self {
        Self { beyond: 0, is_beyond: false }
    }

    pub(crate) const fn beyond(&self) -> u16 {
        self.beyond
    }

    /// Returns the reading if it is in the scale. The first one in a row that is not is an error;
    /// all are counted.
    pub(crate) fn check(
        &mut self,
        reading: u32,
        full: u32,
    ) -> Result<Option<u32>, BeyondFullScale> {
        let is_beyond = reading > full;
        let was_beyond = mem::replace(&mut self.is_beyond, is_beyond);
        if !is_beyond {
            return Ok(Some(reading));
        }
        self.beyond = self.beyond.saturating_add(1);
        if was_beyond { Ok(None) } else { Err(BeyondFullScale(reading)) }
    }
}
