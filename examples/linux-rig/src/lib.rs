//! Devices for tests on a Linux kernel that has none.
//!
//! The program `i2c-bus` makes `/dev/i2c-1`, a bus with an HTU21D and an HD44780 behind a
//! PCF8574. It plays the models of `tickwire-sim` in real time. [`i2c_bus`] commands it, from
//! another process. The tests in `tests/drivers` run drivers on such devices.
//!
//! `cargo xtask linux-rig` starts both in the kernel.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

pub mod adapter;
pub mod cuse;
pub mod i2c_bus;
pub mod i2c_dev;
