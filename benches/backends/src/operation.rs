use core::fmt::{self, Display};

/// What an executor is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A task yields, and is polled again among so many that do the same.
    Switch {
        /// How many tasks take turns.
        tasks: u32,
    },
    /// A task is spawned, does nothing, and its spawner learns that it ended.
    Spawn,
    /// A task sleeps while nothing else runs, and wakes.
    Sleep,
    /// A task sleeps until a moment at which others wake as well, and wakes.
    Fire {
        /// How many tasks sleep.
        tasks: u32,
    },
    /// A task sets a timer for an hour, yields once, and gives the timer up.
    GiveUp {
        /// How many tasks do so in turn.
        tasks: u32,
    },
    /// A lock goes from one task to another that waits for it. Each yields twice: once with
    /// the lock, so that the other has to wait, and once without it.
    HandOver,
    /// An item goes through a queue of [`CAPACITY`](crate::CAPACITY) places from one task to
    /// another.
    Queue,
    /// A task waits, an edge comes from outside of the executor, and the task has it.
    Edge,
    /// A task waits, [`CHUNK`](crate::CHUNK) bytes are sent through a pipe or a serial line,
    /// and the task has them.
    Chunk,
}

/// All operations, in the order in which [`measure`](crate::measure) does them.
pub const OPERATIONS: [Operation; 16] = {
    use Operation::{Chunk, Edge, Fire, GiveUp, HandOver, Queue, Sleep, Spawn, Switch};
    [
        Switch { tasks: 1 },
        Switch { tasks: 10 },
        Switch { tasks: 100 },
        Switch { tasks: 1_000 },
        Spawn,
        Sleep,
        Fire { tasks: 10 },
        Fire { tasks: 100 },
        Fire { tasks: 1_000 },
        GiveUp { tasks: 10 },
        GiveUp { tasks: 100 },
        GiveUp { tasks: 1_000 },
        HandOver,
        Queue,
        Edge,
        Chunk,
    ]
};

impl Operation {
    /// Little and much work, in operations of all tasks together. Both are multiples of the
    /// number of tasks. On boards it is less: emulators are slow, and their counts exact.
    #[must_use]
    pub const fn times(self) -> [u32; 2] {
        const BOARD: bool = !cfg!(feature = "host");
        match self {
            Self::Switch { .. } | Self::GiveUp { .. } if BOARD => [400, 2_400],
            Self::Switch { .. } | Self::GiveUp { .. } => [2_000, 12_000],
            Self::Spawn | Self::HandOver | Self::Queue if BOARD => [100, 600],
            Self::Spawn | Self::HandOver | Self::Queue => [1_000, 6_000],
            Self::Edge | Self::Chunk if BOARD => [20, 120],
            // These take as much time as they sleep.
            Self::Fire { tasks } => [tasks, 5 * tasks],
            Self::Sleep => [10, 60],
            Self::Edge | Self::Chunk => [100, 600],
        }
    }

    /// How many tasks take part at once, apart from the one that starts them.
    #[must_use]
    pub const fn tasks(self) -> u32 {
        match self {
            Self::Switch { tasks } | Self::Fire { tasks } | Self::GiveUp { tasks } => tasks,
            Self::Spawn => 1,
            Self::HandOver | Self::Queue => 2,
            Self::Sleep | Self::Edge | Self::Chunk => 0,
        }
    }
}

impl Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch { tasks: 1 } => f.write_str("switch of 1 task"),
            Self::Switch { tasks } => write!(f, "switch among {tasks} tasks"),
            Self::Spawn => f.write_str("spawn to end"),
            Self::Sleep => f.write_str("sleep"),
            Self::Fire { tasks } => write!(f, "timer of {tasks} fires"),
            Self::GiveUp { tasks } => write!(f, "timer of {tasks} given up"),
            Self::HandOver => f.write_str("lock handed over"),
            Self::Queue => f.write_str("item through a queue"),
            Self::Edge => f.write_str("edge"),
            Self::Chunk => write!(f, "{} bytes", crate::CHUNK),
        }
    }
}
