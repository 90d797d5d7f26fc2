//! Every short sequence of what can be done to a primitive, with up to four
//! tasks: each is polled or dropped at any moment, and after each step the
//! primitive is compared with a model that has no wakers, no pins and no links.
//!
//! The model says who is woken by a step, in which order; nobody else may be, so
//! nobody is stranded, passed by or polled for nothing.
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
