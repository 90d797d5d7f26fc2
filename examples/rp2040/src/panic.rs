//! What happens after a panic.

use core::panic::PanicInfo;

/// Says why over semihosting, and ends the run as failed.
#[cfg(feature = "report")]
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    use cortex_m_semihosting::{debug, hprintln};
    hprintln!("{}", info);
    loop {
        debug::exit(debug::EXIT_FAILURE);
    }
}

/// Stops.
#[cfg(not(feature = "report"))]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    cortex_m::asm::udf()
}
