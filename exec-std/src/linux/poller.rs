//! The system calls for waiting: one epoll, one timerfd, one eventfd.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};

/// The descriptors on which one thread waits.
///
/// Timer and notice are edge-triggered and never read. Setting the timer makes it
/// unreadable again, and each write to an eventfd is a new edge.
#[derive(Debug)]
pub(crate) struct Poller {
    epoll: OwnedFd,
    timer: OwnedFd,
    notice: OwnedFd,
}

/// An event that the kernel reports.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Timer,
    /// The flags of the source with this key.
    Source(u64, EventFlags),
}

/// The keys of sources are smaller.
const TIMER: u64 = u64::MAX;
const NOTICE: u64 = u64::MAX - 1;

/// Events taken from the kernel by one system call.
const BATCH: usize = 64;

impl Poller {
    pub(crate) fn new() -> io::Result<Self> {
        let this = Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            timer: timerfd_create(
                TimerfdClockId::Monotonic,
                TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
            )?,
            notice: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
        };
        this.add(&this.timer, TIMER, EventFlags::IN | EventFlags::ET)?;
        this.add(&this.notice, NOTICE, EventFlags::IN | EventFlags::ET)?;
        Ok(this)
    }

    /// Ends the wait, from any thread.
    pub(crate) fn notify(&self) {
        // Fails only if the counter is full, after which an event is pending anyway.
        let _ = rustix::io::write(&self.notice, &1_u64.to_ne_bytes());
    }

    /// Sets the timer to fire once, from any thread.
    pub(crate) fn set_timer(&self, left: Duration) {
        // Zero would disarm it.
        let left = left.max(Duration::from_nanos(1));
        let value = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        };
        let spec = Itimerspec { it_interval: Timespec::default(), it_value: value };
        // Cannot fail: the descriptor is a timer and the value is in range.
        let _ = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &spec);
    }

    pub(crate) fn add(&self, fd: impl AsFd, key: u64, flags: EventFlags) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, fd, EventData::new_u64(key), flags)?)
    }

    pub(crate) fn modify(&self, fd: impl AsFd, key: u64, flags: EventFlags) -> io::Result<()> {
        Ok(epoll::modify(&self.epoll, fd, EventData::new_u64(key), flags)?)
    }

    pub(crate) fn delete(&self, fd: impl AsFd) {
        // Fails if the descriptor was closed, which removes it as well.
        let _ = epoll::delete(&self.epoll, fd);
    }

    /// Reports events to `seen`. If `block` is true, waits for the first one.
    pub(crate) fn poll(&self, block: bool, mut seen: impl FnMut(Event)) {
        let mut events = [const { MaybeUninit::uninit() }; BATCH];
        let at_once = Timespec::default();
        let timeout = if block { None } else { Some(&at_once) };
        // A wait that a signal interrupts reports no events.
        let Ok((events, _)) = epoll::wait(&self.epoll, &mut events[..], timeout) else { return };
        for event in events {
            let (key, flags) = (event.data.u64(), event.flags);
            match key {
                NOTICE => {}
                TIMER => seen(Event::Timer),
                _ => seen(Event::Source(key, flags)),
            }
        }
    }
}
