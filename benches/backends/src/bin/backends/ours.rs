//! Tickwire's backends.

use std::io::{PipeReader, PipeWriter, pipe};
use std::os::unix::net::UnixStream;

use embedded_hal::digital::{OutputPin as _, PinState};
use embedded_hal_async::digital::Wait as _;
use embedded_io_async::{Read as _, Write as _};
use tickwire_backends::{
    CHUNK, Devices, Operation, Ours, Shared, TASKS, begin_then, measure, watched,
};
use tickwire_exec_embassy::{Arena, EmbassyClock};
use tickwire_exec_std::{Fd, StdClock};
use tickwire_sim::uart::{Baud, Port, line};
use tickwire_sim::{Input, Output, Sim, SimClock, Wire};
use tickwire_traits::Clock as _;

use crate::count::Counter;
use crate::{descriptors, embassy};

fn shared() -> &'static Shared {
    Box::leak(Box::default())
}

pub(crate) fn sim(counter: Counter) {
    let sim = Sim::new();
    let clock = sim.clock();
    // A sleep takes no other time than this.
    let now = clock.clone();
    let mut counter = counter.by(move || now.now().as_micros());
    let wire = Wire::new(clock.clone(), PinState::Low);
    let devices = SimDevices {
        input: wire.input(),
        output: wire.output(),
        port: line(clock.clone(), Baud::new(115_200)),
    };
    let (spawner, shared, tasks) = (sim.spawner(), shared(), u32::MAX);
    let mut ours = Ours { spawner, clock, devices, shared, tasks };
    sim.run(watched(measure(&mut ours, &mut counter)));
}

struct SimDevices {
    input: Input<SimClock>,
    output: Output<SimClock>,
    port: (Port<SimClock>, Port<SimClock>),
}

impl Devices for SimDevices {
    fn has(&self, _: Operation) -> bool {
        true
    }

    async fn edge(&mut self) {
        let rise = async { self.output.set_high().expect("the wire does not fail") };
        begin_then(self.input.wait_for_high(), rise).await.expect("the wire does not fail");
        self.output.set_low().expect("the wire does not fail");
    }

    async fn chunk(&mut self) {
        let (near, far) = (&mut self.port.0, &mut self.port.1);
        let mut bytes = [0; CHUNK];
        begin_then(near.read_exact(&mut bytes), far.write_all(&[7; CHUNK]))
            .await
            .expect("nothing is lost");
    }
}

pub(crate) fn exec_std(mut counter: Counter) {
    tickwire_exec_std::run(|spawner| {
        watched(async move {
            let (shared, tasks) = (shared(), u32::MAX);
            let devices = Descriptors::new();
            let mut ours = Ours { spawner, clock: StdClock, devices, shared, tasks };
            measure(&mut ours, &mut counter).await;
        })
    });
}

struct Descriptors {
    edges: Fd<PipeReader>,
    raised: PipeWriter,
    near: Fd<UnixStream>,
    far: Fd<UnixStream>,
}

impl Descriptors {
    fn new() -> Self {
        let (edges, raised) = pipe().expect("there are descriptors");
        let edges = Fd::new(edges).expect("a pipe can be watched");
        let (near, far) = UnixStream::pair().expect("there are descriptors");
        let watch = |socket| Fd::new(socket).expect("a socket can be watched");
        Self { edges, raised, near: watch(near), far: watch(far) }
    }
}

impl Devices for Descriptors {
    fn has(&self, operation: Operation) -> bool {
        descriptors::are_for(operation)
    }

    async fn edge(&mut self) {
        let raise = async { descriptors::raise(&self.raised) };
        begin_then(self.edges.read(&mut [0]), raise).await.expect("the pipe is open");
    }

    async fn chunk(&mut self) {
        let mut bytes = [0; CHUNK];
        begin_then(self.near.read_exact(&mut bytes), self.far.write_all(&[7; CHUNK]))
            .await
            .expect("nothing is lost");
    }
}

pub(crate) fn exec_embassy(mut counter: Counter) {
    const BYTES: usize = 256;
    static ARENA: Arena<BYTES, TASKS> = Arena::new();

    embassy::run_main(async move |spawner| {
        let (spawner, shared) = (ARENA.with(spawner), shared());
        let (clock, devices, tasks) = (EmbassyClock, (), TASKS as u32);
        let mut ours = Ours { spawner, clock, devices, shared, tasks };
        measure(&mut ours, &mut counter).await;
    });
}
