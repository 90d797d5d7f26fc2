//! A change of a UART's speed while its halves are in use.

use embassy_rp::clocks::clk_peri_freq;
use embassy_rp::pac::uart::regs::{Uartfbrd, Uartibrd};
use embassy_rp::pac::uart::{Uart, regs::Uartcr};
use embassy_rp::uart::BufferedUartTx;
use tickwire_exec_embassy::EmbassyClock;
use tickwire_traits::{Duration, Timer};

/// The UART cannot have a speed that is near enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported;

/// A byte, and half of the next one.
const BITS: u32 = 15;

/// Changes the speed of a UART, for `tickwire_traits::baud::from_fn`.
///
/// embassy-rp 0.10 has such a function only for a UART that is not split, and it blocks.
/// `uart` has to be that of `tx`.
///
/// # Cancel safety
///
/// Cancel-safe: the speed changes only in the poll that returns.
pub async fn set(
    tx: &mut BufferedUartTx,
    uart: Uart,
    bits_per_second: u32,
) -> Result<(), Unsupported> {
    let (whole, fraction) = divisor(clk_peri_freq(), bits_per_second).ok_or(Unsupported)?;
    // `flush` returns when the UART's own queue has the last byte.
    while tx.busy() {
        EmbassyClock.sleep(Duration::from_micros(500)).await;
    }
    // PL011 Technical Reference Manual, 3.3.6: no byte may be under way, and the UART is off.
    let _off = Off::new(uart);
    EmbassyClock.sleep(bits(uart)).await;
    // No await below.
    uart.uartibrd().write_value(Uartibrd(whole));
    uart.uartfbrd().write_value(Uartfbrd(fraction));
    // A write to this register takes over the divisor.
    uart.uartlcr_h().modify(|_| {});
    Ok(())
}

/// Returns the divisor, in whole numbers and 64ths. None if the speed would differ by more than
/// 2.5 %.
fn divisor(clock: u32, bits_per_second: u32) -> Option<(u32, u32)> {
    let of_64ths = |divided: u64| divided.checked_div(bits_per_second.into());
    let parts = of_64ths(u64::from(clock) * 4 + u64::from(bits_per_second / 2))?;
    // From 1 to 65 535. At 1 and more, a 64th is 1.6 %, so the nearest one is off by 0.8 %.
    let fits = (64..65_535 * 64).contains(&parts);
    fits.then_some(((parts / 64) as u32, (parts % 64) as u32))
}

/// Returns the time of a byte and a half at the present speed, in which one that is being
/// received ends.
fn bits(uart: Uart) -> Duration {
    let parts = uart.uartibrd().read().0 * 64 + uart.uartfbrd().read().0;
    let kilohertz = (clk_peri_freq() / 1_000).max(1);
    Duration::from_micros(u64::from(BITS) * u64::from(parts) * 250 / u64::from(kilohertz))
}

/// A UART that is off until this is dropped.
struct Off {
    uart: Uart,
    before: Uartcr,
}

impl Off {
    fn new(uart: Uart) -> Self {
        let before = uart.uartcr().read();
        uart.uartcr().modify(|register| register.set_uarten(false));
        Self { uart, before }
    }
}

impl Drop for Off {
    fn drop(&mut self) {
        self.uart.uartcr().write_value(self.before);
    }
}
