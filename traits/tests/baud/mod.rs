//! A port whose speed a closure changes.

use std::cell::RefCell;

use embedded_io_async::{Read, Write};
use tickwire_sim::uart::{Baud, LineFault, Port, line};
use tickwire_sim::{Sim, SimClock, drop_after, impatiently};
use tickwire_traits::baud::{self, Error};
use tickwire_traits::{Clock, Duration, Instant, SetBaud, Timer};

/// A byte takes a millisecond.
const BAUD: u32 = 10_000;

/// How long the UART of these tests sends after its queue is empty.
const SHIFTS: Duration = Duration::from_millis(2);

/// Changes of speed, with their times.
type Changes = RefCell<Vec<(Instant, u32)>>;

type Line = Port<SimClock>;

/// A change of the speed that waits until a UART is idle, whose `flush` returns earlier.
fn set(
    sim: &Sim,
    changes: &Changes,
) -> impl AsyncFnMut(&mut Line, u32) -> Result<(), &'static str> {
    let clock = sim.clock();
    async move |_: &mut Line, bits_per_second| {
        if bits_per_second > 1_000_000 {
            return Err("too fast");
        }
        clock.sleep(SHIFTS).await;
        changes.borrow_mut().push((clock.now(), bits_per_second));
        Ok(())
    }
}

#[test]
fn a_closure_changes_the_speed_once_all_bytes_are_out() {
    let (sim, changes) = (Sim::new(), Changes::default());
    let (near, _far) = line(sim.clock(), Baud::new(BAUD));
    let mut port = baud::from_fn(near, set(&sim, &changes));
    sim.run(async {
        port.write_all(b"abc").await.unwrap();
        port.set_baud(19_200).await.unwrap();
        assert_eq!(port.set_baud(2_000_000).await, Err(Error::Set("too fast")));
        // A reference is a port, too.
        SetBaud::set_baud(&mut &mut port, 9_600).await.unwrap();
    });
    let expected = [(Instant::from_millis(5), 19_200), (Instant::from_millis(7), 9_600)];
    assert_eq!(*changes.borrow(), expected);
}

#[test]
fn a_change_that_is_dropped_while_it_waits_has_changed_nothing() {
    let (sim, changes) = (Sim::new(), Changes::default());
    let (near, _far) = line(sim.clock(), Baud::new(BAUD));
    let mut port = baud::from_fn(near, set(&sim, &changes));
    sim.run(async {
        port.write_all(b"abc").await.unwrap();
        for polls in 1..=2 {
            assert!(drop_after(polls, port.set_baud(19_200)).await.is_none());
        }
        port.set_baud(38_400).await.unwrap();
    });
    assert_eq!(*changes.borrow(), [(Instant::from_millis(5), 38_400)]);
}

#[test]
fn a_port_that_fails_to_flush_keeps_its_speed() {
    let (sim, changes) = (Sim::new(), Changes::default());
    let (near, far) = line(sim.clock(), Baud::new(BAUD));
    let mut port = baud::from_fn(near, set(&sim, &changes));
    far.incoming().fail_next_write();
    assert_eq!(sim.run(port.set_baud(19_200)), Err(Error::Flush(LineFault)));
    assert_eq!(*changes.borrow(), []);
    let error = Error::<_, &str>::Flush(LineFault);
    assert_eq!(error.to_string(), "sending failed: LineFault");
    assert_eq!(sim.run(port.set_baud(19_200)), Ok(()));
}

#[test]
fn bytes_pass_both_ways_through_the_adapter() {
    let (sim, changes) = (Sim::new(), Changes::default());
    let (near, mut far) = line(sim.clock(), Baud::new(BAUD));
    let mut port = baud::from_fn(near, set(&sim, &changes));
    let mut bytes = [0; 2];
    sim.run(async {
        port.write_all(b"ab").await.unwrap();
        impatiently(async || port.flush().await).await.unwrap();
        assert_eq!(sim.clock().now(), Instant::from_millis(2));
        far.read_exact(&mut bytes).await.unwrap();
        assert_eq!(&bytes, b"ab");
        far.write_all(b"cd").await.unwrap();
        port.read_exact(&mut bytes).await.unwrap();
        assert_eq!(&bytes, b"cd");
    });
    let mut near = port.into_inner();
    sim.run(near.write(b"e")).unwrap();
}
