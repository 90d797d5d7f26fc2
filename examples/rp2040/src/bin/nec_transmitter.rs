//! A remote control with one key: while a contact is closed, an infrared light sends its frame
//! and repeats. A receiver module beside the light sees them.
//!
//! The carrier is that of the PWM.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use embassy_rp::gpio::{Input, Pull};
use embassy_rp::pwm::{Config, Pwm};
use tickwire_drivers::nec::{Event, Frame, Nec, PwmCarrier, Transmitter};
use tickwire_drivers::switch::{Contact, Switch};
use tickwire_exec_embassy::EmbassyClock;
use tickwire_rp2040::report;
use tickwire_traits::{Clock, PolledEdges};

type Pin = PolledEdges<Input<'static>, EmbassyClock>;

const KEY: Frame = Frame::new(0x40, 0x12);
/// 38 kHz: a 3289th of the processor's 125 MHz.
const TOP: u16 = 3_288;

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let board = embassy_rp::init(Default::default());
    let module = PolledEdges::new(Input::new(board.PIN_14, Pull::Up), EmbassyClock);
    spawner.spawn(receive(module).expect("it is spawned once"));

    let mut config = Config::default();
    config.top = TOP;
    let pwm = Pwm::new_output_a(board.PWM_SLICE0, board.PIN_16, config);
    let mut transmitter = Transmitter::new(PwmCarrier(pwm), EmbassyClock);
    let contact = PolledEdges::new(Input::new(board.PIN_15, Pull::Up), EmbassyClock);
    let mut switch = Switch::new(contact, EmbassyClock);
    loop {
        until(&mut switch, Contact::Closed).await;
        let sent = transmitter.hold(KEY, until(&mut switch, Contact::Open)).await;
        let _is_sent = sent.is_ok();
        report!(EmbassyClock.now(), if _is_sent { "sent" } else { "failed" });
    }
}

/// Waits until the contact is closed, or open.
async fn until(switch: &mut Switch<Pin, EmbassyClock>, contact: Contact) {
    loop {
        let Ok(change) = switch.change().await;
        if change.contact == contact {
            break;
        }
    }
}

#[embassy_executor::task]
async fn receive(module: Pin) {
    let mut nec = Nec::new(module, EmbassyClock);
    loop {
        let Ok(signal) = nec.signal().await;
        match signal.event {
            Event::Frame(_frame) => {
                report!(signal.at, "frame", address: _frame.address(), command: _frame.command());
            }
            Event::Repeat(_repeat) => {
                report!(signal.at, "repeat", held_us: _repeat.held.as_micros());
            }
            Event::Error(_error) => report!(signal.at, _error.name()),
        }
    }
}
