//! What is measured, whose, and what may come out.

use std::task::Waker;

pub(crate) use embassy_sync::blocking_mutex::raw::{
    CriticalSectionRawMutex as CriticalE, NoopRawMutex as NoopE,
};
pub(crate) use tickwire_sync::{CriticalSectionRawMutex as CriticalT, NoopRawMutex as NoopT};

/// One figure: what is done, behind which lock, by whose primitive, and how: so
/// many times, with this waker.
pub(crate) struct Case(
    pub(crate) Operation,
    pub(crate) Raw,
    pub(crate) Who,
    pub(crate) fn(u32, &Waker),
);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    PlainWake,
    Lock,
    LockWith,
    HandOver,
    Acquire,
    Event,
    Flag,
    TryPush,
    Push,
    Retrigger,
    Child,
}

/// What keeps contexts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raw {
    Noop,
    Critical,
    /// Whatever the primitive brings with it: atomics, or the standard library's
    /// mutex. It stands beside both of the others.
    Own,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Tickwire,
    /// The same primitives, all children polled: `gather`.
    Gather,
    Embassy,
    Maitake,
    AsyncLock,
    Tokio,
    Futures,
    /// The same, all children polled: `join_all`.
    JoinAll,
}

impl Operation {
    pub(crate) const ALL: [Self; 11] = [
        Self::PlainWake,
        Self::Lock,
        Self::LockWith,
        Self::HandOver,
        Self::Acquire,
        Self::Event,
        Self::Flag,
        Self::TryPush,
        Self::Push,
        Self::Retrigger,
        Self::Child,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PlainWake => "a plain wake",
            Self::Lock => "lock and unlock, uncontended",
            Self::LockWith => "lock with a closure, uncontended",
            Self::HandOver => "hand-over: unlock to the waiter's poll",
            Self::Acquire => "semaphore: acquire and release",
            Self::Event => "event: set to the waiter's poll",
            Self::Flag => "flag: set to the waiter's poll",
            Self::TryPush => "queue: try_push to the receiver's poll",
            Self::Push => "queue: push().await to the receiver's poll",
            Self::Retrigger => "trigger of a running delay",
            Self::Child => "wake of one of five children, to its poll",
        }
    }

    /// How many instructions ours may take where nobody is kept apart.
    pub(crate) fn bound(self) -> Option<u64> {
        match self {
            Self::Lock | Self::LockWith => Some(30),
            Self::HandOver | Self::Retrigger => Some(60),
            Self::TryPush | Self::Push => Some(90),
            Self::Event | Self::Flag => Some(40),
            Self::PlainWake | Self::Acquire | Self::Child => None,
        }
    }

    /// Whether somebody is woken by it.
    pub(crate) fn wakes(self) -> bool {
        !matches!(self, Self::Lock | Self::LockWith | Self::Acquire | Self::Retrigger)
    }
}

impl Raw {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Noop => "noop",
            Self::Critical => "critical section",
            Self::Own => "",
        }
    }
}
