//! The registers that are used, by address.
//!
//! MAPPED, on which the `unsafe` in this file rests: each address below is that of a
//! 32-bit register in the data sheet of the LM3S6965, of a peripheral that writes to no
//! memory, or of SysTick. It is there in every program for this chip, and whatever is written to it, at
//! whatever time, can put out the peripheral and nothing else.

use core::ptr;

/// A register of a peripheral.
#[derive(Clone, Copy)]
pub(crate) struct Register(usize);

impl Register {
    pub(crate) fn read(self) -> u32 {
        // SAFETY: MAPPED.
        unsafe { ptr::with_exposed_provenance::<u32>(self.0).read_volatile() }
    }

    pub(crate) fn write(self, value: u32) {
        // SAFETY: MAPPED.
        unsafe { ptr::with_exposed_provenance_mut::<u32>(self.0).write_volatile(value) }
    }

    pub(crate) fn set_bits(self, bits: u32) {
        self.write(self.read() | bits);
    }
}

/// The core's own counter (data sheet, "System Timer").
pub(crate) mod systick {
    use super::Register;

    const BASE: usize = 0xE000_E010;
    pub(crate) const CONTROL: Register = Register(BASE);
    pub(crate) const COUNTS: u32 = 1 << 0;
    pub(crate) const BY_THE_CORE: u32 = 1 << 2;
    /// Since it was looked at last: to read it takes it away.
    pub(crate) const HAS_WRAPPED: u32 = 1 << 16;
    /// After a zero it goes on from here.
    pub(crate) const RELOAD: Register = Register(BASE + 0x04);
    /// Counts down. Whatever is written here makes it zero.
    pub(crate) const VALUE: Register = Register(BASE + 0x08);
}

/// Which peripherals have a clock (data sheet, "System Control").
pub(crate) mod system {
    use super::Register;

    const BASE: usize = 0x400F_E000;
    pub(crate) const RCGC0: Register = Register(BASE + 0x100);
    pub(crate) const RCGC0_WATCHDOG: u32 = 1 << 3;
    pub(crate) const RCGC1: Register = Register(BASE + 0x104);
    pub(crate) const RCGC1_TIMER_0: u32 = 1 << 16;
    pub(crate) const RCGC1_TIMER_1: u32 = 1 << 17;
}

/// The general-purpose timers (data sheet, "General-Purpose Timers").
macro_rules! timer {
    ($name:ident, $base:literal) => {
        pub(crate) mod $name {
            use super::Register;

            const BASE: usize = $base;
            /// 0: both halves are one timer of 32 bits.
            pub(crate) const CONFIGURATION: Register = Register(BASE);
            /// 1: counts down once.
            pub(crate) const MODE_A: Register = Register(BASE + 0x04);
            /// Bit 0: it counts.
            pub(crate) const CONTROL: Register = Register(BASE + 0x0C);
            /// Bit 0: it interrupts when it has counted down.
            pub(crate) const INTERRUPT_MASK: Register = Register(BASE + 0x18);
            pub(crate) const INTERRUPT_CLEAR: Register = Register(BASE + 0x24);
            /// How many cycles it counts.
            pub(crate) const LOAD_A: Register = Register(BASE + 0x28);
        }
    };
}
timer!(timer_0, 0x4003_0000);
timer!(timer_1, 0x4003_1000);

/// The watchdog (data sheet, "Watchdog Timer").
pub(crate) mod watchdog {
    use super::Register;

    const BASE: usize = 0x4000_0000;
    pub(crate) const LOAD: Register = Register(BASE);
    /// Counts down, by cycles of the core.
    pub(crate) const VALUE: Register = Register(BASE + 0x04);
    /// Bit 0: it counts and interrupts; bit 1: it resets the chip the second time.
    pub(crate) const CONTROL: Register = Register(BASE + 0x08);
    /// Whatever is written here has it start anew.
    pub(crate) const INTERRUPT_CLEAR: Register = Register(BASE + 0x0C);
}
