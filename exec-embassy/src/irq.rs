//! Edges that interrupts leave for tasks, with embassy's clock.

use tickwire_sync::shared;

use crate::EmbassyClock;

/// Edges of a pin, or of several in one order, timestamped by an interrupt: [`IrqEdges`]
/// of `tickwire-sync`, with embassy's clock.
///
/// [`IrqEdges`]: tickwire_sync::IrqEdges
///
/// Most of embassy's HALs handle the interrupts of their pins themselves. For such a pin, a
/// task on an interrupt executor awaits `watch`.
///
/// ```
/// # mod host { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/host/mod.rs")); }
/// use embedded_hal::digital::PinState;
/// use std::thread;
/// use std::time::Duration;
/// use tickwire_exec_embassy::{EmbassyClock, IrqEdges};
/// use tickwire_traits::{Clock, Edges};
///
/// static DOOR: IrqEdges<16> = IrqEdges::new(PinState::High, EmbassyClock);
///
/// # host::run(async |_| {
/// let mut pin = DOOR.claim().unwrap();
/// pin.arm().unwrap();
/// // Where an interrupt would be:
/// thread::spawn(|| DOOR.record(PinState::Low)).join().unwrap();
/// thread::sleep(Duration::from_millis(50)); // Busy with other work.
/// let edge = pin.edge().await.unwrap();
/// assert_eq!((edge.level, edge.missed), (PinState::Low, 0));
/// assert!((EmbassyClock.now() - edge.at).as_millis() >= 50);
/// # });
/// ```
pub type IrqEdges<const N: usize, L = ()> = shared::IrqEdges<EmbassyClock, N, L>;

/// The right to read the edges of an [`IrqEdges`], for a driver to own.
///
/// ```
/// use embedded_hal::digital::PinState;
/// use tickwire_exec_embassy::{EmbassyClock, IrqEdges, IrqInput};
/// use tickwire_traits::Side;
///
/// static KNOB: IrqEdges<64, Side> = IrqEdges::new(PinState::High, EmbassyClock);
///
/// let lines: IrqInput<'_, 64, Side> = KNOB.claim().unwrap();
/// assert!(KNOB.claim().is_none());
/// # // It brings the time driver.
/// # use embassy_time as _;
/// # drop(lines);
/// ```
pub type IrqInput<'a, const N: usize, L = ()> = shared::IrqInput<'a, EmbassyClock, N, L>;
