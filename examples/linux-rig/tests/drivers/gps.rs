//! A GPS receiver on a UART, whose other end another process writes.

use std::fs;
use std::process::Command;

use tickwire_drivers::gps::{Field, Gps};
use tickwire_exec_std::run;
use tickwire_exec_std::serial::{Settings, open};
use tickwire_sim::models::gps::demo_log;
use tickwire_traits::{Duration, Timer};

use crate::CLOCK;
use crate::rig::in_rig;

const NEAR: &str = "/dev/ttyS1";
const FAR: &str = "/dev/ttyS2";
const SECONDS: u32 = 5;

#[test]
fn a_receiver_on_a_uart_has_its_sentences_read() {
    in_rig(|| {
        let log = demo_log(SECONDS);
        let port = open(NEAR, Settings::new(9_600)).unwrap();
        fs::write("/tmp/log.nmea", &log).unwrap();
        // The far end is a terminal, and must not change line ends.
        let script = format!("stty -F {FAR} 9600 raw -echo && cat /tmp/log.nmea > {FAR}");
        let mut receiver = Command::new("sh").args(["-ec", &script]).spawn().unwrap();
        let mut gps = Gps::new(port, CLOCK);
        let mut positions = 0;
        run(async |_| {
            while positions < SECONDS {
                let update = CLOCK.timeout(Duration::from_secs(60), gps.update()).await;
                let update = update.expect("a sentence").unwrap();
                positions += u32::from(update.set.contains(Field::Position));
            }
        });
        assert!(receiver.wait().unwrap().success());
        let counters = gps.counters();
        assert_eq!(counters.accepted, counters.sentences);
    });
}
