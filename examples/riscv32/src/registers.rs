//! The registers that are used, by address.
//!
//! MAPPED, on which the `unsafe` in this file rests: each address below is that of a
//! 32-bit register of the machine `virt`, of a device that writes to no memory. It is
//! there in every program for this machine, and whatever is written to it, at whatever
//! time, can put out the device and nothing else.

use core::ptr;

/// A register of a device.
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
}

/// The interruptor of hart 0 (RISC-V Advanced Core Local Interruptor, "MTIMER", "MSWI").
pub(crate) mod clint {
    use super::Register;

    const BASE: usize = 0x0200_0000;
    /// 1: there is an interrupt by software.
    pub(crate) const SOFTWARE: Register = Register(BASE);
    /// When the timer interrupts: for as long as the time is not less.
    pub(crate) const COMPARE: Register = Register(BASE + 0x4000);
    pub(crate) const COMPARE_HIGH: Register = Register(BASE + 0x4004);
    /// The time, in ticks of 100 ns.
    pub(crate) const TIME: Register = Register(BASE + 0xBFF8);
    pub(crate) const TIME_HIGH: Register = Register(BASE + 0xBFFC);
}

/// The clock of the machine (Goldfish RTC).
pub(crate) mod rtc {
    use super::Register;

    const BASE: usize = 0x0010_1000;
    /// The time in nanoseconds. To read it fixes what is in the high part.
    pub(crate) const TIME: Register = Register(BASE);
    pub(crate) const TIME_HIGH: Register = Register(BASE + 0x04);
}
