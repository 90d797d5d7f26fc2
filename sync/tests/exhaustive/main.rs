//! Every short sequence of operations on a primitive, with up to four tasks: each is
//! polled or dropped at any moment, and after each step the primitive is compared with a
//! model that has no wakers, no pins and no links.
//!
//! The model defines which tasks a step wakes, in which order. No other task may be
//! woken, so none is stranded, overtaken or polled needlessly.
#![forbid(unsafe_code)]

mod choices;
mod harness;
mod model;

mod barrier;
mod barrier_closures;
mod broker;
mod condition;
mod delay;
mod event;
mod flag;
mod message;
mod mutex;
mod queue;
mod ring_queue;
mod semaphore;
