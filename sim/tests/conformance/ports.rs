//! Ports with one flaw each in their change of speed, and intact ones.

use std::pin::pin;
use std::task::{Context, Waker};

use embedded_io_async::{ErrorKind, ErrorType, Write};
use tickwire_conformance::{Unmet, Verdict, speed};
use tickwire_sim::models::gps::Receiver;
use tickwire_sim::uart::{self, Baud, LineFault};
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::{Clock as _, Duration, SetBaud, Timer, baud};

const SPEEDS: [u32; 2] = [9_600, 115_200];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    SendsNothingBefore,
    ChangesBeforeItReturns,
    KeepsItsSpeed,
    IsOffByThreePercent,
    RefusesEach,
    TakesZero,
    HalvesItsSpeedByAnError,
    NeverReturns,
}

struct Flawed {
    port: uart::Port<SimClock>,
    flaw: Flaw,
    /// As measured: the port of `sim` has all of its promises.
    speed: u32,
}

impl ErrorType for Flawed {
    type Error = LineFault;
}

impl Write for Flawed {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, LineFault> {
        self.port.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), LineFault> {
        self.port.flush().await
    }
}

impl SetBaud for Flawed {
    type Error = ErrorKind;

    async fn set_baud(&mut self, bits_per_second: u32) -> Result<(), ErrorKind> {
        if self.flaw == Flaw::RefusesEach {
            return Err(ErrorKind::Other);
        }
        if bits_per_second == 0 && self.flaw != Flaw::TakesZero {
            self.speed /= if self.flaw == Flaw::HalvesItsSpeedByAnError { 2 } else { 1 };
            return Err(ErrorKind::Unsupported);
        }
        if self.flaw == Flaw::ChangesBeforeItReturns {
            self.speed = bits_per_second;
        }
        if self.flaw != Flaw::SendsNothingBefore {
            self.port.flush().await.unwrap();
        }
        if self.flaw == Flaw::NeverReturns {
            std::future::pending().await
        }
        match self.flaw {
            Flaw::KeepsItsSpeed => {}
            Flaw::IsOffByThreePercent => self.speed = bits_per_second / 100 * 103,
            _ => self.speed = bits_per_second,
        }
        Ok(())
    }
}

async fn write<P: Write>(port: &mut P) {
    port.write_all(b"12345678").await.unwrap();
}

fn is_sent<P: Write>(port: &mut P) -> bool {
    pin!(port.flush()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

#[track_caller]
fn check(flaw: Flaw, what: &'static str) {
    let sim = Sim::new();
    let (port, _far) = uart::line(sim.clock(), Baud::new(9_600));
    let mut port = Flawed { port, flaw, speed: 9_600 };
    let speed = async |port: &mut Flawed| {
        port.flush().await.unwrap();
        port.speed
    };
    let clock = sim.clock();
    let checked = speed::of(&clock, &mut port, write, is_sent, speed, SPEEDS);
    assert_eq!(sim.run(checked), Err(Unmet::Failed(what)));
}

#[test]
fn each_flaw_of_a_port_is_caught() {
    let another = "a port has another speed than it reported";
    let table = [
        (Flaw::SendsNothingBefore, "bytes written before a change were left to be sent after it"),
        (Flaw::ChangesBeforeItReturns, "a change that was dropped has changed the speed"),
        (Flaw::KeepsItsSpeed, another),
        (Flaw::IsOffByThreePercent, another),
        (Flaw::RefusesEach, "a port refused a speed that it supports"),
        (Flaw::TakesZero, "a port reported a speed of 0"),
        (Flaw::HalvesItsSpeedByAnError, "a speed that was refused applies"),
        (Flaw::NeverReturns, "the check hangs"),
    ];
    table.into_iter().for_each(|(flaw, what)| check(flaw, what));
}

/// Checks a port whose speed is measured by the time of its bytes.
fn conforms<P: Write + SetBaud>(sim: &Sim, port: &mut P) -> Verdict {
    let clock = sim.clock();
    let speed = async |port: &mut P| {
        port.flush().await.unwrap();
        let start = clock.now();
        write(port).await;
        port.flush().await.unwrap();
        (80_000_000 / (clock.now() - start).as_micros()) as u32
    };
    sim.run(speed::of(&clock, port, write, is_sent, speed, SPEEDS))
}

#[test]
fn a_port_of_a_line_and_one_to_a_receiver_conform() {
    let sim = Sim::new();
    let (mut port, _far) = uart::line(sim.clock(), Baud::new(9_600));
    assert_eq!(conforms(&sim, &mut port), Ok(()));
    let receiver = Receiver::new(sim.clock(), "", 9_600);
    assert_eq!(conforms(&sim, &mut receiver.input()), Ok(()));
}

#[test]
fn a_port_whose_speed_a_closure_changes_conforms() {
    let sim = Sim::new();
    let clock = sim.clock();
    let (port, _far) = uart::line(sim.clock(), Baud::new(9_600));
    let mut port = baud::from_fn(port, async |port: &mut uart::Port<_>, speed| {
        clock.sleep(Duration::from_millis(1)).await;
        port.set_baud(speed).await
    });
    assert_eq!(conforms(&sim, &mut port), Ok(()));
}
