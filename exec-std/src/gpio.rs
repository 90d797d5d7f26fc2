//! GPIO lines of Linux boards, through the kernel's character device.
//!
//! A [`Line`] says where a line is. [`Input`], [`InputPair`], [`InputGroup`] and [`Output`]
//! claim it until they are dropped. They need Linux 5.10 or later.
//!
//! ```no_run
//! use embedded_hal::digital::StatefulOutputPin;
//! use tickwire_exec_std::gpio::{Bias, Error, Input, InputSettings, Line, Output, OutputSettings};
//! use tickwire_exec_std::run;
//! use tickwire_traits::Edges;
//!
//! // Not run: it needs a board with a button and a light.
//! let pull_up = InputSettings { bias: Some(Bias::PullUp), ..InputSettings::DEFAULT };
//! let mut button = Input::open(&Line::named("GPIO17")?, pull_up)?;
//! let mut light = Output::open(&Line::at("/dev/gpiochip0", 27), OutputSettings::DEFAULT)?;
//! run(async |_| {
//!     for _ in 0..10 {
//!         let edge = button.edge().await?;
//!         println!("{:?} at {} µs", edge.level, edge.at.as_micros());
//!         light.toggle()?;
//!     }
//!     Ok::<_, Error>(())
//! })?;
//! # Ok::<_, Error>(())
//! ```
//!
//! # Active low
//!
//! With `active_low`, `High` means active wherever a level is named: in reads, edges and
//! waits of inputs, in writes and the initial level of outputs. The line itself is then low
//! while it is active.
//!
//! # Waits and system calls
//!
//! Inputs wait through [`Fd`](crate::Fd), so they may be awaited wherever an `Fd` may.
//! An edge takes one wait and one read, which returns up to 8 edges. Reading or writing a
//! level, or reading those of a group, is one system call, which does not wait.

mod edge_queue;
mod error;
mod input;
mod line;
mod output;
mod request;
mod several;

#[doc(no_inline)]
pub use gpiocdev::line::{Bias, Drive};

pub use error::Error;
pub use input::{Input, InputSettings};
pub use line::Line;
pub use output::{Output, OutputSettings};
pub use several::{InputGroup, InputPair};
