//! Three devices on one SPI bus, each in its own mode, at every pace: dropped at every
//! pending poll, and called again.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::rc::Rc;

use embedded_hal::digital::PinState::High;
use embedded_hal_async::spi::{MODE_0, MODE_1, MODE_2, Mode, Operation, SpiDevice};
use futures_util::future::join3;
use tickwire_sim::spi::{Bus, Device, Faults, Traffic};
use tickwire_sim::{Pace, Sim, SimClock, Wire, drop_after, impatiently};
use tickwire_sync::local;
use tickwire_traits::{Delay, Instant};

const MODES: [Mode; 3] = [MODE_0, MODE_1, MODE_2];

/// A device that answers with its number and the count of bytes since it was selected.
struct Counter {
    id: u8,
    bytes: u8,
    /// How often a device was deselected within a byte, summed over all three.
    cut: Rc<Cell<u64>>,
}

impl Device for Counter {
    fn select(&mut self, _: Instant) {
        self.bytes = 0;
    }

    fn exchange(&mut self, _: Instant, _: u8) -> u8 {
        self.bytes += 1;
        self.id << 4 | self.bytes
    }

    fn deselect(&mut self, _: Instant, whole: bool) {
        self.cut.set(self.cut.get() + u64::from(!whole));
    }

    fn understands(&self, mode: Mode) -> bool {
        mode == MODES[usize::from(self.id)]
    }
}

type Shared = local::SharedBus<Bus<SimClock>>;

struct Rig {
    sim: Sim,
    bus: Shared,
    selects: [Wire<SimClock>; 3],
    faults: Faults,
    seen: Rc<RefCell<Vec<Traffic>>>,
    cut: Rc<Cell<u64>>,
}

impl Rig {
    fn new(pace: Pace, fifo: u32) -> Self {
        let sim = pace.sim();
        let mut spi = Bus::new(sim.clock()).with_speed(1_000_000).with_fifo(fifo);
        let cut = Rc::<Cell<u64>>::default();
        let names = ["CS0", "CS1", "CS2"];
        let selects = names.map(|name| Wire::named(name, sim.clock(), High));
        for (id, select) in (0..).zip(&selects) {
            let device = Counter { id, bytes: 0, cut: cut.clone() };
            spi.attach(select, Rc::new(RefCell::new(device)));
        }
        let faults = spi.faults();
        let seen = Rc::new(RefCell::new(Vec::new()));
        let log = seen.clone();
        spi.on_transaction(move |traffic| log.borrow_mut().push(traffic.clone()));
        Self { sim, bus: local::SharedBus::new(spi), selects, faults, seen, cut }
    }

    fn device(&self, id: usize) -> impl SpiDevice {
        let delay = Delay(self.sim.clock());
        self.bus.spi(self.selects[id].output(), delay).unwrap().configured(
            move |spi: &mut Bus<SimClock>| {
                spi.set_mode(MODES[id]);
                Ok::<_, Infallible>(())
            },
        )
    }

    /// Asserts that each device received only its own bytes, and that none was selected
    /// together with another or within a byte.
    #[track_caller]
    fn check(&self, whole: usize, context: &str) {
        assert_eq!(self.faults.conflicts(), 0, "{context}: two selected at once");
        // A select within a byte tears it too, and no device counts it.
        assert_eq!(self.faults.torn(), self.cut.get(), "{context}: selected within a byte");
        assert_eq!(self.faults.misread(), 0, "{context}: in another mode");
        assert!(self.selects.iter().all(|select| select.level() == High), "{context}");
        let seen = self.seen.borrow();
        for traffic in &*seen {
            let sent: Vec<_> = traffic.bytes.iter().map(|exchange| exchange.mosi).collect();
            assert!(sent_by(traffic.chip).starts_with(&sent), "{context}: {traffic}");
        }
        let ended = seen.iter().filter(|traffic| traffic.whole && traffic.bytes.len() == 6);
        assert!(ended.count() >= whole, "{context}");
        assert_eq!(self.bus.deselect_failures(), 0, "{context}");
    }
}

/// Returns the bytes that the transaction below sends to a device.
fn sent_by(id: usize) -> [u8; 6] {
    [0xa0, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0].map(|byte| byte | id as u8)
}

/// Six bytes in three operations and a delay. The last four come back.
async fn transact(device: &mut impl SpiDevice, id: usize) {
    let [a, b, mut c, mut d, e, f] = sent_by(id);
    let mut in_place = [c, d];
    let mut read = [0; 2];
    let mut operations = [
        Operation::Write(&[a, b]),
        Operation::TransferInPlace(&mut in_place),
        Operation::DelayNs(3_000),
        Operation::Transfer(&mut read, &[e, f]),
    ];
    device.transaction(&mut operations).await.unwrap();
    [c, d] = in_place;
    assert_eq!([c, d, read[0], read[1]], [3, 4, 5, 6].map(|count| (id as u8) << 4 | count));
}

#[test]
fn each_is_dropped_at_every_pending_poll_and_called_again() {
    // An interpreter takes a second for each pace.
    let paces = if cfg!(miri) { &Pace::ALL[..1] } else { &Pace::ALL[..] };
    for pace in paces.iter().copied() {
        for fifo in [0, 1, 4] {
            for dropped in
                [[true, false, false], [false, true, false], [false, false, true], [true; 3]]
            {
                drop_at_every_poll(pace, fifo, dropped);
            }
        }
    }
}

/// Drops some devices' transactions at their first pending poll, at their second, …
fn drop_at_every_poll(pace: Pace, fifo: u32, dropped: [bool; 3]) {
    let mut cancelled = 0;
    for polls in 1.. {
        let rig = Rig::new(pace, fifo);
        let context = format!("{pace:?}, a queue of {fifo}, {dropped:?} dropped at {polls}");
        let run = async |id: usize| {
            let mut device = rig.device(id);
            let ended =
                !dropped[id] || drop_after(polls, transact(&mut device, id)).await.is_some();
            transact(&mut device, id).await;
            ended
        };
        let (a, b, c) = rig.sim.run(join3(run(0), run(1), run(2)));
        rig.check(3, &context);
        cancelled += rig.bus.cancelled();
        if a && b && c {
            assert!(polls > 3, "{context}: there was little to drop");
            // At every poll except those that wait for the bus.
            return assert!(cancelled > 2, "{context}: {cancelled}");
        }
    }
}

/// A cut byte is not requested again, so a transaction dropped at each of its polls ends
/// only on a bus that never makes it wait.
#[test]
fn impatient_callers_get_everything_from_a_bus_that_does_not_wait() {
    let sim = Sim::new();
    let bus = local::SharedBus::new(Bus::new(sim.clock()));
    let selects = [(); 2].map(|()| Wire::new(sim.clock(), High));
    let [mut one, mut other] =
        selects.map(|select| bus.spi(select.output(), Delay(sim.clock())).unwrap());
    sim.run(async {
        for _ in 0..3 {
            impatiently(async || one.write(&[1]).await).await.unwrap();
            impatiently(async || other.write(&[1]).await).await.unwrap();
        }
    });
    assert_eq!(bus.cancelled(), 0);
}
