//! A sensor, two displays and a device without a driver on one I2C bus, at every pace. Each
//! is dropped at every pending poll and called again, while the others continue.

use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal_async::i2c::I2c;
use futures_util::future::join4;
use tickwire_drivers::hd44780::{Lcd, Pcf8574};
use tickwire_drivers::htu21d::{self, Htu21d};
use tickwire_sim::i2c::{Ack, Bus, Device, I2cFault};
use tickwire_sim::models::hd44780::Display;
use tickwire_sim::{Pace, Sim, SimClock, drop_after};
use tickwire_sync::local;
use tickwire_traits::{Delay, Instant};

/// A register of four bytes, written and read from its beginning.
#[derive(Default)]
struct Register {
    bytes: [u8; 4],
    at: usize,
}

const REGISTER: u8 = 0x50;

impl Device for Register {
    fn start(&mut self, _: Instant, _: bool) -> Ack {
        self.at = 0;
        Ack::Ack
    }

    fn write(&mut self, _: Instant, byte: u8) -> Ack {
        self.at += 1;
        match self.bytes.get_mut(self.at - 1) {
            Some(slot) => {
                *slot = byte;
                Ack::Ack
            }
            None => Ack::Nack,
        }
    }

    fn read(&mut self, _: Instant) -> u8 {
        self.at += 1;
        self.bytes.get(self.at - 1).copied().unwrap_or(0xff)
    }
}

struct Rig {
    sim: Sim,
    bus: local::SharedBus<Bus<SimClock>>,
    sensor: Rc<RefCell<tickwire_sim::models::htu21d::Htu21d>>,
    displays: [Display<SimClock>; 2],
}

impl Rig {
    fn new(pace: Pace) -> Self {
        let sim = pace.sim();
        let clock = sim.clock();
        let mut bus = Bus::new(clock.clone()).with_speed(100_000);
        let sensor = Rc::new(RefCell::new(tickwire_sim::models::htu21d::Htu21d::new()));
        sensor.borrow_mut().set_temperature(2_381);
        sensor.borrow_mut().set_humidity(5_072);
        bus.attach(htu21d::ADDRESS, sensor.clone());
        let displays = [0x26, 0x27].map(|address| {
            let display = Display::new(clock.clone(), 8, 1);
            bus.attach(address, display.backpack());
            display
        });
        bus.attach(REGISTER, Rc::new(RefCell::new(Register::default())));
        Self { sim, bus: local::SharedBus::new(bus), sensor, displays }
    }

    /// Runs all four requests at once. Before that, those with a number in `dropped` are dropped
    /// at that pending poll. Returns how many ended before it.
    fn run(&self, dropped: [Option<usize>; 4], context: &str) -> usize {
        let delay = || Delay(self.sim.clock());
        let mut sensor = Htu21d::new(self.bus.i2c(), delay());
        let lcd = |address, text| {
            let backpack = Pcf8574::new(self.bus.i2c()).with_address(address);
            let mut lcd = Lcd::<_, _, 8, 1>::new(backpack, delay());
            lcd.set_line(0, text);
            lcd
        };
        let (mut left, mut right) = (lcd(0x26, "left"), lcd(0x27, "right"));
        let mut plain = self.bus.i2c();
        let (a, b, c, d) = self.sim.run(join4(
            twice(dropped[0], async || sensor.measure().await),
            twice(dropped[1], async || left.flush().await),
            twice(dropped[2], async || right.flush().await),
            twice(dropped[3], async || {
                let mut bytes = [0; 4];
                plain.write(REGISTER, &[1, 2, 3, 4]).await?;
                plain.read(REGISTER, &mut bytes).await?;
                Ok::<_, I2cFault>(bytes)
            }),
        ));
        let measured = a.1.unwrap_or_else(|error| panic!("{context}: sensor: {error}"));
        assert_eq!((measured.temperature.0, measured.humidity.0), (2_381, 5_073), "{context}");
        b.1.unwrap_or_else(|error| panic!("{context}: left: {error}"));
        c.1.unwrap_or_else(|error| panic!("{context}: right: {error}"));
        assert_eq!(d.1, Ok([1, 2, 3, 4]), "{context}");
        for (display, text) in self.displays.iter().zip(["left    ", "right   "]) {
            assert_eq!((display.row(0).as_str(), display.log()), (text, vec![]), "{context}");
        }
        assert_eq!(self.sensor.borrow().counts().violations, 0, "{context}");
        [a.0, b.0, c.0, d.0].into_iter().filter(|ended| *ended).count()
    }
}

/// Drops the call at that pending poll, and calls again.
async fn twice<T>(dropped: Option<usize>, mut call: impl AsyncFnMut() -> T) -> (bool, T) {
    let ended = match dropped {
        Some(polls) => drop_after(polls, call()).await.is_some(),
        None => true,
    };
    (ended, call().await)
}

#[test]
fn all_get_what_they_ask_for_at_every_pace() {
    for pace in Pace::ALL {
        let rig = Rig::new(pace);
        rig.run([None; 4], &format!("{pace:?}"));
        assert_eq!(rig.bus.cancelled(), 0, "{pace:?}");
    }
}

#[test]
fn each_is_dropped_at_every_pending_poll_and_called_again() {
    for pace in Pace::ALL {
        for device in 0..4 {
            let mut cancelled = 0;
            for polls in 1.. {
                let context = format!("{pace:?}, {device} dropped at poll {polls}");
                let rig = Rig::new(pace);
                let mut dropped = [None; 4];
                dropped[device] = Some(polls);
                let ended = rig.run(dropped, &context);
                // A driver that gives up a transfer cancels it too; no driver does so here.
                assert!(rig.bus.cancelled() <= 1, "{context}");
                cancelled += rig.bus.cancelled();
                if ended == 4 {
                    assert!(cancelled > 2, "{context}: {cancelled} transfers were cut");
                    break;
                }
            }
        }
    }
}

#[test]
fn all_are_dropped_at_once() {
    for pace in Pace::ALL {
        for polls in 1.. {
            let context = format!("{pace:?}, all dropped at poll {polls}");
            if Rig::new(pace).run([Some(polls); 4], &context) == 4 {
                break;
            }
        }
    }
}
