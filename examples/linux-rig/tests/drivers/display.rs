//! A display whose lines were recorded.

use tickwire_sim::models::hd44780::{Controller, Pins};
use tickwire_traits::Instant;

use crate::recorder::Write;

/// The lines of a display with a bus of four bits.
pub(crate) struct Wiring {
    pub(crate) rs: u32,
    pub(crate) e: u32,
    /// From D4 to D7.
    pub(crate) data: [u32; 4],
}

/// Applies what was written to a display that was switched on with the first write.
pub(crate) fn play(writes: &[Write], wiring: Wiring) -> Controller {
    let mut display = Controller::new(writes.first().map_or(Instant::EPOCH, |write| write.at));
    let mut levels = [false; 64];
    for &Write { at, offset, is_high } in writes {
        let Some(level) = levels.get_mut(offset as usize) else { continue };
        let falls = *level && !is_high;
        *level = is_high;
        if offset == wiring.e && falls {
            let level = |line: u32| levels[line as usize];
            let data =
                wiring.data.iter().rev().fold(0, |data, &it| data << 1 | u8::from(level(it)));
            // D0 to D3 are open, and pulled up.
            let data = data << 4 | 0x0f;
            display.latch(at, Pins { rs: level(wiring.rs), rw: false, data });
        }
    }
    display
}

/// Returns a row of 16 characters as it is seen.
pub(crate) fn row(display: &Controller, line: u8) -> [u8; 16] {
    std::array::from_fn(|column| {
        display.visible(line, column as u8).map_or(0, |address| display.ddram(address))
    })
}
