use embassy_executor::Spawner;
use tickwire_exec_embassy::{Arena, ArenaTask};
use tickwire_traits::{Spawn, SpawnError};
use critical_section as _;

static ARENA: Arena<64, 1> = Arena::new();

pub fn start(spawner: Spawner) -> Result<ArenaTask, SpawnError> {
    ARENA.with(spawner).spawn(core::future::pending())
}

fn main() {
    std::hint::black_box(start as fn(_) -> _);
}
