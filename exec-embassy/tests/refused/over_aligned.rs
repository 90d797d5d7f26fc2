use embassy_executor::Spawner;
use tickwire_exec_embassy::{Arena, ArenaTask};
use tickwire_traits::{Spawn, SpawnError};

static ARENA: Arena<64, 1> = Arena::new();

#[repr(align(16))]
struct Wide([u8; 16]);

pub fn start(spawner: Spawner) -> Result<ArenaTask, SpawnError> {
    let wide = Wide([0; 16]);
    ARENA.with(spawner).spawn(async move {
        let _wide = &wide;
    })
}

fn main() {
    std::hint::black_box(start as fn(_) -> _);
}
