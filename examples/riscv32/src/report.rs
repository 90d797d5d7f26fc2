//! What a program says, and how it ends: by semihosting.

use core::fmt;
use core::panic::PanicInfo;

use semihosting::{print, println, process};

/// Prints what is given, as it is.
pub fn say(what: fmt::Arguments<'_>) {
    print!("{what}");
}

/// Ends the program, and the emulator with it: 0 if all went well, otherwise 1.
pub fn exit(well: bool) -> ! {
    process::exit(if well { 0 } else { 1 })
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    println!("{info}");
    exit(false)
}
