//! Ports whose speed can be changed.

use core::pin::pin;

use tickwire_traits::{SetBaud, TimerQueue};

use crate::helpers::poll_once;
use crate::verdict::expect;
use crate::{Unmet, Verdict, watched};

/// Checks a port of the backend, which [`run_all`](crate::run_all) cannot reach.
///
/// `write` writes a few bytes, and does not flush them. `is_sent` returns whether the port has no
/// bytes left to be sent. `speed` sends those that are left, and returns the port's speed in bits
/// per second, as the other end or the operating system knows it. The port supports both `speeds`;
/// no port supports a speed of 0.
///
/// ```
/// use tickwire_conformance::speed;
/// use tickwire_sim::Sim;
/// use tickwire_traits::SetBaud;
///
/// struct Port {
///     speed: u32,
/// }
///
/// impl SetBaud for Port {
///     type Error = &'static str;
///
///     async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), &'static str> {
///         if bits_per_second == 0 {
///             return Err("not supported");
///         }
///         // A UART waits here until its last byte is out.
///         self.speed = bits_per_second;
///         Ok(())
///     }
/// }
///
/// let sim = Sim::new();
/// let (clock, mut port) = (sim.clock(), Port { speed: 9_600 });
/// let write = async |_port: &mut Port| (/* A few bytes. */);
/// let is_sent = |_port: &mut Port| true;
/// let speed = async |port: &mut Port| port.speed;
/// let verdict = speed::of(&clock, &mut port, write, is_sent, speed, [9_600, 115_200]);
/// assert_eq!(sim.run(verdict), Ok(()));
/// ```
///
/// # Errors
///
/// The promise that the port broke.
///
/// # Cancel safety
///
/// Cancel-safe: it borrows the port, and starts no task. The port may have any of the speeds.
pub async fn of<P: SetBaud>(
    clock: &impl TimerQueue,
    port: &mut P,
    write: impl AsyncFnMut(&mut P),
    is_sent: impl FnMut(&mut P) -> bool,
    speed: impl AsyncFnMut(&mut P) -> u32,
    speeds: [u32; 2],
) -> Verdict {
    watched(clock, pin!(unwatched(port, write, is_sent, speed, speeds))).await
}

async fn unwatched<P: SetBaud>(
    port: &mut P,
    mut write: impl AsyncFnMut(&mut P),
    mut is_sent: impl FnMut(&mut P) -> bool,
    mut speed: impl AsyncFnMut(&mut P) -> u32,
    [one, other]: [u32; 2],
) -> Verdict {
    let refused = |_| Unmet::Failed("a port refused a speed that it supports");
    for asked in [one, other, one] {
        let before = speed(port).await;
        write(port).await;
        if poll_once(port.set_baud(asked)).await.is_pending() {
            let kept = is_near(speed(port).await, before);
            expect(kept, "a change that was dropped has changed the speed")?;
        }
        write(port).await;
        port.set_baud(asked).await.map_err(refused)?;
        expect(is_sent(port), "bytes written before a change were left to be sent after it")?;
        expect(is_near(speed(port).await, asked), "a port has another speed than it reported")?;
    }
    expect(port.set_baud(0).await.is_err(), "a port reported a speed of 0")?;
    expect(is_near(speed(port).await, one), "a speed that was refused applies")?;
    port.set_baud(other).await.map_err(refused)?;
    expect(is_near(speed(port).await, other), "a port has another speed than it reported")
}

/// Whether a speed differs by 2.5 % at most.
fn is_near(speed: u32, asked: u32) -> bool {
    speed.abs_diff(asked) <= asked / 40
}
