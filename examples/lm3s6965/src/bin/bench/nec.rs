//! An edge of a remote control's frame, beside the crate `infrared`.

use core::hint::black_box;

use embedded_hal::digital::PinState;
use infrared::Receiver;
use infrared::protocol::Nec;
use infrared::receiver::NoPin;
use tickwire_drivers::nec::{Decoder, Event, Frame, Modulator, Pulse, Signal};
use tickwire_lm3s6965::meter::Mark;
use tickwire_traits::{Edge, Instant};

use crate::row::{Measured, Tenths};

/// The number of edges of a frame.
const EDGES: usize = 68;

type Theirs = Receiver<Nec, NoPin, u32>;

/// Counts what frames take, and divides by their edges.
pub(crate) fn measure() -> Measured {
    const FRAMES: u16 = 50;

    let mut modulator = Modulator::new();
    let mut decoder = Decoder::new();
    let mut receiver = Theirs::new(1_000_000);
    let (mut ours, mut theirs) = (0, 0);
    for number in 0..FRAMES {
        let [address, command] = (number * 0x6E37).to_le_bytes();
        let frame = Frame::new(address.into(), command);
        let edges = edges(&mut modulator, frame);

        let mark = Mark::now();
        let is_received = decoded(&mut decoder, black_box(&edges));
        ours += mark.elapsed();
        assert!(is_received);

        let mark = Mark::now();
        let is_received = received(&mut receiver, black_box(&edges));
        theirs += mark.elapsed();
        assert!(is_received);
    }
    let each = |sum: u32| Tenths(sum * 10 / (u32::from(FRAMES) * EDGES as u32));
    Measured { tickwire: each(ours), embassy: Some(each(theirs)) }
}

fn edges(modulator: &mut Modulator, frame: Frame) -> [Edge; EDGES] {
    // The line has been at rest for long.
    modulator.frame(frame, modulator.next().max(Instant::from_millis(200)));
    core::array::from_fn(|_| {
        let at = modulator.deadline().expect("a frame has as many edges");
        let is_mark = modulator.step(at) == Some(Pulse::Mark);
        let level = if is_mark { PinState::Low } else { PinState::High };
        Edge { line: (), at, level, missed: 0 }
    })
}

#[inline(never)]
fn decoded(decoder: &mut Decoder, edges: &[Edge]) -> bool {
    let mut is_received = false;
    for edge in edges {
        if let Some(Signal { event: Event::Frame(_), .. }) = decoder.edge(*edge) {
            is_received = true;
        }
    }
    is_received
}

/// Its times are of 32 bits.
#[inline(never)]
fn received(receiver: &mut Theirs, edges: &[Edge]) -> bool {
    let mut is_received = false;
    for edge in edges {
        let is_mark = edge.level == PinState::Low;
        if let Ok(Some(_)) = receiver.event_instant(edge.at.as_micros() as u32, is_mark) {
            is_received = true;
        }
    }
    is_received
}
