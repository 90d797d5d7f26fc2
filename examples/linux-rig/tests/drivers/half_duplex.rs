//! A device that answers commands, on the other one of two joined UARTs.

use embedded_io_async::{Read, Write};
use tickwire_drivers::stream::{AskError, HalfDuplex, is_final_result};
use tickwire_exec_std::serial::{Serial, Settings, open};
use tickwire_exec_std::{StdClock, run};
use tickwire_sim::models::half_duplex::{Device, Fault};
use tickwire_traits::{Duration, Either, race};

use crate::CLOCK;
use crate::rig::in_rig;

const NEAR: &str = "/dev/ttyS1";
const FAR: &str = "/dev/ttyS2";
const LINES: &[u8] = b"Line 1\r\nLine 2\r\nLine 3\r\nGoodbye\r\n";

/// The model's own line is much faster than the UART.
const FAST: u32 = 1_000_000;

#[test]
fn the_tutorials_device_and_a_modem_answer_and_fail() {
    in_rig(|| {
        let open = |path| open(path, Settings::new(9_600)).unwrap();
        let (mut near, mut far) = (open(NEAR), open(FAR));
        let tutorial = Device::tutorial(CLOCK, FAST);
        let modem = Device::modem(CLOCK, FAST);
        run(async |_| {
            while_connected(&mut far, &tutorial, async {
                let mut asker = HalfDuplex::<_, _, 64>::new(&mut near, CLOCK)
                    .with_patience(Duration::from_secs(10))
                    .with_quiet(Duration::from_secs(4));
                assert_eq!(asker.ask(b"Run\r\n").await.unwrap(), LINES);
                tutorial.fault(Fault::Deaf);
                assert!(matches!(asker.ask(b"Run\r\n").await, Err(AskError::NoAnswer)));
                assert_eq!(asker.ask(b"Run\r\n").await.unwrap(), LINES);
            })
            .await;
            while_connected(&mut far, &modem, async {
                let mut asker = HalfDuplex::<_, _, 64>::new(&mut near, CLOCK)
                    .with_patience(Duration::from_secs(10))
                    .with_retries(1)
                    .with_echo()
                    .with_end(is_final_result);
                modem.fault(Fault::Lost);
                modem.say(b"\r\nRING\r\n");
                let answer = asker.ask(b"AT+CSQ\r").await.unwrap();
                assert_eq!(answer, b"\r\n+CSQ: 17,0\r\n\r\nOK\r\n");
                assert_eq!(asker.ask(b"AT+NONE\r").await.unwrap(), b"\r\nERROR\r\n");
                assert_eq!(asker.counters().retries, 1);
            })
            .await;
        });
    });
}

/// Carries bytes between the far end and a device until `work` ends.
async fn while_connected(
    far: &mut Serial,
    device: &Device<StdClock>,
    work: impl Future<Output = ()>,
) {
    let (mut from_device, mut to_device) = (device.clone(), device.clone());
    let connect = async {
        let (mut heard, mut said) = ([0; 64], [0; 64]);
        loop {
            // Both reads are cancel-safe.
            match race(far.read(&mut heard), from_device.read(&mut said)).await {
                Either::First(len) => to_device.write_all(&heard[..len.unwrap()]).await.unwrap(),
                Either::Second(len) => far.write_all(&said[..len.unwrap()]).await.unwrap(),
            }
        }
    };
    race(connect, work).await.into_inner();
}
