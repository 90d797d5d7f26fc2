//! Commands to receivers with a chip of MediaTek, and their replies.
//!
//! These are the receivers whose commands begin with `PMTK`: MT3318, MT3329, MT3333, MT3339 and
//! the modules that contain them. A [`Command`] is a value that is in the receiver's range by its
//! type. A [`Reply`] is read from a sentence. Both are pure: they wait for nothing.
//!
//! ```
//! use tickwire_drivers::gps::Framer;
//! use tickwire_drivers::gps::mtk::{Command, Rates, Reply, Verdict};
//!
//! let command = Command::Rates(Rates::USUAL);
//! let sent = command.encode();
//! assert_eq!(sent.as_bytes(), b"$PMTK314,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0*2D\r\n");
//!
//! let mut framer = Framer::<80>::new();
//! let (_, sentence) = framer.push_all(b"$PMTK001,314,3*36\r\n");
//! let reply = Reply::of(sentence.unwrap()).unwrap();
//! assert_eq!(command.answer(&reply), Some(Verdict::Succeeded));
//! ```
//!
//! # Answers
//!
//! A reply has no number of its own, so it answers the command that waits if its kind fits:
//!
//! | command | is answered by |
//! | --- | --- |
//! | 000, 161, 220, 300, 301, 313, 314, 353, 386, 397 | 001 with its number |
//! | 101 to 104 | 010,001 (started), or 001 with its number |
//! | 414 | 514, or a 001 with its number that refuses |
//! | 605 | 705, or a 001 with its number that refuses |
//! | `PGCMD,33` | `PGACK,33` with its value; if reports are turned on, `PGTOP,11` as well |
//! | 251 | nothing for certain. A sentence at the new speed proves it: [`SpeedChange`] |
//!
//! A reply that comes late or twice answers a later command of the same number. Send one command
//! at a time. To be certain of a setting, ask for it.
//!
//! # Sources
//!
//! GlobalTop, *PMTK command packet*, revision A11, and Quectel, *L76 series GNSS protocol
//! specification*, for 353. `PGCMD`, `PGACK` and `PGTOP` are of GlobalTop's *FGPMMOPA6H* data
//! sheet. Nothing here has been tried with a receiver.

mod answer;
mod command;
mod rates;
mod reply;
mod speed;
mod values;

pub(super) use answer::Answers;
pub use command::{Command, LONGEST};
pub use rates::{Every, Output, Rates};
pub use reply::{Ack, Antenna, Reply, System, Verdict, Version};
pub use speed::{SpeedChange, Step};
pub use values::{Baud, Differential, Interval, Restart, Systems, Threshold};
