//! An I²C bus with its devices, and commands.
//!
//! The bus has an HTU21D at 0x40, and an HD44780 of 16x2 behind a PCF8574 at 0x27. A command
//! is one line; numbers are decimal.
//!
//! | command | effect |
//! | --- | --- |
//! | `temperature N`, `humidity N` | what the sensor measures, in hundredths |
//! | `corrupt N` | a wrong checksum, after N right ones |
//! | `unplug`, `plug` | the sensor leaves the bus, and returns |
//! | `premature` | returns how often the sensor was addressed while busy |
//! | `row N` | returns a row of the display |
//! | `violations` | returns how often the display was misused |
//! | `fault N KIND` | goes wrong after N bytes: `nack`, `garble`, `stuck`, `arbitration` |
//! | `error N` | the next transfer fails with this number |
//! | `hang N` | the next N transfers do not return |
//! | `release` | transfers that hang fail with `ETIMEDOUT` |
//! | `hold N`, `free` | an address is held by a driver of the kernel; none is |
//! | `gone`, `back` | the bus is removed, and returns |
//! | `counts` | returns the numbers of open files, of opens and of transfers |

use std::cell::RefCell;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::rc::Rc;

use embedded_hal_async::i2c::{Error as _, ErrorKind, I2c, Operation};
use futures_lite::future::or;
use tickwire_exec_std::{Fd, StdClock};
use tickwire_sim::i2c::{Bus, Fault, Faults};
use tickwire_sim::models::hd44780::Display;
use tickwire_sim::models::htu21d::Htu21d;
use tickwire_traits::{Clock, Interest, ReadinessExt};

use crate::cuse::{Answer, Call, Device, Errno, Kind};
use crate::i2c_dev::{Message, Request, understand};

/// The address of the display.
pub const DISPLAY: u8 = 0x27;

const SPEED: u32 = 100_000;
const ENXIO: Errno = 6;
const EAGAIN: Errno = 11;
const EBUSY: Errno = 16;
const EOPNOTSUPP: Errno = 95;
const ETIMEDOUT: Errno = 110;
const EREMOTEIO: Errno = 121;

/// Makes `/dev/NAME`, and takes commands at the path `socket`. Does not end.
///
/// # Errors
///
/// If the device or the socket cannot be made.
///
/// # Cancel safety
///
/// Cancel-safe: a dropped call removes the device.
pub async fn serve(name: &str, socket: &str) -> io::Result<()> {
    let mut listener = Fd::new(UnixListener::bind(socket)?)?;
    let mut device = Some(Device::create(name).await?);
    let mut adapter = Adapter::new();
    loop {
        let command = async {
            listener.ready(Interest::Read).await?;
            Ok(Event::Command)
        };
        let event = match &mut device {
            Some(device) => or(async { device.next().await.map(Event::Call) }, command).await,
            None => command.await,
        };
        match (event?, &device) {
            (Event::Call(call), Some(device)) => adapter.handle(device, call).await?,
            (Event::Call(_), None) => {}
            (Event::Command, _) => {
                let (mut stream, _) = listener.get_ref().accept()?;
                let mut command = String::new();
                stream.read_to_string(&mut command)?;
                let words: Vec<_> = command.split_whitespace().collect();
                let answer = match words[..] {
                    ["gone"] => {
                        device = None;
                        adapter.hanging.clear();
                        adapter.open = 0;
                        Some(String::new())
                    }
                    ["back"] => {
                        device = Some(Device::create(name).await?);
                        Some(String::new())
                    }
                    ["release"] => {
                        for id in adapter.hanging.drain(..) {
                            device.iter().try_for_each(|it| it.answer(id, Err(ETIMEDOUT)))?;
                        }
                        Some(String::new())
                    }
                    _ => adapter.obey(&words),
                };
                let answer = answer.map_or("no such command".to_owned(), |it| format!("ok {it}"));
                stream.write_all(answer.as_bytes())?;
            }
        }
    }
}

enum Event {
    Call(Call),
    Command,
}

struct Adapter {
    bus: Bus<StdClock>,
    faults: Faults,
    sensor: Rc<RefCell<Htu21d>>,
    display: Display<StdClock>,
    /// The number of the error with which the next transfer fails.
    error: Option<Errno>,
    /// How many of the next transfers hang.
    to_hang: u32,
    /// The calls that hang.
    hanging: Vec<u64>,
    held: Option<u16>,
    open: u32,
    opened: u32,
    transfers: u32,
}

impl Adapter {
    fn new() -> Self {
        let mut bus = Bus::new(StdClock::new()).with_speed(SPEED);
        let sensor = Rc::new(RefCell::new(Htu21d::new()));
        let display = Display::new(StdClock::new(), 16, 2);
        bus.attach(Htu21d::ADDRESS, sensor.clone());
        bus.attach(DISPLAY, display.backpack());
        let faults = bus.faults();
        Self {
            bus,
            faults,
            sensor,
            display,
            error: None,
            to_hang: 0,
            hanging: Vec::new(),
            held: None,
            open: 0,
            opened: 0,
            transfers: 0,
        }
    }

    async fn handle(&mut self, device: &Device, Call { id, kind }: Call) -> io::Result<()> {
        match kind {
            Kind::Open => {
                self.open += 1;
                self.opened += 1;
                device.opened(id)
            }
            Kind::Close => {
                self.open -= 1;
                device.done(id)
            }
            Kind::Ioctl(call) => {
                let answer = match understand(&call) {
                    Ok(Request::Answer(answer)) => Ok(answer),
                    Ok(Request::Address(it)) if Some(it) == self.held => Err(EBUSY),
                    Ok(Request::Address(_)) => Ok(Answer::Done(0, Vec::new())),
                    Ok(Request::Transfer(_)) if self.to_hang > 0 => {
                        self.to_hang -= 1;
                        self.hanging.push(id);
                        return Ok(());
                    }
                    Ok(Request::Transfer(messages)) => self.transfer(messages).await,
                    Err(number) => Err(number),
                };
                device.answer(id, answer)
            }
            Kind::Unanswered => Ok(()),
            Kind::Other => device.refused(id),
        }
    }

    async fn transfer(&mut self, mut messages: Vec<Message>) -> Result<Answer, Errno> {
        self.transfers += 1;
        if let Some(number) = self.error.take() {
            return Err(number);
        }
        let address = messages.first().map_or(0, |message| message.address);
        if messages.iter().any(|message| message.address != address) {
            return Err(EOPNOTSUPP);
        }
        let mut operations: Vec<_> = messages
            .iter_mut()
            .map(|Message { is_read, bytes, .. }| match is_read {
                true => Operation::Read(bytes),
                false => Operation::Write(bytes),
            })
            .collect();
        let count = operations.len() as i32;
        let result = self.bus.transaction(address, &mut operations).await;
        result.map_err(|fault| match fault.kind() {
            // An address without a device; a device that is busy or takes no more.
            ErrorKind::NoAcknowledge(_) if ![Htu21d::ADDRESS, DISPLAY].contains(&address) => ENXIO,
            ErrorKind::NoAcknowledge(_) => EREMOTEIO,
            ErrorKind::ArbitrationLoss => EAGAIN,
            _ => ETIMEDOUT,
        })?;
        let read = messages.into_iter().filter(|message| message.is_read);
        Ok(Answer::Done(count, read.flat_map(|message| message.bytes).collect()))
    }

    /// Returns the answer, or `None` if there is no such command.
    fn obey(&mut self, words: &[&str]) -> Option<String> {
        let mut sensor = self.sensor.borrow_mut();
        match *words {
            ["temperature", value] => sensor.set_temperature(value.parse().ok()?),
            ["humidity", value] => sensor.set_humidity(value.parse().ok()?),
            ["corrupt", readings] => sensor.corrupt(readings.parse().ok()?),
            ["unplug"] => sensor.unplug(),
            ["plug"] => sensor.plug(StdClock::new().now()),
            ["premature"] => return Some(sensor.counts().premature.to_string()),
            ["row", row] => return self.display.rows().get(row.parse::<usize>().ok()?).cloned(),
            ["violations"] => return Some(self.display.violations().to_string()),
            ["fault", bytes, kind] => {
                let fault = match kind {
                    "nack" => Fault::Nack,
                    "garble" => Fault::Garble(0x01),
                    "stuck" => Fault::Stuck,
                    "arbitration" => Fault::ArbitrationLoss,
                    _ => return None,
                };
                self.faults.inject(bytes.parse().ok()?, fault);
            }
            ["error", number] => self.error = Some(number.parse().ok()?),
            ["hang", transfers] => self.to_hang = transfers.parse().ok()?,
            ["hold", address] => self.held = Some(address.parse().ok()?),
            ["free"] => self.held = None,
            ["counts"] => return Some(format!("{} {} {}", self.open, self.opened, self.transfers)),
            _ => return None,
        }
        Some(String::new())
    }
}
