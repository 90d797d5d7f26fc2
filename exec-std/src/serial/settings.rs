//! Settings of a serial line.

use std::fmt;
use std::io;

use serial2::{CharSize, FlowControl, Parity, StopBits};

/// Settings of a serial line.
///
/// ```
/// use tickwire_exec_std::serial::{Parity, Settings};
///
/// let meter = Settings { parity: Parity::Even, ..Settings::new(115_200) };
/// assert_eq!(meter.to_string(), "115200 baud, 8E1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// In bits per second. On Linux, any rate that the hardware supports; other systems
    /// may support the standard rates only.
    pub baud_rate: u32,
    /// Data bits per character.
    pub char_size: CharSize,
    /// Parity bit of a character.
    ///
    /// The kernel silently drops a character whose parity or stop bit is wrong, and a
    /// break. Bytes are missing then, so a protocol needs a checksum of its own. The
    /// kernel's driver counts these errors (Linux: `TIOCGICOUNT`).
    pub parity: Parity,
    /// Stop bits after each character.
    pub stop_bits: StopBits,
    /// How the other end reports that it is full.
    pub flow_control: FlowControl,
    /// Whether nobody else may open the port while it is open. On by default.
    ///
    /// The port is locked (`flock`), which stops programs that lock it too, and reserved
    /// (`TIOCEXCL`), which stops all others, except those of root.
    pub exclusive: bool,
}

impl Settings {
    /// Creates settings with 8 data bits, no parity, one stop bit, and no flow control, for
    /// exclusive use.
    pub const fn new(baud_rate: u32) -> Self {
        Self {
            baud_rate,
            char_size: CharSize::Bits8,
            parity: Parity::None,
            stop_bits: StopBits::One,
            flow_control: FlowControl::None,
            exclusive: true,
        }
    }

    pub(super) fn apply(self, raw: &mut serial2::Settings) -> io::Result<()> {
        raw.set_raw();
        raw.set_baud_rate(self.baud_rate)?;
        raw.set_char_size(self.char_size);
        raw.set_parity(self.parity);
        raw.set_stop_bits(self.stop_bits);
        raw.set_flow_control(self.flow_control);
        Ok(())
    }

    pub(super) fn read_back(raw: &serial2::Settings, exclusive: bool) -> io::Result<Self> {
        Ok(Self {
            baud_rate: raw.get_baud_rate()?,
            char_size: raw.get_char_size()?,
            parity: raw.get_parity()?,
            stop_bits: raw.get_stop_bits()?,
            flow_control: raw.get_flow_control()?,
            exclusive,
        })
    }
}

/// The usual short form: `9600 baud, 7E2, RTS/CTS`.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parity = match self.parity {
            Parity::None => 'N',
            Parity::Even => 'E',
            Parity::Odd => 'O',
        };
        let (bits, stop) = (self.char_size.as_u8(), self.stop_bits.as_u8());
        write!(f, "{} baud, {bits}{parity}{stop}", self.baud_rate)?;
        f.write_str(match self.flow_control {
            FlowControl::None => "",
            FlowControl::XonXoff => ", XON/XOFF",
            FlowControl::RtsCts => ", RTS/CTS",
        })
    }
}
