//! The terminal: what it shows, and what its keys do.

use std::io;

use futures_lite::future::or;
use tickwire_exec_std::StdClock;
use tickwire_traits::{Duration, Timer};

use crate::keys::{self, Key, Keyboard};
use crate::record::Record;
use crate::terminal::{self, Job, Terminal};
use crate::view;
use crate::world::{CLICK, DOUBLE_CLICK, LONG_PRESS, RemoteKey, World};

const FRAME: Duration = Duration::from_millis(50);

/// Draws, and obeys the keys, until one says quit or the terminal is gone.
///
/// # Cancel safety
///
/// Dropping it gives the terminal back.
pub(crate) async fn show(world: &World, record: &Record) -> io::Result<()> {
    match draw_and_obey(world, record).await {
        Err(error) if terminal::is_gone(&error) => Ok(()),
        ended => ended,
    }
}

async fn draw_and_obey(world: &World, record: &Record) -> io::Result<()> {
    let mut keyboard = Keyboard::open()?;
    let mut terminal = Terminal::take()?;
    let clock = StdClock::new();
    let mut ticker = clock.ticker(FRAME);
    loop {
        terminal.draw(|frame| view::draw(frame, world, record))?;
        let job = async { terminal.job().await.map(Turn::Job) };
        let keys = async { keyboard.keys().await.map(Turn::Keys) };
        let frame = async {
            ticker.tick().await;
            Ok(Turn::Frame)
        };
        let keys = match or(job, or(keys, frame)).await? {
            Turn::Frame => continue,
            Turn::Keys(Some(keys)) => keys,
            Turn::Keys(None) => return Ok(()),
            Turn::Job(job) => {
                terminal.follow(job).await?;
                continue;
            }
        };
        for key in keys {
            match key {
                Key::Byte(b'q' | keys::ESCAPE | keys::CTRL_C) => return Ok(()),
                Key::Byte(keys::CTRL_Z) => {
                    if !terminal.suspend().await? {
                        record.tell("there is no shell to continue a stopped station");
                    }
                }
                _ => {
                    if let Some(done) = obey(key, world) {
                        record.tell(done);
                    }
                }
            }
        }
    }
}

/// What the screen has to do next.
enum Turn {
    Job(Job),
    /// None if the terminal is gone.
    Keys(Option<Vec<Key>>),
    Frame,
}

/// Does what a key asks for. Returns what there is to tell of it.
fn obey(key: Key, world: &World) -> Option<&'static str> {
    let Key::Byte(key) = key else {
        return turn(if key == Key::Right { 1 } else { -1 }, world);
    };
    match key {
        b' ' | b'c' | keys::ENTER => press(CLICK, world),
        b'd' => press(DOUBLE_CLICK, world),
        b'l' => press(LONG_PRESS, world),
        b'p' => push(false, world),
        b'P' => push(true, world),
        b'0'..=b'9' => remote(RemoteKey::Digit(key - b'0'), world),
        b'[' => remote(RemoteKey::Minus, world),
        b']' => remote(RemoteKey::Plus, world),
        b'o' => remote(RemoteKey::Enter, world),
        b'+' | b'=' => dim(true, world),
        b'-' => dim(false, world),
        b'u' => Some(match world.toggle_sensor() {
            Some(true) => "sensor plugged in",
            Some(false) => "sensor unplugged",
            None => "a real sensor is not ours to unplug",
        }),
        b'g' => Some(match world.toggle_garbling() {
            Some(true) => "GPS line garbled",
            Some(false) => "GPS line clean",
            None => "a real GPS line is not ours to garble",
        }),
        _ => None,
    }
}

fn press(toggles: &[u64], world: &World) -> Option<&'static str> {
    (!world.press(toggles)).then_some("a real button is not ours to press")
}

fn turn(detents: i32, world: &World) -> Option<&'static str> {
    (!world.hand.turn(detents)).then_some("a real knob is not ours to turn")
}

fn push(is_long: bool, world: &World) -> Option<&'static str> {
    (!world.hand.push(is_long)).then_some("a real knob is not ours to push")
}

fn remote(key: RemoteKey, world: &World) -> Option<&'static str> {
    (!world.hand.press(key)).then_some("a real remote control is not ours to press")
}

fn dim(is_up: bool, world: &World) -> Option<&'static str> {
    (!world.hand.dim(is_up)).then_some("a real potentiometer is not ours to turn")
}
