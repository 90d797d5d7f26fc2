//! A GPS receiver whose speed is changed, at the other end of a pseudo-terminal.
//!
//! A pseudo-terminal does not garble bytes at a wrong speed. So the far end asks the kernel for the
//! speed of the near one, and the model of the receiver garbles.

use std::env;
use std::fs::File;

use embedded_io_async::{Read, Write};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::tcgetattr;
use tickwire_drivers::gps::mtk::{Baud, SpeedChange};
use tickwire_drivers::gps::{Commands, Gps, Hub, SpeedError};
use tickwire_exec_std::serial::{self, Serial, Settings, open};
use tickwire_exec_std::{Fd, StdClock, run};
use tickwire_sim::models::gps::{Control, Input, Obedience, Receiver, demo_log};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Duration, Either, SetBaud, Timer, race};

use crate::CLOCK;

/// How often the far end looks at the speed of the near one.
const LOOK: Duration = Duration::from_millis(2);

type Found = Result<Baud, SpeedError<serial::Error, serial::Error>>;

#[test]
fn a_receiver_on_a_pseudo_terminal_changes_its_speed_or_is_found() {
    if env::var_os("TICKWIRE_RIG").is_some() {
        println!("skipped: the rig has no pseudo-terminals");
        return;
    }
    let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&far).unwrap();
    unlockpt(&far).unwrap();
    let path = ptsname(&far, Vec::new()).unwrap().into_string().unwrap();
    let near = open(path, Settings::new(9_600)).unwrap();
    // The far end of a pseudo-terminal has the settings of the near one.
    let settings = far.try_clone().unwrap();
    let speed = move || tcgetattr(&settings).unwrap().output_speed();
    change_twice(near, Fd::new(File::from(far)).unwrap(), speed);
}

/// Makes a receiver faster, lets it forget and disobey, and finds it.
fn change_twice(near: Serial, far: impl Read + Write, speed: impl Fn() -> u32) {
    let model = Receiver::new(CLOCK, demo_log(600), 9_600).then_silence();
    let (input, control) = (model.input(), model.control());
    let (reader, writer) = near.split().unwrap();
    let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(reader, CLOCK), CLOCK)
        .with_commands(Commands::mtk(writer));
    run(async |_| {
        let work = async {
            let mut change = SpeedChange::new(Baud::B9600, Baud::B115200);
            check(hub.change_speed(&mut change).await, Baud::B115200, &control);
            control.lose_power();
            control.obey_speed(Obedience::Never);
            check(hub.change_speed(&mut change).await, Baud::B9600, &control);
            assert_eq!(change.port(), Baud::B9600);
        };
        let line = race(hub.run(), carry(far, speed, model, input));
        assert!(matches!(race(work, line).await, Either::First(())), "the line has ended");
    });
}

#[track_caller]
fn check(found: Found, expected: Baud, control: &Control<StdClock>) {
    assert_eq!(found.unwrap(), expected);
    assert_eq!(control.baud(), expected.bits_per_second());
}

/// Carries bytes between the far end and the model. The model's port has the speed of the near
/// end.
async fn carry(
    mut far: impl Read + Write,
    speed: impl Fn() -> u32,
    mut model: Receiver<StdClock>,
    mut input: Input<StdClock>,
) {
    let (mut sent, mut heard) = ([0; 64], [0; 64]);
    let mut now = 9_600;
    loop {
        let moved = race(far.read(&mut heard), model.read(&mut sent));
        match race(moved, CLOCK.sleep(LOOK)).await {
            Either::First(Either::First(len)) => {
                input.write_all(&heard[..len.unwrap()]).await.unwrap();
                input.flush().await.unwrap();
            }
            Either::First(Either::Second(len)) => {
                far.write_all(&sent[..len.unwrap()]).await.unwrap()
            }
            // Nothing is left that was written at another speed.
            Either::Second(()) if speed() != now => {
                now = speed();
                input.set_baud(now).await.unwrap();
            }
            Either::Second(()) => {}
        }
    }
}
