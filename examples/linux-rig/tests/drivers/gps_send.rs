//! A GPS receiver that acknowledges commands while its sentences flow, at the other end of a
//! pseudo-terminal or of a UART.

use embedded_io_async::{Read, Write};
use futures_lite::future::zip;
use tickwire_drivers::gps::mtk::{Command, Interval, Verdict};
use tickwire_drivers::gps::{Commands, Gps, Hub, Strays};
use tickwire_exec_std::run;
use tickwire_exec_std::serial::Serial;
use tickwire_sim::models::gps::{AnswerFault, Receiver, demo_log};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Duration, Either, Timer, race};

use crate::CLOCK;
use crate::gps_line::{BAUD, Far, on_a_pseudo_terminal, on_a_uart};

#[test]
fn a_receiver_on_a_pseudo_terminal_acknowledges_commands() {
    // None is lost, and the machine may be busy.
    on_a_pseudo_terminal(|near, far| ask(near, far, Duration::from_secs(60), &[]));
}

#[test]
fn a_receiver_on_a_uart_acknowledges_commands_or_is_asked_again() {
    // The last one is answered as if it were another command.
    let other = AnswerFault::Other("PMTK001,220,3".to_owned());
    let lost = [AnswerFault::Lost, AnswerFault::Deaf, other];
    on_a_uart(|near, far| ask(near, far, Duration::from_secs(3), &lost));
}

/// Sends commands by two tasks while a third one reads positions. The first answers are `lost`.
fn ask<F>(near: Serial, far: Far<F>, patience: Duration, lost: &[AnswerFault])
where
    F: Read + Write,
{
    let model = Receiver::new(CLOCK, demo_log(600), BAUD).then_silence();
    let control = model.control();
    let (reader, writer) = near.split().unwrap();
    let commands = Commands::mtk(writer).with_patience(patience).with_retries(3);
    let hub =
        Hub::<NoopRawMutex, _, _>::new(Gps::new(reader, CLOCK), CLOCK).with_commands(commands);
    for fault in lost.iter().chain([&AnswerFault::Doubled, &AnswerFault::Refused(2)]) {
        control.fault(fault.clone());
    }
    run(async |_| {
        let settings = async {
            let interval = Command::Interval(Interval::from_millis(200).unwrap());
            assert_eq!(hub.send(Command::Test).await.unwrap(), Verdict::Succeeded);
            assert_eq!(hub.send(interval).await.unwrap(), Verdict::Succeeded);
        };
        let version = async {
            assert_eq!(hub.send(Command::QueryVersion).await.unwrap(), Verdict::Failed);
        };
        let fixes = async {
            for _ in 0..5 {
                hub.next().await.unwrap();
            }
        };
        let work = zip(zip(settings, version), fixes);
        let line = race(hub.run(), far.carry(model));
        let ended = CLOCK.timeout(patience * 8, race(work, line)).await;
        assert!(matches!(ended, Ok(Either::First(_))), "the line has ended, or nothing came");
    });
    let heard = 3 + lost.iter().filter(|fault| **fault != AnswerFault::Deaf).count();
    assert_eq!(control.commands().len(), heard);
    // The second one of two answers may come after the next command.
    let others = lost.iter().filter(|fault| matches!(fault, AnswerFault::Other(_))).count();
    let Strays { late, doubled, foreign } = hub.strays();
    assert_eq!((late, doubled + foreign), (0, 1 + others as u32));
}
