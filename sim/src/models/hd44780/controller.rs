//! The controller as a pure model of pins and times.

use tickwire_traits::{Duration, Instant};

/// An HD44780U, as in its data sheet (Hitachi ADE-207-272).
///
/// Each falling edge of E is a [`latch`](Self::latch). The display reads the RAMs
/// through [`visible`](Self::visible) and [`cgram`](Self::cgram).
///
/// An address that does not exist is taken as the next one that does: in two-line mode,
/// 0x28 is 0x40. The data sheet leaves this open; modules behave so, and recorded programs
/// rely on it.
///
/// ```
/// use tickwire_sim::models::hd44780::{Controller, Pins};
/// use tickwire_traits::{Duration, Instant};
///
/// let mut controller = Controller::new(Instant::EPOCH);
/// let command = |data| Pins { rs: false, rw: false, data };
/// let at = Instant::from_millis(50);
/// controller.latch(at, command(0x38)); // Eight bits, two lines.
/// controller.latch(at + Duration::from_micros(36), command(0x0f)); // Too early.
/// assert_eq!(controller.violations(), 1);
/// assert!(!controller.is_on());
/// ```
#[derive(Clone, Debug)]
pub struct Controller {
    /// By address, with the gaps in the addresses.
    ddram: [u8; 128],
    cgram: [u8; 64],
    address: u8,
    addresses_cgram: bool,
    increments: bool,
    shifts: bool,
    on: bool,
    cursor: bool,
    blink: bool,
    eight_bits: bool,
    two_lines: bool,
    /// No executed instruction has fixed the number of lines yet.
    at_head: bool,
    shift: u8,
    half: Option<u8>,
    busy_until: Instant,
    oscillator: u32,
    violations: u64,
    log: Vec<Violation>,
    reads: u64,
}

/// The levels of the pins when E falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pins {
    /// Register select: an instruction when low, data when high.
    pub rs: bool,
    /// Read when high.
    pub rw: bool,
    /// D7 to D0.
    pub data: u8,
}

/// The part of a byte that the controller expects next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A byte on eight lines.
    Whole,
    /// The high half of a byte.
    High,
    /// The low half of a byte with this high half.
    Low(u8),
}

/// A write that came too early, or a level that ended too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The time of the violation.
    pub at: Instant,
    /// The levels of the pins.
    pub pins: Pins,
    /// The kind of the violation.
    pub kind: ViolationKind,
}

/// The kinds of [`Violation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViolationKind {
    /// The controller was busy until this time, and ignored the write.
    Busy(Instant),
    /// E rose together with a change of RS or R/W, which must have settled before. Only on an
    /// expander, whose lines change together. The write works here.
    Unsettled,
    /// RS, R/W or the data changed at the instant of E's fall, after it. They must be held for
    /// 20 ns and 10 ns (t_AH, t_H). Only on wires; a later change is at least a microsecond
    /// later here. The write works here, but not on every module.
    NotHeld,
}

/// The number of violations that are kept; all are counted.
const LOGGED: usize = 16;

/// The oscillator for which the data sheet gives execution times (table 6).
const NOMINAL_OSCILLATOR: u32 = 270_000;

impl Controller {
    /// Creates a controller whose supply rises at `now`, at 5 V: its internal reset takes
    /// 10 ms.
    pub fn new(now: Instant) -> Self {
        let mut controller = Self {
            ddram: [b' '; 128],
            cgram: [0; 64],
            address: 0,
            addresses_cgram: false,
            increments: true,
            shifts: false,
            on: false,
            cursor: false,
            blink: false,
            eight_bits: true,
            two_lines: false,
            at_head: true,
            shift: 0,
            half: None,
            busy_until: now,
            oscillator: NOMINAL_OSCILLATOR,
            violations: 0,
            log: Vec::new(),
            reads: 0,
        };
        controller.power_on(now, Duration::from_millis(10));
        controller
    }

    /// Switches the supply off and on at `now`. The internal reset takes `reset`: 10 ms at
    /// 4.5 V, up to 40 ms at 2.7 V. (Figure 23.)
    ///
    /// The content of the character generator's RAM is arbitrary then.
    pub fn power_on(&mut self, now: Instant, reset: Duration) {
        self.clear();
        self.cgram = std::array::from_fn(|row| if row % 2 == 0 { 0x15 } else { 0x0a });
        (self.shifts, self.on, self.cursor, self.blink) = (false, false, false, false);
        (self.eight_bits, self.two_lines) = (true, false);
        (self.at_head, self.half) = (true, None);
        self.busy_until = now + reset;
    }

    /// Sets the frequency of the oscillator: 190 to 350 kHz with the resistor of the data
    /// sheet. All execution times scale with it.
    pub fn set_oscillator(&mut self, hertz: u32) {
        self.oscillator = hertz.max(1);
    }

    /// Sets the phase in which an earlier program left the controller, if only the program's
    /// processor was reset.
    pub fn set_phase(&mut self, phase: Phase) {
        self.eight_bits = phase == Phase::Whole;
        self.half = match phase {
            Phase::Whole | Phase::High => None,
            Phase::Low(high) => Some(high & 0xf0),
        };
    }

    /// Handles a fall of E at `now`. With four data lines, only D7 to D4 count.
    pub fn latch(&mut self, now: Instant, pins: Pins) {
        if pins.rw {
            self.reads += 1;
        } else if now < self.busy_until {
            return self.note(now, pins, ViolationKind::Busy(self.busy_until));
        }
        let data = match (self.eight_bits, self.half.take()) {
            (true, _) => pins.data,
            (false, Some(high)) => high | pins.data >> 4,
            (false, None) => {
                self.half = Some(pins.data & 0xf0);
                return;
            }
        };
        let pins = Pins { data, ..pins };
        let busy = match pins {
            Pins { rw: true, rs, .. } => {
                if rs {
                    self.step(self.increments);
                }
                return;
            }
            Pins { rs: true, .. } => self.write(data),
            Pins { rs: false, .. } => self.execute(data),
        };
        let busy = busy * u64::from(NOMINAL_OSCILLATOR);
        self.busy_until = now + Duration::from_micros(busy.div_ceil(u64::from(self.oscillator)));
    }

    /// Returns the address of a position on the glass, given by one of its two lines and the
    /// distance from the left. Returns `None` where the controller drives nothing.
    pub fn visible(&self, line: u8, position: u8) -> Option<u8> {
        let position = u16::from(position) + u16::from(self.shift);
        match (self.two_lines, line) {
            (true, 0 | 1) => Some(line * 0x40 + (position % 40) as u8),
            (false, 0) => Some((position % 80) as u8),
            _ => None,
        }
    }

    /// Returns the character code at an address of the display's RAM.
    pub fn ddram(&self, address: u8) -> u8 {
        self.ddram[usize::from(self.existing(address & 0x7f))]
    }

    /// Returns the eight rows of the custom character `index` (0 to 7), with its left column in
    /// bit 4.
    pub fn cgram(&self, index: u8) -> [u8; 8] {
        let first = usize::from(index & 7) * 8;
        std::array::from_fn(|row| self.cgram[first + row] & 0x1f)
    }

    /// Returns whether the display is on.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Returns the address with the underline, if the underline is on and the address counter
    /// is in the display's RAM.
    pub fn cursor(&self) -> Option<u8> {
        (self.cursor && !self.addresses_cgram).then_some(self.address)
    }

    /// Returns the address that blinks, under the conditions of [`cursor`](Self::cursor).
    pub fn blink(&self) -> Option<u8> {
        (self.blink && !self.addresses_cgram).then_some(self.address)
    }

    /// Returns whether a blinking position is all dark at `now`: it changes every 409.6 ms at
    /// 250 kHz. (Display on/off control.)
    pub fn is_dark_phase(&self, now: Instant) -> bool {
        let half_period = 409_600 * 250_000 / u64::from(self.oscillator);
        now.as_micros() / half_period.max(1) % 2 == 1
    }

    /// Returns the number of violations.
    pub fn violations(&self) -> u64 {
        self.violations
    }

    /// Returns the first few violations.
    pub fn log(&self) -> &[Violation] {
        &self.log
    }

    /// Returns how often E fell with R/W high. The model does not drive the pins: programs
    /// that read are not supported.
    pub fn reads(&self) -> u64 {
        self.reads
    }

    pub(super) fn note(&mut self, at: Instant, pins: Pins, kind: ViolationKind) {
        self.violations += 1;
        if self.log.len() < LOGGED {
            self.log.push(Violation { at, pins, kind });
        }
    }

    /// Executes an instruction, and returns its duration in µs at 270 kHz.
    /// (Table 6.)
    fn execute(&mut self, code: u8) -> u64 {
        const SHORT: u64 = 37;
        const LONG: u64 = 1_520;
        let bit = |n: u32| code >> n & 1 == 1;
        // The highest set bit identifies an instruction.
        let highest = 7_u32.checked_sub(code.leading_zeros());
        if highest == Some(5) {
            let length_changed = self.eight_bits != bit(4);
            self.eight_bits = bit(4);
            self.at_head |= length_changed;
            // "From this point, the function set instruction cannot be executed
            // unless the interface data length is changed."
            if self.at_head {
                // The 5 x 10 dot font does not fit commercial glasses.
                self.two_lines = bit(3);
            }
            return SHORT;
        }
        self.at_head = false;
        match highest {
            None => {}
            Some(0) => {
                self.clear();
                return LONG;
            }
            Some(1) => {
                self.home();
                return LONG;
            }
            Some(2) => (self.increments, self.shifts) = (bit(1), bit(0)),
            Some(3) => (self.on, self.cursor, self.blink) = (bit(2), bit(1), bit(0)),
            Some(4) if bit(3) => self.shift_display(!bit(2)),
            Some(4) => self.step(bit(2)),
            Some(6) => (self.address, self.addresses_cgram) = (code & 0x3f, true),
            _ => {
                self.address = self.existing(code & 0x7f);
                self.addresses_cgram = false;
            }
        }
        SHORT
    }

    fn write(&mut self, data: u8) -> u64 {
        self.at_head = false;
        if self.addresses_cgram {
            self.cgram[usize::from(self.address & 0x3f)] = data;
        } else {
            self.ddram[usize::from(self.address)] = data;
            if self.shifts {
                self.shift_display(self.increments);
            }
        }
        self.step(self.increments);
        41 // 37, and 4 until the address counter has moved.
    }

    /// Clears the display, and sets the direction to increment.
    fn clear(&mut self) {
        self.ddram = [b' '; 128];
        self.increments = true;
        self.home();
    }

    fn home(&mut self) {
        (self.address, self.addresses_cgram, self.shift) = (0, false, 0);
    }

    /// Shifts the display by one position, to the left or to the right.
    fn shift_display(&mut self, left: bool) {
        let length = if self.two_lines { 40 } else { 80 };
        self.shift = (self.shift + if left { 1 } else { length - 1 }) % length;
    }

    /// Moves the address counter by one.
    fn step(&mut self, up: bool) {
        let address = self.address;
        self.address = if self.addresses_cgram {
            (if up { address.wrapping_add(1) } else { address.wrapping_sub(1) }) & 0x3f
        } else {
            match (self.two_lines, up, address) {
                (true, true, _) => self.existing(address + 1),
                (true, false, 0) => 0x67,
                (true, false, 0x40) => 0x27,
                (false, true, _) => self.existing(address + 1),
                (false, false, 0) => 0x4f,
                (_, false, _) => address - 1,
            }
        };
    }

    /// Returns the first existing address from this one on.
    fn existing(&self, address: u8) -> u8 {
        match (self.two_lines, address) {
            (true, 0x28..=0x3f) => 0x40,
            (true, 0x68..) | (false, 0x50..) => 0,
            _ => address,
        }
    }
}

#[cfg(test)]
mod tests;
