use embassy_executor::SendSpawner;
use tickwire_exec_embassy::{Arena, ArenaTask};
use tickwire_traits::SpawnError;

static ARENA: Arena<64, 1> = Arena::new();

pub fn start(spawner: SendSpawner) -> Result<ArenaTask, SpawnError> {
    let shared = std::rc::Rc::new(1);
    ARENA.bind(spawner)?.spawn(async move { drop(shared) })
}

fn main() {
    std::hint::black_box(start as fn(_) -> _);
}
