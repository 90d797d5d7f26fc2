//! The backend on the bench: embassy, on this board.

use core::task::Waker;

use embassy_executor::Spawner;
use tickwire_conformance::{Bench, Order, Scratch};
use tickwire_exec_embassy::{Arena, ArenaSpawner, EmbassyClock};
use tickwire_traits::Instant;

use crate::Board;
use crate::interrupt::{Request, ask};

pub(crate) const SLOTS: usize = 6;
pub(crate) const BYTES: usize = 128;

pub(crate) static ARENA: Arena<BYTES, SLOTS> = Arena::new();
static SCRATCH: Scratch = Scratch::new();

pub(crate) struct OnBoard<'a, B> {
    pub(crate) board: &'a B,
    pub(crate) spawner: Spawner,
}

impl<B: Board> Bench for OnBoard<'_, B> {
    type Clock = EmbassyClock;
    type Spawner = ArenaSpawner<BYTES, SLOTS>;

    fn clock(&self) -> EmbassyClock {
        EmbassyClock
    }

    fn spawner(&self) -> Self::Spawner {
        ARENA.with(self.spawner)
    }

    fn scratch(&self) -> &'static Scratch {
        &SCRATCH
    }

    fn wake_elsewhere(&self, waker: Waker) {
        // What is not done now is missed by the check that waits for it.
        ask(self.board, Request::Wake(waker));
    }

    fn slots(&self) -> Option<usize> {
        Some(SLOTS)
    }

    fn order(&self) -> Order {
        Order::Unspecified
    }

    fn stopwatch(&self) -> Instant {
        self.board.stopwatch()
    }
}
