//! Lines that fail or end, at any byte.

use embedded_io_async::{ErrorKind, ErrorType, Write};
use futures_util::future::join;
use tickwire_drivers::gps::mtk::{Command, Rates, Verdict};
use tickwire_drivers::gps::{Commands, Error, Gps, Hub, SendError};
use tickwire_sim::Sim;
use tickwire_sim::models::gps::{LineFault, Receiver, demo_log};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Duration, Timer, race};

use super::{NONE, SECOND, interval, sending, with_run};

const DONE: Verdict = Verdict::Succeeded;

#[test]
fn a_reader_that_fails_at_any_time_ends_the_call() {
    // The command and its answer take less than 200 ms.
    for (name, ends) in [("fails", false), ("ends", true)] {
        let (mut errors, mut answers) = (0, 0);
        for millis in (0..200).step_by(3) {
            let sim = Sim::new();
            let (hub, control) = sending::<Command>(&sim, |line| line);
            let fault = async {
                sim.clock().sleep(Duration::from_millis(millis)).await;
                if ends { control.hang_up() } else { control.fail_next_read() }
            };
            let (sent, (ended, ())) =
                sim.run(join(hub.send(Command::Rates(Rates::USUAL)), join(hub.run(), fault)));
            let expected = match ends {
                true => Error::EndOfStream,
                false => Error::Read(ErrorKind::Other),
            };
            assert!(ended.is_err());
            match sent {
                Ok(DONE) => answers += 1,
                Err(SendError::Receiver(error)) if error == expected => errors += 1,
                sent => panic!("the stream {name} after {millis} ms: {sent:?}"),
            }
            if !ends {
                assert_eq!(sim.run(with_run(&hub, hub.send(interval(100)))), Ok(DONE), "{millis}");
            }
        }
        assert!(errors > 20 && answers > 2, "{name}: {errors} errors, {answers} answers");
    }
}

#[test]
fn a_failure_before_the_call_does_not_count() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    control.fail_next_read();
    assert_eq!(sim.run(hub.run()), Err(Error::Read(LineFault)));
    assert_eq!(sim.run(with_run(&hub, hub.send(Command::Test))), Ok(DONE));
}

/// A writer that accepts `pass` bytes and then `fault` once. The rest goes through.
struct Failing<W> {
    writer: W,
    pass: usize,
    fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Error,
    Closed,
    Stuck,
}

impl<W: Write<Error = LineFault>> Write for Failing<W> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, LineFault> {
        if self.pass == 0 && self.fault.is_some() {
            match self.fault.take() {
                Some(Fault::Error) => return Err(LineFault),
                Some(Fault::Closed) => return Ok(0),
                _ => std::future::pending().await,
            }
        }
        let most = if self.fault.is_some() { self.pass } else { buf.len() };
        let len = self.writer.write(&buf[..buf.len().min(most)]).await?;
        self.pass = self.pass.saturating_sub(len);
        Ok(len)
    }

    async fn flush(&mut self) -> Result<(), LineFault> {
        self.writer.flush().await
    }
}

impl<W> ErrorType for Failing<W> {
    type Error = LineFault;
}

#[test]
fn a_writer_that_fails_at_any_byte_ends_the_call_and_the_next_command_is_whole() {
    let command = Command::Rates(Rates::USUAL);
    for (fault, expected) in [
        (Fault::Error, SendError::Write(LineFault)),
        (Fault::Closed, SendError::Closed),
        (Fault::Stuck, SendError::NotSent),
    ] {
        for pass in 0..command.encode().as_bytes().len() {
            let sim = Sim::new();
            let log = demo_log(60);
            let line = Receiver::new(sim.clock(), log, 9_600);
            let (control, writer) = (line.control(), line.input());
            let writer = Failing { writer, pass, fault: Some(fault) };
            let hub = Hub::<NoopRawMutex, _, _>::new(Gps::new(line, sim.clock()), sim.clock())
                .with_commands(Commands::mtk(writer));
            let sends = async {
                assert_eq!(hub.send(command).await, Err(expected), "{fault:?} after {pass}");
                assert_eq!(hub.send(command).await, Ok(DONE), "{fault:?} after {pass}");
            };
            sim.run(race(sends, hub.run()));
            assert_eq!(control.commands(), [command.to_string()], "{fault:?} after {pass}");
            assert_eq!(hub.strays(), NONE);
        }
    }
}

#[test]
fn a_flush_that_fails_ends_the_call_and_the_answer_is_late() {
    let sim = Sim::new();
    let (hub, control) = sending::<Command>(&sim, |line| line);
    sim.run(with_run(&hub, async {
        let fault = async {
            // 14 bytes are on their way.
            sim.clock().sleep(Duration::from_millis(5)).await;
            control.fail_next_write();
            control.say("PMTK010,003"); // Wakes nobody who writes.
        };
        let (sent, ()) = join(hub.send(Command::Test), fault).await;
        assert_eq!(sent, Err(SendError::Write(LineFault)));
        sim.clock().sleep(SECOND).await;
        assert_eq!(hub.send(interval(100)).await, Ok(DONE));
    }));
    assert_eq!((hub.strays().late, control.commands().len()), (1, 2));
}
