//! A byte in each direction, awaited by its interrupt and by polling.

use std::cell::RefCell;
use std::rc::Rc;
use std::vec::Vec;

use embedded_hal::digital::PinState::Low;
use embedded_io_async::{Read, Write};
use futures_util::future::join;
use tickwire_drivers::stream::Lines;
use tickwire_own_devices::Mailbox;
use tickwire_sim::{Pace, Sim, SimClock, Wire, at_every_pace, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

const SENT: &[u8] = b"one\r\ntwo\r\n";

/// A device that receives a byte of [`SENT`] each `period`, and sends one each 100 ms if there
/// is one.
struct Rig {
    mailbox: Rc<Mailbox>,
    sent: Rc<RefCell<Vec<(u64, u8)>>>,
    _wires: [Wire<SimClock>; 2],
}

/// Wires stand for the interrupts: what listens to an edge is called at its time, however late
/// the tasks are.
fn rig(sim: &Sim, period: Duration) -> Rig {
    let mailbox = Rc::new(Mailbox::new());
    let sent = Rc::new(RefCell::new(Vec::new()));
    let interrupts = [period, Duration::from_millis(100)].map(|period| {
        let wire = Wire::new(sim.clock(), Low);
        let mut times = vec![Instant::from_micros(period.as_micros())];
        times.extend(
            (2..=SENT.len() as u64 * 2).map(|nth| Instant::from_micros(period.as_micros() * nth)),
        );
        wire.toggle_at(&times);
        wire
    });
    let (device, mut left) = (mailbox.clone(), SENT.iter());
    interrupts[0].on_edge(move |_| left.next().into_iter().for_each(|it| device.on_received(*it)));
    let (device, line) = (mailbox.clone(), sent.clone());
    interrupts[1].on_edge(move |edge| {
        let byte = device.on_sent();
        line.borrow_mut().extend(byte.map(|byte| (edge.at.as_micros() / 1_000, byte)));
    });
    Rig { mailbox, sent, _wires: interrupts }
}

/// The first two lines, read by a caller that drops each future at each pending poll.
async fn two_lines(reader: impl Read) -> [Vec<u8>; 2] {
    let mut lines = Lines::<_, 8>::new(reader);
    let mut line = async || {
        impatiently(async || lines.line().await.map(<[u8]>::to_vec).unwrap_or_default()).await
    };
    [line().await, line().await]
}

#[test]
fn lines_are_read_by_the_interrupt_and_by_polling() {
    for is_polled in [false, true] {
        // Slower than the latest task.
        let lines = at_every_pace(|sim| {
            let Rig { mailbox, _wires, .. } = &rig(sim, Duration::from_millis(1_100));
            let lines = if is_polled {
                sim.run(two_lines(mailbox.polled_inbox(sim.clock(), Duration::from_millis(20))))
            } else {
                sim.run(two_lines(mailbox.inbox().unwrap()))
            };
            (lines, mailbox.overruns())
        });
        assert_eq!(lines, ([b"one".to_vec(), b"two".to_vec()], 0), "polled: {is_polled}");
    }
}

#[test]
fn each_byte_of_a_late_task_is_read_or_counted() {
    for pace in Pace::ALL {
        let sim = pace.sim();
        let clock = sim.clock();
        let Rig { mailbox, _wires, .. } = &rig(&sim, Duration::from_millis(30));
        let mut inbox = mailbox.inbox().unwrap();
        let end = Instant::from_millis(3_000);
        let (mut read, mut byte) = (0, [0]);
        sim.run(async {
            while let Ok(Ok(len)) = clock.timeout_at(end, inbox.read(&mut byte)).await {
                read += len;
            }
        });
        assert_eq!(read + mailbox.overruns() as usize, SENT.len(), "{pace:?}");
        // A clock that wakes late delays no interrupt; a neighbor that computes does.
        let is_late = matches!(pace, Pace::Busy(span) if span > Duration::from_millis(30));
        assert_eq!(mailbox.overruns() > 0, is_late, "{pace:?}: {read} read");
    }
}

#[test]
fn both_directions_go_on_at_once() {
    let sim = Sim::new();
    let Rig { mailbox, sent, _wires } = &rig(&sim, Duration::from_millis(200));
    let (inbox, mut outbox) = (mailbox.inbox().unwrap(), mailbox.outbox().unwrap());
    assert!(mailbox.inbox().is_none() && mailbox.outbox().is_none());
    let (lines, sending) = sim.run(join(two_lines(inbox), outbox.write_all(b"abc")));
    sending.unwrap();
    assert_eq!(lines, [b"one", b"two"].map(|line| line.to_vec()));
    assert_eq!(*sent.borrow(), [(100, b'a'), (200, b'b'), (300, b'c')]);
}

#[test]
fn a_wait_that_is_dropped_anywhere_takes_no_byte() {
    for polls in 1..100 {
        let sim = Sim::new();
        let Rig { mailbox, sent, _wires } = &rig(&sim, Duration::from_millis(200));
        let (mut inbox, mut outbox) = (mailbox.inbox().unwrap(), mailbox.outbox().unwrap());
        let (mut bytes, mut byte) = (Vec::new(), [0]);
        let is_done = sim.run(async {
            let dropped = drop_after(polls, inbox.read(&mut byte)).await;
            bytes.extend(dropped.map(|_| byte[0]));
            // The second of them waits until the first has gone.
            outbox.write(b"a").await.unwrap();
            let is_sent = drop_after(polls, outbox.write(b"b")).await;
            if is_sent.is_none() {
                outbox.write(b"b").await.unwrap();
            }
            outbox.flush().await.unwrap();
            while bytes.len() < SENT.len() {
                inbox.read(&mut byte).await.unwrap();
                bytes.extend(byte);
            }
            dropped.is_some() && is_sent.is_some()
        });
        assert_eq!(bytes, SENT, "after {polls} polls");
        assert_eq!(sent.borrow().iter().map(|it| it.1).collect::<Vec<_>>(), b"ab");
        if is_done {
            return;
        }
    }
    panic!("it never ends");
}

#[test]
fn by_the_interrupt_a_task_is_polled_once_per_byte() {
    let sim = Sim::new();
    let clock = sim.clock();
    let Rig { mailbox, _wires, .. } = &rig(&sim, Duration::from_millis(200));
    let mut inbox = mailbox.inbox().unwrap();
    let mut polls = 0;
    sim.run(async {
        let read = async {
            let mut all = [0; SENT.len()];
            inbox.read_exact(&mut all).await.unwrap();
        };
        let mut read = std::pin::pin!(read);
        std::future::poll_fn(|cx| {
            polls += 1;
            read.as_mut().poll(cx)
        })
        .await;
    });
    assert_eq!((polls, clock.now()), (1 + SENT.len(), Instant::from_millis(2_000)));
}
