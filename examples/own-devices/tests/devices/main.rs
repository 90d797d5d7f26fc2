//! Devices of the guide, in virtual time: at every pace, and with each future dropped.
#![forbid(unsafe_code)]

mod mailbox;
mod millisec_timer;
mod pins;
