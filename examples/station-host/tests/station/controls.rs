//! The knob and the remote control, which keys move.

use std::fs::File;
use std::io::BufReader;

use embedded_hal::digital::PinState;
use tickwire_drivers::encoder::{Division, Position, Quadrature};
use tickwire_drivers::nec::{Decoder, Event, Frame};
use tickwire_traits::{Edge, Instant, Side};
use vcd::{Command, SimulationCommand};

use crate::session::Session;
use crate::wires::names;
use crate::{path, text};

#[test]
fn keys_turn_and_push_the_knob_and_press_the_remote_control() {
    let vcd = text(path("controls.vcd"));
    let mut session = Session::station(&["--vcd", &vcd]);
    session.see_the_station();
    session.see("no key yet");
    for (keys, expected) in [
        ("\x1b[C", "page time, metric"),
        ("\x1b[D\x1b[D", "page settings, metric"),
        ("p", "knob sets the GPS rate"),
        ("\x1b[C", "PMTK220,200: succeeded"),
        ("3", "page climate, metric"),
        ("p", "limit cold"),
        ("]", "limit hot"),
        ("o", "knob sets limit hot"),
        ("\x1b[D", "limit hot: 29.5 °C"),
        ("[", "limit hot: 29 °C"),
        ("P", "knob turns pages"),
        ("5", "command 0x1c"),
        ("-", "brightness: 6"),
        ("+++++++=", "brightness: 100 %"),
    ] {
        session.type_in(keys);
        session.see(expected);
    }
    session.type_in("q");
    session.end_well();
    // What the wires tell is what the keys did.
    assert_eq!(turned(&vcd), (-1, 0));
    let keys = [0x5E, 0x15, 0x43, 0x07, 0x1C].map(|command| Frame::new(0, command));
    assert_eq!(received(&vcd), keys);
}

/// The edges of a recording, with the names of their wires.
fn edges(path: &str) -> Vec<(String, Instant, PinState)> {
    let mut vcd = vcd::Parser::new(BufReader::new(File::open(path).unwrap()));
    let names = names(&vcd.parse_header().unwrap());
    let (mut now, mut begun, mut edges) = (Instant::EPOCH, false, Vec::new());
    for command in vcd {
        match command.unwrap() {
            Command::Timestamp(at) => now = Instant::from_micros(at),
            Command::End(SimulationCommand::Dumpvars) => begun = true,
            Command::ChangeScalar(id, value) if begun => {
                edges.push((names[&id].clone(), now, PinState::from(value == vcd::Value::V1)));
            }
            _ => {}
        }
    }
    edges
}

/// The position of the knob after a recording, and the illegal transitions.
fn turned(vcd: &str) -> (i32, u16) {
    let (mut quadrature, mut position) = (Quadrature::new(), Position::new());
    position.set_division(Division::X1);
    position.advance(quadrature.look(PinState::High, PinState::High));
    for (name, at, level) in edges(vcd) {
        let line = match name.as_str() {
            "knob_a" => Side::A,
            "knob_b" => Side::B,
            _ => continue,
        };
        position.advance(quadrature.edge(Edge { line, at, level, missed: 0 }));
    }
    (position.get(), quadrature.illegal())
}

/// The keys of the remote control in a recording.
fn received(vcd: &str) -> Vec<Frame> {
    let mut decoder = Decoder::new();
    let edges = edges(vcd).into_iter().filter(|(name, ..)| name == "remote");
    let signals = edges.filter_map(|(_, at, level)| {
        decoder.edge(Edge { line: (), at, level, missed: 0 }).map(|signal| signal.event)
    });
    signals
        .filter_map(|event| if let Event::Frame(frame) = event { Some(frame) } else { None })
        .collect()
}
