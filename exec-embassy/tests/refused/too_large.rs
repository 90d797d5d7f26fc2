use embassy_executor::Spawner;
use tickwire_exec_embassy::{Arena, ArenaTask};
use tickwire_traits::{Spawn, SpawnError};

static ARENA: Arena<64, 1> = Arena::new();

pub fn start(spawner: Spawner) -> Result<ArenaTask, SpawnError> {
    let page = [0_u8; 128];
    ARENA.with(spawner).spawn(async move {
        core::future::pending::<()>().await;
        core::hint::black_box(&page);
    })
}

fn main() {
    std::hint::black_box(start as fn(_) -> _);
}
