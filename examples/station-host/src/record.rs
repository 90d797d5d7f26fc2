//! What has happened so far, kept for the screen or printed at once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt::Display;
use std::future::poll_fn;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::task::{Poll, Waker};

use embedded_hal::i2c;
use rustix::fs::{FileType, fstat};
use serde_json::json;
use tickwire_drivers::gps::{Counters, Field, Fix};
use tickwire_drivers::nec;
use tickwire_exec_std::StdClock;
use tickwire_replay::{gps_summary, merged};
use tickwire_station::{Event, Observe};
use tickwire_traits::{Clock, Instant};

use crate::gps_line::LineState;
use crate::report;
use crate::terminal;

/// How much of the log, of the curves and of the traffic is kept.
const LOG_LINES: usize = 200;
const SAMPLES: usize = 600;
const TRAFFIC_LINES: usize = 100;

/// What has happened so far.
pub(crate) struct Record {
    headless: bool,
    known: RefCell<Known>,
    /// The last transfers.
    traffic: RefCell<VecDeque<String>>,
    gps_line: RefCell<LineState>,
    lacks_sensor: Cell<bool>,
    /// Why there is no going on.
    end: Cell<Option<Result<(), String>>>,
    waiter: Cell<Option<Waker>>,
}

/// What the screen shows beside the display.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) log: VecDeque<String>,
    /// Seconds and degrees, seconds and percent.
    pub(crate) temperatures: VecDeque<(f64, f64)>,
    pub(crate) humidities: VecDeque<(f64, f64)>,
    pub(crate) fix: Fix,
    pub(crate) counters: Counters,
    pub(crate) sensor_failures: u64,
    pub(crate) display_failures: u64,
    /// On a real bus.
    pub(crate) transfers: u64,
    pub(crate) refused: u64,
    pub(crate) controls: Controls,
}

/// What is known of the controls.
#[derive(Default)]
pub(crate) struct Controls {
    /// The position of the knob.
    pub(crate) position: i32,
    /// `None` until it is turned.
    pub(crate) illegal: Option<u16>,
    /// The last key of the remote control: address and command.
    pub(crate) key: Option<(u16, u8)>,
    /// `None` until something is received.
    pub(crate) bad_frames: Option<u64>,
    /// In percent. `None` if nothing has set it.
    pub(crate) brightness: Option<u8>,
}

impl Record {
    pub(crate) fn new(headless: bool) -> Self {
        Self {
            headless,
            known: RefCell::default(),
            traffic: RefCell::default(),
            gps_line: RefCell::new(LineState::Open),
            lacks_sensor: Cell::new(false),
            end: Cell::new(None),
            waiter: Cell::new(None),
        }
    }

    /// Takes note of a transfer on the bus.
    pub(crate) fn transfer(&self, transfer: String) {
        keep(&mut self.traffic.borrow_mut(), TRAFFIC_LINES, transfer);
    }

    /// Takes note of a transaction on a real bus. `shown` is what the screen shows.
    pub(crate) fn transaction(&self, is_ok: bool, shown: impl FnOnce() -> String) {
        let mut known = self.known.borrow_mut();
        known.transfers += 1;
        known.refused += u64::from(!is_ok);
        if !self.headless {
            self.transfer(shown());
        }
    }

    /// Tells what became of the line to the receiver, if that is new.
    pub(crate) fn gps_line(&self, state: LineState) {
        if self.gps_line.replace(state.clone()) != state {
            self.write(&match self.headless {
                true => report::gps_line(StdClock::new().now(), &state).to_string(),
                false => report::stamped(StdClock::new().now(), report::gps_line_text(&state)),
            });
        }
    }

    pub(crate) fn gps_line_state(&self) -> LineState {
        self.gps_line.borrow().clone()
    }

    /// Tells that the board has no such part. What fails for that reason is not told.
    pub(crate) fn lacks(&self, part: &'static str) {
        if part == "climate" {
            self.lacks_sensor.set(true);
        }
        self.write(&match self.headless {
            true => report::absent(StdClock::new().now(), part).to_string(),
            false => report::stamped(StdClock::new().now(), report::absent_text(part)),
        });
    }

    /// Tells what a key did.
    pub(crate) fn tell(&self, what: &str) {
        self.write(&report::stamped(StdClock::new().now(), format!("({what})")));
    }

    /// Adds a line to the log, or prints it.
    fn write(&self, line: &str) {
        if self.headless {
            match print(&format!("{line}\n")) {
                Ok(Reader::Listens) => {}
                Ok(Reader::Left) => self.end(Ok(())),
                Err(failure) => self.end(Err(failure)),
            }
            return;
        }
        keep(&mut self.known.borrow_mut().log, LOG_LINES, line.into());
    }

    /// Resolves when something has failed for good, or nobody listens any more.
    pub(crate) async fn ended(&self) -> Result<(), String> {
        poll_fn(|cx| match self.end.take() {
            Some(end) => Poll::Ready(end),
            None => {
                self.waiter.set(Some(cx.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }

    /// Prints the last line of a run without a screen: what is known in the end.
    pub(crate) fn finish(&self) -> Result<(), String> {
        if !self.headless {
            return Ok(());
        }
        let known = self.known.borrow();
        let head = json!({ "t_us": StdClock::new().now().as_micros(), "event": "end" });
        let line = merged(head, gps_summary(&known.fix, &known.counters));
        let Controls { illegal, bad_frames, .. } = known.controls;
        let of_controls = json!({ "knob_illegal": illegal, "remote_bad_frames": bad_frames });
        let line = merged(line, of_controls);
        print(&format!("{line}\n")).map(drop)
    }

    pub(crate) fn known(&self) -> std::cell::Ref<'_, Known> {
        self.known.borrow()
    }

    pub(crate) fn traffic(&self) -> std::cell::Ref<'_, VecDeque<String>> {
        self.traffic.borrow()
    }

    /// Whether an event is worth a line: of what a receiver says, a new position
    /// for who reads a file, and the coming and going of a fix for who looks.
    fn tells<I, R, B>(&self, event: &Event<'_, I, R, B>) -> bool {
        match event {
            Event::Gps(update, ..) => {
                let moved = self.headless && update.set.contains(Field::Position);
                moved || update.transition.is_some()
            }
            Event::GpsQuiet(_) => false,
            _ => true,
        }
    }

    /// Ends the station, unless there is another reason already.
    pub(crate) fn end(&self, end: Result<(), String>) {
        self.end.set(self.end.take().or(Some(end)));
        if let Some(waiter) = self.waiter.take() {
            waiter.wake();
        }
    }
}

impl<I: i2c::Error + Display, B: Display> Observe<I, io::Error, B> for Record {
    fn observe(&self, at: Instant, event: &Event<'_, I, io::Error, B>) {
        if matches!(event, Event::SensorFailed(_)) && self.lacks_sensor.get() {
            return;
        }
        self.known.borrow_mut().note(at, event);
        if self.tells(event) {
            self.write(&match self.headless {
                true => report::event(at, event).to_string(),
                false => report::line(at, event),
            });
        }
    }
}

impl Known {
    fn note<I, B>(&mut self, at: Instant, event: &Event<'_, I, io::Error, B>) {
        let seconds = at.as_micros() as f64 / 1e6;
        match event {
            Event::Climate(climate) => {
                let temperature = f64::from(climate.temperature.to_f32());
                let humidity = f64::from(climate.humidity.to_f32());
                keep(&mut self.temperatures, SAMPLES, (seconds, temperature));
                keep(&mut self.humidities, SAMPLES, (seconds, humidity));
            }
            Event::Gps(_, fix, counters) => (self.fix, self.counters) = (**fix, **counters),
            Event::GpsQuiet(counters) | Event::GpsFailed(_, counters) => self.counters = **counters,
            Event::SensorFailed(_) => self.sensor_failures += 1,
            Event::DisplayFailed(_) => self.display_failures += 1,
            _ => self.controls.note(event),
        }
    }
}

impl Controls {
    fn note<I, R, B>(&mut self, event: &Event<'_, I, R, B>) {
        match event {
            Event::Turn(turn, illegal) => {
                (self.position, self.illegal) = (turn.position, Some(*illegal))
            }
            Event::Brightness(percent) => self.brightness = Some(*percent),
            Event::Remote(signal, counters) => {
                self.bad_frames = Some(report::bad_frames(counters));
                if let nec::Event::Frame(frame) = signal.event {
                    self.key = Some((frame.address(), frame.command()));
                }
            }
            _ => {}
        }
    }
}

/// Whether somebody reads what we print.
pub(crate) enum Reader {
    Listens,
    /// The pipe or the terminal was closed, which is no failure.
    Left,
}

/// Prints to standard output, at once.
pub(crate) fn print(text: &str) -> Result<Reader, String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(Reader::Listens),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Reader::Left),
        Err(error) if terminal::is_gone(&error) && is_device(&out) => Ok(Reader::Left),
        Err(error) => Err(format!("standard output: {error}")),
    }
}

/// Whether that is a device, such as a terminal, and no file on one.
fn is_device(out: impl AsFd) -> bool {
    fstat(out).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_char_device())
}

/// Puts something at the end of what is kept, and forgets the oldest.
fn keep<T>(kept: &mut VecDeque<T>, most: usize, item: T) {
    if kept.len() == most {
        kept.pop_front();
    }
    kept.push_back(item);
}
