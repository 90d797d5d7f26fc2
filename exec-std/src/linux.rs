//! Waiting on Linux: epoll, timerfd and eventfd.

mod alarms;
mod armed;
mod fd;
mod helper;
mod monotonic;
mod poller;
mod reactor;
mod source;

pub use fd::Fd;
pub(crate) use helper::alarm;
pub(crate) use monotonic::nanos;
pub(crate) use reactor::Reactor;
