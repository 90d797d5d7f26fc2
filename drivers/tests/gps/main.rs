//! The GPS driver, from outside.
#![cfg(feature = "gps")]

mod hostile;
mod sentences;
mod shell;
mod vectors;
