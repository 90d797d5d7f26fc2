//! Frames as edges, and what decodes them.

use embedded_hal::digital::PinState;
use infrared::Receiver;
use infrared::protocol::Nec;
use infrared::receiver::NoPin;
use tickwire_drivers::nec::{Decoder, Event, Frame, Modulator, Pulse, Signal};
use tickwire_traits::{Edge, Instant};

/// The number of edges of a frame.
pub(crate) const EDGES: u64 = 68;

/// Returns the edges of frames, each of another key.
pub(crate) fn edges(frames: u32) -> Vec<Edge> {
    let mut modulator = Modulator::new();
    // The line has been at rest for long.
    let mut now = Instant::from_millis(200);
    let mut edges = Vec::new();
    for number in 0..frames {
        let [command, address, ..] = (number * 0x9E37).to_le_bytes();
        modulator.frame(Frame::new(address.into(), command), now);
        while let Some(at) = modulator.deadline() {
            let is_mark = modulator.step(at) == Some(Pulse::Mark);
            let level = if is_mark { PinState::Low } else { PinState::High };
            edges.push(Edge { line: (), at, level, missed: 0 });
        }
        now = modulator.next();
    }
    edges
}

/// Returns the number of frames.
pub(crate) fn decoder(edges: &[Edge]) -> u32 {
    let mut decoder = Decoder::new();
    let mut frames = 0;
    for edge in edges {
        if let Some(Signal { event: Event::Frame(_), .. }) = decoder.edge(*edge) {
            frames += 1;
        }
    }
    frames
}

/// The same with `infrared`, whose times are of 32 bits.
pub(crate) fn infrared(edges: &[Edge]) -> u32 {
    let mut receiver: Receiver<Nec, NoPin, u32> = Receiver::new(1_000_000);
    let mut frames = 0;
    for edge in edges {
        let is_mark = edge.level == PinState::Low;
        if let Ok(Some(_)) = receiver.event_instant(edge.at.as_micros() as u32, is_mark) {
            frames += 1;
        }
    }
    frames
}
