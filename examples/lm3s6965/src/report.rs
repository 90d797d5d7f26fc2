//! What a program says, and how it ends: by semihosting.

use core::fmt;
use core::panic::PanicInfo;

use cortex_m_semihosting::{debug, hprint, hprintln};

/// Prints what is given, as it is.
pub fn say(what: fmt::Arguments<'_>) {
    hprint!("{}", what);
}

/// Ends the program, and the emulator with it: 0 if all went well, otherwise 1.
pub fn exit(well: bool) -> ! {
    loop {
        debug::exit(if well { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    exit(false)
}
