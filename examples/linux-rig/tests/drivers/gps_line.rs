//! A line of this kernel with the model of a GPS receiver at its far end.
//!
//! No pseudo-terminal garbles bytes at a wrong speed, nor do the UARTs of the emulator. So the far
//! end asks the kernel for the speed of the near one, and the model garbles.

use std::convert::Infallible;
use std::env;
use std::fs::File;

use embedded_io_async::{Read, Write};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::tcgetattr;
use tickwire_exec_std::serial::{Serial, Settings, open};
use tickwire_exec_std::{Fd, StdClock};
use tickwire_sim::models::gps::Receiver;
use tickwire_traits::{Clock, Duration, Either, SetBaud, Timer, race};

use crate::CLOCK;
use crate::rig::in_rig;

const NEAR: &str = "/dev/ttyS1";
const FAR: &str = "/dev/ttyS2";

/// The speed of the near end at first.
pub(crate) const BAUD: u32 = 9_600;

/// After so long without a byte, the far end has received what the near one has sent.
const QUIET: Duration = Duration::from_millis(10);

/// The far end of a line.
pub(crate) struct Far<F> {
    port: F,
    /// Has the settings of the near end.
    near: File,
}

/// Runs `test` with a pseudo-terminal. The rig has none.
pub(crate) fn on_a_pseudo_terminal(test: impl FnOnce(Serial, Far<Fd<File>>)) {
    if env::var_os("TICKWIRE_RIG").is_some() {
        println!("skipped: the rig has no pseudo-terminals");
        return;
    }
    let far = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&far).unwrap();
    unlockpt(&far).unwrap();
    let path = ptsname(&far, Vec::new()).unwrap().into_string().unwrap();
    let serial = open(path, Settings::new(BAUD)).unwrap();
    // Both ends have the same settings.
    let near = File::from(far.try_clone().unwrap());
    test(serial, Far { port: Fd::new(File::from(far)).unwrap(), near });
}

/// Runs `test` with two joined UARTs, in the rig.
pub(crate) fn on_a_uart(test: impl FnOnce(Serial, Far<Serial>)) {
    in_rig(|| {
        let serial = open(NEAR, Settings { exclusive: false, ..Settings::new(BAUD) }).unwrap();
        // The model is as slow as it says. The far end delays none of its bytes.
        let port = open(FAR, Settings::new(115_200)).unwrap();
        test(serial, Far { port, near: File::open(NEAR).unwrap() });
    });
}

impl<F: Read + Write> Far<F> {
    /// Carries bytes between the line and the model, whose port has the speed of the near end.
    pub(crate) async fn carry(mut self, mut model: Receiver<StdClock>) -> Infallible {
        let mut input = model.input();
        let (mut sent, mut heard) = ([0; 64], [0; 64]);
        let mut baud = BAUD;
        let mut quiet = CLOCK.now() + QUIET;
        loop {
            // Both reads are cancel-safe.
            let moved = race(self.port.read(&mut heard), model.read(&mut sent));
            match race(moved, CLOCK.sleep_until(quiet)).await {
                Either::First(Either::First(len)) => {
                    input.write_all(&heard[..len.unwrap()]).await.unwrap();
                    quiet = CLOCK.now() + QUIET;
                }
                Either::First(Either::Second(len)) => {
                    self.port.write_all(&sent[..len.unwrap()]).await.unwrap();
                }
                Either::Second(()) => {
                    let now = tcgetattr(&self.near).unwrap().output_speed();
                    if now != baud {
                        baud = now;
                        input.set_baud(baud).await.unwrap();
                    }
                    quiet = CLOCK.now() + QUIET;
                }
            }
        }
    }
}
