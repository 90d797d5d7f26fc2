//! Drivers, unchanged, on devices of a Linux kernel: one module per driver.
//!
//! They run in `cargo xtask linux-rig`. Elsewhere they do nothing, and say so.
#![cfg(target_os = "linux")]

mod analog_watch;
mod button;
mod display;
mod encoder;
mod gps;
mod gps_line;
mod gps_send;
mod gps_speed;
mod half_duplex;
mod hd44780;
mod htu21d;
mod keypad;
mod ladder;
mod led;
mod mcp3008;
mod nec;
mod recorder;
#[path = "../../../../exec-std/tests/rig/mod.rs"]
#[allow(dead_code, reason = "the tests of exec-std use more of it")]
mod rig;
mod stream;
mod touch;

use tickwire_exec_std::StdClock;

const CLOCK: StdClock = StdClock::new();
