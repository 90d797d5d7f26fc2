//! The GPS driver, by its public API.
#![cfg(feature = "gps")]

mod angles;
mod extended;
#[cfg(feature = "nmea")]
mod form;
mod hostile;
mod hub;
mod hub_any;
#[cfg(feature = "nmea")]
mod more_oracle;
mod mtk;
mod odd_fields;
#[cfg(feature = "nmea")]
mod oracle;
mod other;
mod pps;
mod random;
mod satellites;
mod send;
mod sentences;
mod sets;
mod shell;
mod shown;
#[cfg(feature = "nmea")]
mod sky_oracle;
mod speed;
mod splits;
mod status;
mod vectors;
