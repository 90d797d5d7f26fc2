//! The remote control.

use core::convert::Infallible;

use tickwire_drivers::nec::{Addressing, Event as Received, Frame, Nec, Repeat};
use tickwire_traits::{Duration, Edges, Timer, TimerQueue};

use super::{Control, Serve};
use crate::menu::Key;
use crate::state::Has;
use crate::station::{RETRY_AFTER, Station};
use crate::{Event, Observe};

/// A receiver of an infrared remote control, and the remote control.
#[derive(Clone, Copy, Debug)]
pub struct Remote<P> {
    /// The output of the receiver, such as a TSOP38238.
    pub receiver: P,
    /// What the keys send.
    pub keymap: Keymap,
}

/// What the keys of a remote control send.
///
/// The default is the small one of 21 keys that comes with receivers in kits: `+` and `-` are
/// the keys of the volume, and the key of play and pause enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// The address of all keys. Other ones are ignored. Above 0xFF it is an extended one.
    pub address: u16,
    /// The commands of the digits, from 0 on.
    pub digits: [u8; 10],
    /// The command of the key that turns the knob back.
    pub minus: u8,
    /// The command of the key that turns the knob.
    pub plus: u8,
    /// The command of the key that pushes the knob.
    pub enter: u8,
}

/// From here on, a key that is held acts with each repeat. Most presses are long enough for one
/// or two.
const REPEAT_AFTER: Duration = Duration::from_millis(400);

impl Keymap {
    const KIT: Self = Self {
        address: 0,
        digits: [0x16, 0x0C, 0x18, 0x5E, 0x08, 0x1C, 0x5A, 0x42, 0x52, 0x4A],
        minus: 0x07,
        plus: 0x15,
        enter: 0x43,
    };

    /// Returns what a frame asks for.
    pub fn key(&self, frame: Frame) -> Option<Key> {
        let command = frame.command();
        if Frame::new(self.address, command) != frame {
            return None;
        }
        let digits = (0..).zip(self.digits).find(|(_, digit)| *digit == command);
        match command {
            _ if command == self.minus => Some(Key::Minus),
            _ if command == self.plus => Some(Key::Plus),
            _ if command == self.enter => Some(Key::Enter),
            _ => digits.map(|(digit, _)| Key::Digit(digit)),
        }
    }

    /// Returns what a signal asks for: a key that turns the knob does so while it is held.
    fn asks(&self, signal: Received) -> Option<Key> {
        match signal {
            Received::Frame(frame) => self.key(frame),
            Received::Repeat(Repeat { frame: Some(frame), held }) if held >= REPEAT_AFTER => {
                self.key(frame).filter(|key| matches!(key, Key::Minus | Key::Plus))
            }
            _ => None,
        }
    }

    const fn addressing(&self) -> Addressing {
        if self.address > 0xFF { Addressing::Extended } else { Addressing::Standard }
    }
}

impl Default for Keymap {
    fn default() -> Self {
        Self::KIT
    }
}

impl<P: Edges<Line = ()>> Control for Remote<P> {}

impl<P: Edges<Line = ()>> Serve for Remote<P> {
    const HAS: Has = Has::LIMITS;

    async fn serve<T, O, C, I, R, B>(self, station: &Station<'_, T, O, C>) -> Infallible
    where
        T: TimerQueue + Clone,
        O: Observe<I, R, B>,
        C: Serve,
    {
        let Self { receiver, keymap } = self;
        let mut nec =
            Nec::new(receiver, station.clock.clone()).with_addressing(keymap.addressing());
        loop {
            match nec.signal().await {
                Ok(signal) => {
                    station.report(Event::Remote(signal, nec.counters()));
                    if let Some(key) = keymap.asks(signal.event) {
                        station.act(|state, now| state.press(key, now, station.has()));
                    }
                }
                Err(_) => {
                    station.report(Event::RemoteFailed);
                    station.clock.sleep(RETRY_AFTER).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
