//! A remote control's signals: sent by the kernel's PWM, and received by the kernel's times of a
//! line that follows it.

use std::cell::{Cell, RefCell};
use std::fs;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::time;

use tickwire_drivers::nec::{
    Addressing, Carrier, Event, Frame, Modulator, Nec, PwmCarrier, Transmitter,
};
use tickwire_exec_std::gpio::{self, Input, InputSettings};
use tickwire_exec_std::pwm::{self, Channel, Polarity, Pwm};
use tickwire_exec_std::run;
use tickwire_traits::{
    Clock, Duration, Edge, Edges, Instant, JoinHandle, Spawn, TimeSource, Timer,
};

use crate::CLOCK;
use crate::rig::{Chip, with_chip};

const LINE: u32 = 4;
const PWM: &str = "/sys/class/pwm/pwmchip0";
const SIGNALS: usize = 30;
/// What the times of edges may be off by.
const PRECISION: Duration = Duration::from_micros(200);

type Times = Rc<RefCell<Vec<Instant>>>;

/// A PWM channel, and the output of a receiver module that sees its light. Keeps the times of its
/// edges.
struct Light<'a> {
    pwm: PwmCarrier<Pwm>,
    chip: &'a Chip,
    pulled: Times,
}

impl Light<'_> {
    /// Pulls the line down if the chip was told to be on for a third of each period.
    fn show(&self) {
        let told = fs::read_to_string(format!("{PWM}/device/pwm_told")).unwrap();
        let is_dark = match told.lines().next().unwrap() {
            "26316 8772 normal on" => false,
            "26316 0 normal on" => true,
            other => panic!("the chip was told {other}"),
        };
        self.pulled.borrow_mut().push(CLOCK.now());
        self.chip.pull(LINE, is_dark);
    }
}

impl Carrier for Light<'_> {
    type Error = pwm::Error;

    fn mark(&mut self) -> Result<(), pwm::Error> {
        self.pwm.mark()?;
        self.show();
        Ok(())
    }

    fn space(&mut self) -> Result<(), pwm::Error> {
        self.pwm.space()?;
        self.show();
        Ok(())
    }
}

/// A pin whose edges' times are kept.
struct Stamped {
    pin: Input,
    stamps: Times,
}

impl embedded_hal::digital::ErrorType for Stamped {
    type Error = gpio::Error;
}

impl Edges for Stamped {
    type Line = ();

    fn time_source(&self) -> TimeSource {
        self.pin.time_source()
    }

    fn arm(&mut self) -> Result<(), gpio::Error> {
        self.pin.arm()
    }

    async fn edge(&mut self) -> Result<Edge, gpio::Error> {
        let edge = self.pin.edge().await?;
        self.stamps.borrow_mut().push(edge.at);
        Ok(edge)
    }
}

/// The frame with this number, or a repeat.
fn signal(number: usize) -> Option<Frame> {
    let number = u16::try_from(number).unwrap();
    (!number.is_multiple_of(5)).then(|| Frame::new(number.wrapping_mul(0x6E37), number as u8))
}

#[test]
fn frames_whose_times_the_kernel_has_are_received() {
    with_chip(|chip| {
        chip.pull(LINE, true);
        let (pulled, stamps) = (Times::default(), Times::default());
        let mut pin = Input::open(&chip.line(LINE), InputSettings::DEFAULT).unwrap();
        pin.arm().unwrap();
        let pin = Stamped { pin, stamps: stamps.clone() };
        let mut nec = Nec::new(pin, CLOCK).with_addressing(Addressing::Extended);
        let period = time::Duration::from_nanos(26_316); // 38 kHz.
        let channel = Channel::at(PWM, 0);
        let pwm = run(async |_| Pwm::open(&channel, period, Polarity::Normal).await).unwrap();
        let light = Light { pwm: PwmCarrier(pwm), chip: &chip, pulled: pulled.clone() };
        let mut transmitter = Transmitter::new(light, CLOCK);

        // For each signal: its last pull's number, and whether its edges were in time.
        let mut sent = Vec::new();
        let received = Rc::new(RefCell::new(Vec::new()));
        let polls = Rc::new(Cell::new(0_usize));
        let mut latest = Duration::ZERO;
        run(async |spawner| {
            // A task of its own: it is polled for its own sake alone.
            let (reports, count) = (received.clone(), polls.clone());
            let receiver = async move {
                let mut receiving = pin!(async {
                    loop {
                        let signal = nec.signal().await.unwrap();
                        reports.borrow_mut().push(signal);
                    }
                });
                poll_fn(|cx| {
                    count.set(count.get() + 1);
                    receiving.as_mut().poll(cx)
                })
                .await
            };
            spawner.spawn(receiver).unwrap().detach();
            for number in 0..SIGNALS {
                match signal(number) {
                    Some(frame) => transmitter.frame(frame).await,
                    None => transmitter.repeat().await,
                }
                .unwrap();
                latest = latest.max(transmitter.lateness());
                sent.push((pulled.borrow().len(), transmitter.lateness() <= PRECISION));
            }
            CLOCK.sleep(Modulator::PERIOD).await;
        });

        let (pulled, stamps, received) = (pulled.borrow(), stamps.borrow(), received.borrow());
        assert_eq!(stamps.len(), pulled.len(), "edges of the kernel");
        let mut judged = 0;
        let mut first = 0;
        for (number, (end, is_in_time)) in sent.into_iter().enumerate() {
            let times = stamps[first..end].iter().zip(&pulled[first..end]);
            first = end;
            let is_exact = |(stamp, pulled): (&Instant, &Instant)| {
                *stamp - *pulled <= PRECISION && *pulled - *stamp <= PRECISION
            };
            if !is_in_time || !times.into_iter().all(is_exact) {
                println!("signal {number} is not judged");
                continue;
            }
            judged += 1;
            let signal_at = received.iter().find(|signal| signal.at == stamps[end - 1]);
            let event = signal_at.unwrap_or_else(|| panic!("signal {number} is lost")).event;
            match (signal(number), event) {
                (Some(frame), event) => assert_eq!(event, Event::Frame(frame), "signal {number}"),
                (None, Event::Repeat(_)) => {}
                (None, event) => panic!("signal {number}, a repeat, is {event:?}"),
            }
        }
        println!("{judged} signals, late by up to {} µs", latest.as_micros());
        assert!(judged >= 20, "only {judged} signals were in time");
        // A poll for each edge and each deadline, and the first: none between signals.
        let (polls, edges) = (polls.get(), stamps.len());
        println!("{polls} polls for {edges} edges");
        assert!(polls <= edges + SIGNALS + 1, "{polls} polls for {edges} edges");
    });
}
