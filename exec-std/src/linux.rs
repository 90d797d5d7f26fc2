//! Waiting on Linux: epoll, timerfd and eventfd.

mod alarms;
mod armed;
mod fd;
mod helper;
mod poller;
mod reactor;
mod source;

pub use fd::Fd;
pub(crate) use helper::alarm;
pub(crate) use reactor::Reactor;
