//! `nb` adapters, polled readiness, pins that only support waiting, and closures that change a
//! speed.

mod baud;

use std::collections::VecDeque;

use embedded_hal::digital::PinState::{High, Low};
use embedded_hal_nb::serial::{self, ErrorKind};
use embedded_io_async::{Read, Write};
use tickwire_sim::{Sim, SimClock, Wire, drop_after, impatiently};
use tickwire_traits::{
    Clock, Duration, Edges, Instant, Interest, NbError, NbSerial, PollEvery, PolledEdges,
    ReadinessExt, TimeSource, Timer, nb_ready,
};

fn micros(us: u64) -> Instant {
    Instant::from_micros(us)
}

/// A UART with events at set times that sends one byte per millisecond.
struct Uart {
    clock: SimClock,
    /// The byte that the UART refuses to send.
    refused: Option<u8>,
    arrive: VecDeque<(Instant, Result<u8, ErrorKind>)>,
    sent: Vec<u8>,
    busy_until: Instant,
}

impl serial::ErrorType for Uart {
    type Error = ErrorKind;
}

impl serial::Read for Uart {
    fn read(&mut self) -> nb::Result<u8, ErrorKind> {
        match self.arrive.front() {
            Some((at, _)) if *at <= self.clock.now() => {
                let (_, what) = self.arrive.pop_front().unwrap();
                what.map_err(nb::Error::Other)
            }
            _ => Err(nb::Error::WouldBlock),
        }
    }
}

impl serial::Write for Uart {
    fn write(&mut self, byte: u8) -> nb::Result<(), ErrorKind> {
        self.flush()?;
        if self.refused == Some(byte) {
            return Err(nb::Error::Other(ErrorKind::Other));
        }
        self.sent.push(byte);
        self.busy_until = self.clock.now() + Duration::from_millis(1);
        Ok(())
    }

    fn flush(&mut self) -> nb::Result<(), ErrorKind> {
        if self.clock.now() < self.busy_until { Err(nb::Error::WouldBlock) } else { Ok(()) }
    }
}

fn port(
    sim: &Sim,
    arrive: impl IntoIterator<Item = (u64, Result<u8, ErrorKind>)>,
) -> NbSerial<Uart, PollEvery<SimClock>> {
    let arrive = arrive.into_iter().map(|(at, what)| (micros(at), what)).collect();
    let uart =
        Uart { refused: None, clock: sim.clock(), arrive, sent: Vec::new(), busy_until: micros(0) };
    NbSerial::new(uart, PollEvery::new(sim.clock(), Duration::from_micros(700)))
}

#[test]
fn a_read_takes_what_is_there() {
    let sim = Sim::new();
    let bytes = [(500, b'a'), (600, b'b'), (9_100, b'c')];
    let mut port = port(&sim, bytes.map(|(at, byte)| (at, Ok(byte))));
    let mut buf = [0; 8];
    assert_eq!(sim.run(port.read(&mut [])).unwrap(), 0);
    assert_eq!((sim.run(port.read(&mut buf)).unwrap(), sim.clock().now()), (2, micros(700)));
    let len = sim.run(impatiently(async || port.read(&mut buf).await)).unwrap();
    assert_eq!((len, buf[0], sim.clock().now()), (1, b'c', micros(9_100)));
}

#[test]
fn an_error_behind_bytes_is_reported_after_them() {
    let sim = Sim::new();
    let mut port = port(&sim, [(0, Ok(b'a')), (0, Err(ErrorKind::Overrun)), (0, Ok(b'b'))]);
    let mut buf = [0; 8];
    assert_eq!(sim.run(port.read(&mut buf)).unwrap(), 1);
    let error = sim.run(port.read(&mut buf)).unwrap_err();
    assert_eq!(error, NbError::Source(ErrorKind::Overrun));
    assert_eq!(sim.run(port.read(&mut buf)).unwrap(), 1);
}

#[test]
fn a_read_that_is_dropped_at_any_poll_loses_no_byte() {
    for polls in 1.. {
        let sim = Sim::new();
        let mut port = port(&sim, [(2_000, Ok(b'a')), (2_000, Ok(b'b'))]);
        let mut buf = [0; 2];
        let dropped = sim.run(drop_after(polls, port.read(&mut buf)));
        let done = dropped.is_some();
        assert_eq!(dropped.unwrap_or_else(|| sim.run(port.read(&mut buf))).unwrap(), 2);
        assert_eq!(&buf, b"ab");
        if done {
            assert!(polls > 2);
            return;
        }
    }
}

#[test]
fn a_write_goes_out_as_the_port_takes_it() {
    let sim = Sim::new();
    let mut port = port(&sim, []);
    sim.run(async {
        port.write_all(b"abc").await.unwrap();
        port.flush().await.unwrap();
    });
    let (uart, _) = port.into_parts();
    assert_eq!(uart.sent, b"abc");
    assert!(sim.clock().now() >= micros(3_000));
}

#[test]
fn a_write_that_is_dropped_at_any_poll_sends_each_byte_once() {
    for polls in 1.. {
        let sim = Sim::new();
        let mut port = port(&sim, []);
        let mut rest = &b"ab"[..];
        let mut done = false;
        while !rest.is_empty() {
            // Drops the first write only, or every write of the first byte.
            let write = port.write(rest);
            match sim.run(drop_after(if done { usize::MAX } else { polls }, write)) {
                Some(len) => rest = &rest[len.unwrap()..],
                None => done = true,
            }
        }
        if sim.run(drop_after(polls, port.flush())).is_some() {
            assert!(polls > 1);
            assert_eq!(port.into_parts().0.sent, b"ab");
            return;
        }
        sim.run(port.flush()).unwrap();
        assert_eq!(port.into_parts().0.sent, b"ab");
    }
}

#[test]
fn an_error_of_one_direction_is_none_of_the_other() {
    let sim = Sim::new();
    let mut port = port(&sim, [(0, Ok(b'a')), (0, Err(ErrorKind::Overrun))]);
    let mut buf = [0; 8];
    assert_eq!(sim.run(port.read(&mut buf)).unwrap(), 1);
    assert_eq!(sim.run(port.write(b"x")).unwrap(), 1);
    assert!(sim.run(port.read(&mut buf)).is_err());
}

#[test]
fn a_wait_for_readiness_that_is_dropped_at_any_poll_loses_nothing() {
    for polls in 1.. {
        let sim = Sim::new();
        let clock = sim.clock();
        let mut ready = PollEvery::new(sim.clock(), Duration::from_millis(1));
        let attempt = || {
            if clock.now() < micros(5_000) {
                Err(nb::Error::WouldBlock)
            } else {
                Ok::<_, nb::Error<()>>(7)
            }
        };
        let dropped = sim.run(drop_after(polls, nb_ready(&mut ready, Interest::Read, attempt)));
        if let Some(value) = dropped {
            assert_eq!((value, polls > 4), (Ok(7), true));
            return;
        }
        assert_eq!(sim.run(nb_ready(&mut ready, Interest::Read, attempt)), Ok(7));
        assert_eq!(clock.now(), micros(5_000));
    }
}

#[test]
fn a_failing_attempt_ends_the_wait() {
    let sim = Sim::new();
    let mut ready = PollEvery::new(sim.clock(), Duration::from_millis(1));
    let mut tries = 0;
    let attempt = || {
        tries += 1;
        if tries < 3 {
            Err(nb::Error::WouldBlock)
        } else {
            Err::<(), _>(nb::Error::Other("broken"))
        }
    };
    let result = sim.run(nb_ready(&mut ready, Interest::Write, attempt));
    assert_eq!(result, Err(NbError::Source("broken")));
    assert_eq!(NbError::<_, ()>::Source("broken").to_string(), "the source failed: \"broken\"");
}

#[test]
fn polling_keeps_its_period_under_impatience_and_does_not_spin() {
    let sim = Sim::new();
    let mut ready = PollEvery::new(sim.clock(), Duration::from_millis(5));
    for n in 1..=3 {
        sim.run(impatiently(async || ready.ready(Interest::Read).await)).unwrap();
        assert_eq!(sim.clock().now(), Instant::from_millis(5 * n));
    }
    let mut never = PollEvery::new(sim.clock(), Duration::ZERO);
    sim.run(never.ready(Interest::Read)).unwrap();
    assert_eq!(sim.clock().now(), micros(15_001));
}

#[test]
fn polled_edges_see_a_change_that_came_while_no_task_waited() {
    let sim = Sim::new();
    let clock = sim.clock();
    let wire = Wire::new(clock.clone(), High);
    wire.toggle_at(&[micros(100), micros(900)]);
    let mut pin = PolledEdges::new(wire.input(), clock.clone());
    assert_eq!(pin.time_source(), TimeSource::Poll);
    pin.arm().unwrap();
    sim.run(clock.sleep(Duration::from_micros(300)));
    let edge = sim.run(impatiently(async || pin.edge().await)).unwrap();
    assert_eq!((edge.at, edge.level), (micros(300), Low), "late, not lost");
    let edge = sim.run(pin.edge()).unwrap();
    assert_eq!((edge.at, edge.level), (micros(900), High));
}

#[test]
fn a_pin_that_fails_is_an_error_and_the_next_call_works() {
    for operations in 0..4 {
        let sim = Sim::new();
        let wire = Wire::new(sim.clock(), High);
        wire.toggle_at(&[micros(100)]);
        let mut pin = PolledEdges::new(wire.input(), sim.clock());
        wire.fail_after(operations);
        let edge = match sim.run(pin.edge()) {
            Err(_) => sim.run(pin.edge()).unwrap(),
            Ok(edge) => edge,
        };
        assert_eq!((edge.at, edge.level), (micros(100), Low), "failing after {operations}");
    }
}
