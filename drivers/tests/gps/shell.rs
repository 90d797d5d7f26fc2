//! The async shell: chunks, cancellation, errors, the end of the stream.

use std::cell::Cell;
use std::rc::Rc;

use embedded_io_async::{ErrorType, Read};
use futures_util::{StreamExt, pin_mut};
use tickwire_drivers::gps::{Error, Fix, Gps, Sentence, Update};
use tickwire_sim::models::gps::LineFault;
use tickwire_sim::{Sim, SimClock, drop_after, impatiently, models::gps};
use tickwire_traits::{Clock, Duration, Instant, Timer};

/// A line that gives so many bytes at once, each time after a millisecond.
struct Chunks {
    bytes: Vec<u8>,
    given: usize,
    size: usize,
    clock: SimClock,
}

impl ErrorType for Chunks {
    type Error = LineFault;
}

impl Read for Chunks {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineFault> {
        let next = Instant::from_millis(self.given as u64 / self.size as u64 + 1);
        self.clock.sleep_until(next).await;
        let rest = &self.bytes[self.given..];
        let len = rest.len().min(self.size).min(buf.len());
        buf[..len].copy_from_slice(&rest[..len]);
        self.given += len;
        Ok(len)
    }
}

fn chunked(sim: &Sim, size: usize) -> Gps<Chunks, SimClock> {
    let line = Chunks { bytes: gps::demo_log(3), given: 0, size, clock: sim.clock() };
    Gps::new(line, sim.clock())
}

/// The sentences until the end, and the fix then.
async fn all(mut gps: Gps<impl Read, SimClock>, impatient: bool) -> (Vec<Sentence>, Fix) {
    let mut sentences = Vec::new();
    loop {
        let next = if impatient {
            impatiently(async || gps.update().await).await
        } else {
            gps.update().await
        };
        match next {
            Ok(Update { sentence, .. }) => sentences.push(sentence),
            Err(_) => return (sentences, *gps.fix()),
        }
    }
}

#[test]
fn every_chunking_gives_the_same_to_the_patient_and_the_impatient() {
    use Sentence::{Gga, Gsa, Gsv, Rmc, Vtg};
    for size in [1, 7, 64, 100_000] {
        let results = [false, true].map(|impatient| {
            let sim = Sim::new();
            sim.run(all(chunked(&sim, size), impatient))
        });
        assert_eq!(results[0], results[1], "{size} bytes at once");
        let epoch = [Rmc, Gga, Gsa, Gsv, Gsv, Gsv, Vtg];
        assert_eq!(results[0].0, epoch.repeat(3), "{size} bytes at once");
    }
}

#[test]
fn dropped_at_any_poll_the_next_call_goes_on() {
    for size in [1, 7] {
        for polls in 1.. {
            let sim = Sim::new();
            let mut gps = chunked(&sim, size);
            let whole = sim.run(drop_after(polls, gps.update()));
            let first = match whole {
                Some(first) => first,
                None => sim.run(gps.update()),
            };
            assert_eq!(first.unwrap().sentence, Sentence::Rmc);
            assert_eq!(gps.counters().bytes_skipped, 0);
            if whole.is_some() {
                break;
            }
            assert!(polls < 200, "it never ends");
        }
    }
}

#[test]
fn on_a_line_the_impatient_lose_nothing() {
    let sim = Sim::new();
    let line = gps::Receiver::new(sim.clock(), gps::demo_log(3), 9_600);
    let (sentences, fix) = sim.run(all(Gps::new(line, sim.clock()), true));
    assert_eq!(sentences.len(), 21);
    assert_eq!(fix.time().unwrap().value.to_string(), "12:00:02.000");
}

#[test]
fn a_value_is_as_old_as_the_read_that_brought_it() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut gps = chunked(&sim, 64);
    sim.run(async {
        while gps.update().await.unwrap().sentence != Sentence::Gga {}
        let read = gps.fix().quality().unwrap();
        clock.sleep(Duration::from_secs(2)).await;
        assert_eq!(read.age(clock.now()), Duration::from_secs(2));
        // The next sentence had begun in the same read; its end comes now.
        assert_eq!(gps.update().await.unwrap().sentence, Sentence::Gsa);
        assert_eq!(gps.fix().pdop().unwrap().at, clock.now());
    });
}

#[test]
fn an_error_is_returned_and_the_line_may_be_read_again() {
    let sim = Sim::new();
    let line = gps::Receiver::new(sim.clock(), gps::demo_log(1), 9_600);
    let control = line.control();
    let mut gps = Gps::new(line, sim.clock());
    sim.run(async {
        // In the middle of the first sentence.
        let early = sim.clock().timeout(Duration::from_millis(30), gps.update()).await;
        assert!(early.is_err());
        control.fail_next_read();
        assert_eq!(gps.update().await, Err(Error::Read(LineFault)));
        assert_eq!(gps.update().await.unwrap().sentence, Sentence::Rmc);
        while gps.update().await.is_ok() {}
        // The end is reported on every call, immediately.
        assert_eq!(gps.update().await, Err(Error::EndOfStream));
        assert_eq!(gps.update().await, Err(Error::EndOfStream));
    });
    assert_eq!((gps.counters().accepted, gps.counters().bytes_skipped), (7, 0));
}

#[test]
fn a_stream_ends_at_the_end_and_not_at_an_error() {
    let sim = Sim::new();
    let line = gps::Receiver::new(sim.clock(), gps::demo_log(1), 9_600);
    let control = line.control();
    let mut gps = Gps::new(line, sim.clock());
    sim.run(async {
        let updates = gps.updates();
        pin_mut!(updates);
        assert!(updates.next().await.unwrap().is_ok());
        control.fail_next_read();
        assert_eq!(updates.next().await.unwrap(), Err(Error::Read(LineFault)));
        let (update, fix) = updates.next().await.unwrap().unwrap();
        assert_eq!(update.sentence, Sentence::Gga);
        assert!(fix.altitude_mm().is_some());
        let rest: Vec<_> = updates.collect().await;
        assert_eq!(rest.len(), 6);
        assert_eq!(rest.last(), Some(&Err(Error::EndOfStream)));
    });
}

#[test]
fn a_file_of_noise_leaves_others_their_turn() {
    /// Always ready, never ends.
    struct Noise {
        reads: u32,
    }
    impl ErrorType for Noise {
        type Error = LineFault;
    }
    impl Read for Noise {
        async fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineFault> {
            self.reads += 1;
            assert!(self.reads < 1_000, "no other task gets a turn");
            buf.fill(0);
            Ok(buf.len())
        }
    }
    let sim = Sim::new();
    let mut gps = Gps::new(Noise { reads: 0 }, sim.clock());
    assert_eq!(sim.run(drop_after(3, gps.update())), None);
    assert_eq!(gps.counters().sentences, 0);
}

#[test]
fn sentences_without_end_leave_others_their_turn() {
    /// A writer that is faster than any reader.
    struct Flood(usize);
    impl ErrorType for Flood {
        type Error = LineFault;
    }
    impl Read for Flood {
        async fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineFault> {
            const SENTENCE: &[u8] = b"$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n";
            for slot in buf.iter_mut() {
                *slot = SENTENCE[self.0 % SENTENCE.len()];
                self.0 += 1;
            }
            Ok(buf.len())
        }
    }
    let sim = Sim::new();
    let mut gps = Gps::new(Flood(0), sim.clock());
    let others = Rc::new(Cell::new(0));
    let turns = others.clone();
    let other = sim.spawner().spawn_named("another", async move {
        loop {
            turns.set(turns.get() + 1);
            yield_once().await;
        }
    });
    sim.run(async {
        for _ in 0..1_000 {
            gps.update().await.unwrap();
        }
    });
    drop(other);
    // 1 000 sentences of 42 bytes, 64 bytes a read: 656 reads.
    assert!(others.get() >= 20, "{} turns", others.get());
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

#[test]
fn it_may_move_between_threads_if_its_reader_may() {
    fn assert_send<T: Send>(_: &T) {}
    struct Nothing;
    impl ErrorType for Nothing {
        type Error = LineFault;
    }
    impl Read for Nothing {
        async fn read(&mut self, _: &mut [u8]) -> Result<usize, LineFault> {
            Ok(0)
        }
    }
    struct Stopped;
    impl Clock for Stopped {
        fn now(&self) -> Instant {
            Instant::EPOCH
        }
    }
    let mut gps = Gps::new(Nothing, Stopped);
    assert_send(&gps);
    assert_eq!(Sim::new().run(gps.update()), Err(Error::EndOfStream));
}
