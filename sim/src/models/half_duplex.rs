//! Devices that answer commands on a serial line: the tutorial's, and a modem.

mod modem;
mod port;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::task::Waker;

use tickwire_traits::{Clock, Duration, Instant};

use crate::uart::Baud;

/// A device that answers each command, which ends with CR or LF, and the serial line to it.
///
/// A read returns what the device sends, and a write is what it receives. A clone is a handle on
/// the same device and line: for faults, or for a task that writes while another one reads.
///
/// The model is evaluated at each access, so it needs no task, and is never late.
///
/// ```
/// use embedded_io_async::{Read, Write};
/// use tickwire_sim::{Sim, models::half_duplex::{Device, Fault}};
/// use tickwire_traits::{Clock, Instant};
///
/// let sim = Sim::new();
/// let mut modem = Device::modem(sim.clock(), 9_600);
/// modem.fault(Fault::Doubled);
/// sim.run(async {
///     modem.write_all(b"ATE0\r").await.unwrap();
///     let mut answer = [0; 17];
///     modem.read_exact(&mut answer).await.unwrap();
///     assert_eq!(&answer, b"ATE0\r\r\nOK\r\n\r\nOK\r\n");
/// });
/// ```
pub struct Device<T> {
    clock: T,
    model: Rc<RefCell<Model>>,
}

/// A fault of the next answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The command is not heard, and so not obeyed: no echo, no answer.
    Deaf,
    /// The answer does not come. The echo does.
    Lost,
    /// The answer comes twice.
    Doubled,
    /// The answer begins later by this.
    Late(Duration),
    /// The answer ends after so many bytes.
    Torn(usize),
    /// The echo has a wrong first byte.
    WrongEcho,
    /// The answer is that of another command.
    Other(Vec<u8>),
}

/// Pieces of an answer, each with the pause before it.
type Answer = Vec<(Duration, Vec<u8>)>;

struct Model {
    baud: Baud,
    kind: Kind,
    has_echo: bool,
    /// The bytes of a command that has not ended.
    command: Vec<u8>,
    commands: Vec<Vec<u8>>,
    faults: VecDeque<Fault>,
    /// Bytes on their way to the reader, each with the time of its stop bit.
    sent: VecDeque<(Instant, u8)>,
    /// When the last byte is out.
    free_at: Instant,
    /// When the last byte from the writer has arrived.
    heard_at: Instant,
    has_ended: bool,
    fails_read: bool,
    fails_write: bool,
    reader: Option<Waker>,
}

enum Kind {
    Tutorial,
    Modem,
}

impl<T: Clock + Clone> Device<T> {
    /// Creates the device of the tutorial's section 6.3.1, which has no echo: it answers any
    /// command with four lines, with a pause of 300 ms after each.
    pub fn tutorial(clock: T, baud: u32) -> Self {
        Self::new(clock, baud, Kind::Tutorial, false)
    }

    /// Creates a modem with echo that understands some commands: `AT`, `ATE0` and `ATE1`, `ATD`
    /// with a number, `ATH`, `AT+CSQ`, `AT+CGMM` and `AT+COPS=?`, which takes three seconds.
    /// Others that begin with `AT` are errors, and the rest is ignored (ITU-T V.250, 5.2 and 6).
    pub fn modem(clock: T, baud: u32) -> Self {
        Self::new(clock, baud, Kind::Modem, true)
    }

    fn new(clock: T, baud: u32, kind: Kind, has_echo: bool) -> Self {
        let model = Model {
            baud: Baud::new(baud),
            kind,
            has_echo,
            command: Vec::new(),
            commands: Vec::new(),
            faults: VecDeque::new(),
            sent: VecDeque::new(),
            free_at: Instant::EPOCH,
            heard_at: Instant::EPOCH,
            has_ended: false,
            fails_read: false,
            fails_write: false,
            reader: None,
        };
        Self { clock, model: Rc::new(RefCell::new(model)) }
    }
}

impl<T: Clock> Device<T> {
    /// Adds a fault. The first one is that of the next command, and so on.
    pub fn fault(&self, fault: Fault) {
        self.model.borrow_mut().faults.push_back(fault);
    }

    /// Says something unasked, after what is on its way.
    pub fn say(&self, bytes: &[u8]) {
        let now = self.clock.now();
        self.change(|model| model.put(now, bytes));
    }

    /// Makes the next read fail with [`LineFault`](crate::uart::LineFault), once.
    pub fn fail_next_read(&self) {
        self.change(|model| model.fails_read = true);
    }

    /// Makes the next write fail with [`LineFault`](crate::uart::LineFault), once.
    pub fn fail_next_write(&self) {
        self.change(|model| model.fails_write = true);
    }

    /// Ends the stream, after the bytes that are on their way.
    pub fn hang_up(&self) {
        self.change(|model| model.has_ended = true);
    }

    /// Returns the commands that the device has heard, without their ends.
    pub fn commands(&self) -> Vec<Vec<u8>> {
        self.model.borrow().commands.clone()
    }

    fn change(&self, change: impl FnOnce(&mut Model)) {
        let mut model = self.model.borrow_mut();
        change(&mut model);
        let reader = model.reader.take();
        // Nothing is borrowed: a waker may call back.
        drop(model);
        reader.into_iter().for_each(Waker::wake);
    }
}

impl Model {
    /// Hears a byte from the writer.
    fn hear(&mut self, byte: u8) {
        if !matches!(byte, b'\r' | b'\n') {
            self.command.push(byte);
            return;
        }
        let command = std::mem::take(&mut self.command);
        if command.is_empty() && byte == b'\n' {
            return; // Of CR LF.
        }
        let fault = self.faults.pop_front();
        if fault == Some(Fault::Deaf) {
            return;
        }
        let at = self.heard_at;
        if self.has_echo {
            let mut echo = [&command[..], &[byte]].concat();
            if fault == Some(Fault::WrongEcho) {
                echo[0] ^= 0x20;
            }
            self.put(at, &echo);
        }
        let mut answer = match self.kind {
            Kind::Tutorial => tutorial(),
            Kind::Modem => modem::answer(&command, &mut self.has_echo),
        };
        self.commands.push(command);
        match fault {
            Some(Fault::Lost) => return,
            Some(Fault::Doubled) => answer.extend(answer.clone()),
            Some(Fault::Late(by)) => answer.iter_mut().take(1).for_each(|(pause, _)| *pause += by),
            Some(Fault::Torn(after)) => tear(&mut answer, after),
            Some(Fault::Other(bytes)) => answer = vec![(Duration::ZERO, bytes)],
            _ => {}
        }
        let mut at = at;
        for (pause, bytes) in answer {
            at = at.max(self.free_at) + pause;
            self.put(at, &bytes);
        }
    }

    /// Sends bytes, the first one not before `at`.
    fn put(&mut self, at: Instant, bytes: &[u8]) {
        let start = self.free_at.max(at);
        for (number, byte) in (1..).zip(bytes) {
            self.free_at = start + self.baud.time_of(number);
            self.sent.push_back((self.free_at, *byte));
        }
    }

    fn read(&mut self, buf: &mut [u8], now: Instant) -> Option<usize> {
        let mut len = 0;
        for place in buf.iter_mut() {
            let Some((_, byte)) = self.sent.front().filter(|(at, _)| *at <= now) else { break };
            *place = *byte;
            self.sent.pop_front();
            len += 1;
        }
        let has_ended = self.has_ended && self.sent.is_empty();
        (len > 0 || buf.is_empty() || has_ended).then_some(len)
    }
}

/// The answer of the tutorial's device.
fn tutorial() -> Answer {
    let lines = ["Line 1", "Line 2", "Line 3", "Goodbye"];
    let pauses = [0, 300, 300, 300].map(Duration::from_millis);
    pauses.into_iter().zip(lines.map(|line| format!("{line}\r\n").into_bytes())).collect()
}

fn tear(answer: &mut Answer, after: usize) {
    let mut left = after;
    for (_, bytes) in answer {
        bytes.truncate(left);
        left -= bytes.len();
    }
}

impl<T: Clone> Clone for Device<T> {
    fn clone(&self) -> Self {
        Self { clock: self.clock.clone(), model: self.model.clone() }
    }
}

impl<T> fmt::Debug for Device<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a device that answers")
    }
}
