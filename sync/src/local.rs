//! Primitives for the tasks of one executor. Locking costs nothing.
//!
//! Each name is the primitive of the same name in the [crate root](crate), with
//! [`NoopRawMutex`](crate::NoopRawMutex) as its raw mutex. The compiler rejects them in a
//! `static` and in another thread; use [`shared`](crate::shared) there.
//!
//! ```
//! use futures_util::future::join;
//! use tickwire_sim::Sim;
//! use tickwire_sync::local;
//!
//! let samples = local::Queue::<u16, 2>::new();
//! let total = local::Mutex::new(0);
//! Sim::new().run(join(
//!     async {
//!         for sample in [5, 6, 7] {
//!             samples.push(sample).await;
//!         }
//!     },
//!     async {
//!         for _ in 0..3 {
//!             *total.lock().await += samples.pop().await;
//!         }
//!     },
//! ));
//! assert_eq!(total.into_inner(), 18);
//! ```

use crate::aliases::aliases;

aliases!(NoopRawMutex);
