//! Models of devices, one module per device.
//!
//! A model is written from the device's datasheet, not from a driver. It reports uses that
//! the datasheet forbids, and can inject the faults of a real device. Models are generic
//! over the clock: they run in virtual time and in real time.
//!
//! | device | model | attached to |
//! | --- | --- | --- |
//! | GPS receiver | [`gps::Receiver`] | a byte stream, `embedded_io_async` |
//! | device that answers commands, AT modem | [`half_duplex::Device`] | a byte stream, `embedded_io_async` |
//! | HD44780 character display | [`hd44780::Display`] | [wires](crate::Wire), or an [I²C bus](crate::i2c) behind a PCF8574 |
//! | HTU21D humidity sensor | [`htu21d::Htu21d`] | an [I²C bus](crate::i2c) |
//! | EC11 rotary encoder with a push contact, KY-040 | [`knob::Knob`] | [wires](crate::Wire) |
//! | infrared remote control, NEC's protocol | [`nec::Remote`] | a [wire](crate::Wire): the output of a receiver module |
//! | Keypad, with or without diodes | [`keypad::Keypad`] | [wires](crate::Wire) |
//! | MCP3008 analog-to-digital converter | [`mcp3008::Mcp3008`] | an [SPI bus](crate::spi) |
//!
//! A potentiometer, or any other voltage, is an [`analog::Source`](crate::analog::Source): an
//! `AnalogInput` itself, or the input of a model.

pub mod gps;
pub mod half_duplex;
pub mod hd44780;
pub mod htu21d;
pub mod keypad;
pub mod knob;
pub mod mcp3008;
pub mod nec;
