//! The speeds of a receiver and of the port at the other end of its line.

use tickwire_traits::{Clock, Duration, Instant};

use super::model::Model;
use crate::uart::Baud;

/// The time from the end of a command to the change of speed.
const TURN: Duration = Duration::from_millis(20);

/// What a receiver does when it is told to change its speed.
///
/// ```
/// use embedded_io_async::Write;
/// use tickwire_sim::{Sim, models::gps};
/// use tickwire_traits::{Duration, Timer};
///
/// let sim = Sim::new();
/// let clock = sim.clock();
/// let line = gps::Receiver::new(sim.clock(), "", 9_600).then_silence();
/// let (mut input, control) = (line.input(), line.control());
/// control.obey_speed(gps::Obedience::After(Duration::from_secs(2)));
/// sim.run(async {
///     input.write_all(b"$PMTK251,115200*1F\r\n").await.unwrap();
///     clock.sleep(Duration::from_secs(1)).await;
///     assert_eq!(control.baud(), 9_600);
///     clock.sleep(Duration::from_secs(2)).await;
///     assert_eq!(control.baud(), 115_200);
/// });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obedience {
    /// Nothing.
    Never,
    /// It changes its speed after this time, at the end of a sentence. The default is 20 ms.
    After(Duration),
}

/// The reason why the speed of an [`Input`](super::Input) was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeedError {
    /// The bytes written before could not be sent.
    Line(super::LineFault),
    /// The port does not support this number of bits per second.
    Unsupported(u32),
}

pub(super) struct Speed {
    /// That of a receiver without power for a moment.
    factory: Baud,
    port: Baud,
    /// When the port got its speed.
    since: Instant,
    /// The fastest speed of the port.
    pub(super) fastest: u32,
    pub(super) obedience: Obedience,
    /// The next speed of the receiver, and when it changes.
    next: Option<(Instant, Baud)>,
}

impl Speed {
    pub(super) fn new(baud: Baud) -> Self {
        Self {
            factory: baud,
            port: baud,
            since: Instant::EPOCH,
            fastest: u32::MAX,
            obedience: Obedience::After(TURN),
            next: None,
        }
    }

    pub(super) fn port(&self) -> Baud {
        self.port
    }

    pub(super) fn set_port(&mut self, baud: Baud, now: Instant) {
        (self.port, self.since) = (baud, now);
    }

    /// Returns the byte that a receiver at `baud` hears.
    pub(super) fn heard(&self, byte: u8, baud: Baud) -> u8 {
        baud.hears(self.port, byte)
    }

    /// Returns the byte that the port receives from a receiver at `baud`. The byte began at
    /// `start`.
    pub(super) fn received(&self, byte: u8, start: Instant, baud: Baud) -> u8 {
        // A byte during which the speed changes is received at both.
        let port = if start < self.since { Baud::new(1) } else { self.port };
        port.hears(baud, byte)
    }

    /// Takes a command that was heard at `at`.
    pub(super) fn command(&mut self, bits_per_second: u32, at: Instant) {
        if let Obedience::After(pause) = self.obedience {
            self.next = Some((at + pause, Baud::new(bits_per_second)));
        }
    }
}

impl<T: Clock> Model<T> {
    /// Changes the speed, if that is what happens next: before a byte is `heard`, and before the
    /// next byte, which begins at `next`. A sentence is sent at one speed.
    pub(super) fn turns(
        &mut self,
        heard: Option<Instant>,
        next: Option<Instant>,
        now: Instant,
    ) -> bool {
        let Some((at, baud)) = self.speed.next else { return false };
        let is_due = at <= now && [heard, next].into_iter().flatten().all(|other| at <= other);
        if !is_due || self.is_in_sentence() {
            return false;
        }
        self.speed.next = None;
        self.set_baud(baud, at);
        true
    }

    /// Cuts the power for a moment: the speed is that of the factory.
    pub(super) fn lose_power(&mut self, now: Instant) {
        self.speed.next = None;
        self.set_baud(self.speed.factory, now);
    }

    fn set_baud(&mut self, baud: Baud, at: Instant) {
        if let Some(burst) = &mut self.burst {
            let next = burst.begin(burst.sent, self.baud);
            burst.delay(next.max(at));
        }
        self.baud = baud;
    }

    fn is_in_sentence(&self) -> bool {
        let of_log = self.burst.is_some_and(|burst| {
            let sent = self.script.bytes(burst.index, &self.log).get(..burst.sent);
            sent.and_then(<[u8]>::last).is_some_and(|byte| *byte != b'\n')
        });
        of_log || self.talk.is_speaking()
    }
}
