//! Async drivers for real hardware, generic over pins, buses and clocks.
//!
//! | module | device | takes |
//! | --- | --- | --- |
//! | [`switch`] | a debounced contact | an [`EdgeInput`](tickwire_traits::EdgeInput), a clock |
//! | [`button`] | a pushbutton: clicks, double clicks, long presses | the same, or a [contact source](contact) |
//! | [`keypad`] | keys in rows and columns | `OutputPin`s, pins with `Wait` or without, a clock |
//! | [`encoder`] | a knob, or the wheel of a motor | [`TwoLines`](tickwire_traits::TwoLines), a clock |
//! | `gps` | a GPS receiver that speaks NMEA 0183 | an `embedded_io_async::Read`, a clock |
//! | [`htu21d`] | a hygrometer and thermometer | an embedded-hal-async `I2c`, a `DelayNs` |
//! | [`hd44780`] | a character display | `OutputPin`s or an `I2c`, a `DelayNs` |
//! | [`nec`] | an infrared remote control, received: NEC's protocol | an [`Edges`](tickwire_traits::Edges) of one line, a clock |
//! | | the same, sent | a [`Carrier`](nec::Carrier), which may be a PWM channel or an `OutputPin`, a clock |
//! | [`analog_watch`] | a voltage that leaves a band, or enters it | an [`AnalogInput`](tickwire_traits::AnalogInput), a clock |
//! | [`ladder`] | several buttons on one analog input: a [contact source](contact) | the same |
//! | [`touch`] | a pad that a finger touches: a [contact source](contact) | the same |
//! | [`led`] | a light: flashes, patterns, fades | an `OutputPin` or a `SetDutyCycle`, a clock |
//! | [`mcp3008`] | an analog-to-digital converter | an embedded-hal-async `SpiDevice` |
//! | [`stream`] | any bytes on a wire: lines, records, frames, blocks | an `embedded_io_async::Read` |
//! | | commands and answers; the messages of many tasks | also a `Write`, a clock |
//!
//! [`civil`] has the date and time types that drivers share.
//!
//! Decisions are made by pure code that takes the time as an argument; a thin shell waits.
//! No module depends on an executor, a board or an allocator.
//!
//! [`PolledEdges`](tickwire_traits::PolledEdges) makes an `EdgeInput` of a pin that has only
//! embedded-hal-async's `Wait`; [`Delay`](tickwire_traits::Delay) makes a `DelayNs` of any
//! tickwire clock.
//!
//! # Two drivers on one bus
//!
//! Each driver owns its bus. To share a bus, give each driver its own handle.
//! `tickwire_sync::SharedBus` makes handles for I²C and for SPI; a transfer waits for its turn
//! without being polled. Any other handle that implements `I2c` works as well.
//!
//! ```
//! use std::{cell::RefCell, rc::Rc};
//! use tickwire_drivers::hd44780::{Lcd, Pcf8574};
//! use tickwire_drivers::htu21d::{self, Htu21d};
//! use tickwire_sim::{Sim, i2c, models::hd44780::Display};
//! use tickwire_sync::{gather, local};
//! use tickwire_traits::Delay;
//!
//! let sim = Sim::new();
//! let delay = || Delay(sim.clock());
//! let display = Display::new(sim.clock(), 16, 2);
//! let mut i2c = i2c::Bus::new(sim.clock()).with_speed(100_000);
//! i2c.attach(0x27, display.backpack());
//! i2c.attach(htu21d::ADDRESS, Rc::new(RefCell::new(tickwire_sim::models::htu21d::Htu21d::new())));
//!
//! let bus = local::SharedBus::new(i2c);
//! let mut sensor = Htu21d::new(bus.i2c(), delay());
//! let mut lcd = Lcd::<_, _, 16, 2>::new(Pcf8574::new(bus.i2c()), delay());
//! lcd.set_line(0, "measuring");
//! sim.run(async {
//!     let (climate, shown) = gather((sensor.measure(), lcd.flush())).await;
//!     shown.unwrap();
//!     lcd.set_line(0, &climate.unwrap().temperature.to_string());
//!     lcd.flush().await.unwrap();
//! });
//! assert_eq!(display.row(0), "20.00           ");
//! ```
//!
//! A limit on a transfer includes its wait for the bus: [`htu21d`] allows 35 ms,
//! [`Pcf8574`](hd44780::Pcf8574) 100 ms by default.
//!
//! # Features
//!
//! `gps`, on by default, builds the module of that name. `nmea` adds the crate `nmea` as a
//! second decoder of its sentences, which costs some 50 KB of flash if used.
//! `defmt` implements `defmt::Format` for values: events, readings, fixes, counters and errors.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

pub mod analog_watch;
pub mod button;
pub mod civil;
pub mod contact;
pub mod encoder;
#[cfg(feature = "gps")]
pub mod gps;
pub mod hd44780;
pub mod htu21d;
pub mod keypad;
pub mod ladder;
pub mod led;
pub mod mcp3008;
pub mod nec;
pub mod stream;
pub mod switch;
pub mod touch;

mod full_scale;
mod span;
mod steady;
mod turns;
mod within;
