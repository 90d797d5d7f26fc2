//! Primitives for interrupts, threads and other cores. Locking is a critical section.
//!
//! Each name is the primitive of the same name in the [crate root](crate), with
//! [`CriticalSectionRawMutex`](crate::CriticalSectionRawMutex) as its raw mutex. Each
//! constructor is `const`, so a primitive can be a `static`.
//!
//! ```
//! use tickwire_sim::Sim;
//! use tickwire_sync::shared;
//!
//! static SAMPLES: shared::RingQueue<u16, 8> = shared::RingQueue::new();
//! static STOP: shared::Flag = shared::Flag::new();
//!
//! fn on_conversion(sample: u16) { // The interrupt handler.
//!     SAMPLES.push(sample);
//!     STOP.set();
//! }
//!
//! on_conversion(517);
//! Sim::new().run(async {
//!     STOP.wait().await;
//!     assert_eq!(SAMPLES.pop().await, 517);
//! });
//! ```

use crate::aliases::aliases;

aliases!(CriticalSectionRawMutex);
