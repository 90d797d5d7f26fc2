//! Devices as another project would write them, after section 6.4 of the tutorial. The guide is
//! the [README](https://github.com/tickwire/tickwire/tree/main/examples/own-devices).
//!
//! | device | waits by |
//! | --- | --- |
//! | [`MillisecTimer`] | a deadline |
//! | [`PinCall`] | the edges of a pin |
//! | [`PolledPin`] | looking at a pin at a period |
//! | [`Mailbox`] | an interrupt, or polling |
#![no_std]
#![forbid(unsafe_code)]

mod mailbox;
mod millisec_timer;
mod pin_call;
mod polled_pin;

pub use mailbox::{Inbox, Mailbox, Outbox};
pub use millisec_timer::MillisecTimer;
pub use pin_call::PinCall;
pub use polled_pin::PolledPin;

/// Runs the examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Guide;
