//! Devices that answer, with each of their faults, at every pace.

use std::string::{String, ToString};
use std::vec::Vec;

use tickwire_sim::models::half_duplex::{Device, Fault};
use tickwire_sim::uart::LineFault;
use tickwire_sim::{Sim, SimClock, at_every_pace, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::stream::{AskError, HalfDuplex, is_final_result};

type Asker = HalfDuplex<Device<SimClock>, SimClock, 64>;
type Outcome = Result<String, AskError<LineFault>>;

const MODEL: &str = "\r\n+CGMM: BOOK\r\n\r\nOK\r\n";
const SIGNAL: &str = "\r\n+CSQ: 17,0\r\n\r\nOK\r\n";
const LINES: &str = "Line 1\r\nLine 2\r\nLine 3\r\nGoodbye\r\n";

fn modem(sim: &Sim) -> (Asker, Device<SimClock>) {
    let device = Device::modem(sim.clock(), 9_600);
    let asker = HalfDuplex::new(device.clone(), sim.clock())
        .with_echo()
        .with_end(is_final_result)
        .with_separator(b"\r");
    (asker, device)
}

/// The tutorial's master: an answer ends after 4 s of silence.
fn tutorial(sim: &Sim) -> (Asker, Device<SimClock>) {
    let device = Device::tutorial(sim.clock(), 9_600);
    let quiet = Duration::from_secs(4);
    (HalfDuplex::new(device.clone(), sim.clock()).with_quiet(quiet), device)
}

async fn ask(asker: &mut Asker, command: &[u8]) -> Outcome {
    asker.ask(command).await.map(|answer| str::from_utf8(answer).unwrap().to_string())
}

/// Checks the outcome of a command with a fault, and that the next command is answered.
#[track_caller]
fn check(fault: impl Fn(&Device<SimClock>), expected: Result<&str, AskError<LineFault>>) {
    let outcomes = at_every_pace(|sim| {
        let (mut asker, device) = modem(sim);
        fault(&device);
        sim.run(async { (ask(&mut asker, b"AT+CGMM\r").await, ask(&mut asker, b"AT+CSQ\r").await) })
    });
    assert_eq!(outcomes, (expected.map(str::to_string), Ok(SIGNAL.to_string())));
}

#[test]
fn a_modem_answers_and_whatever_fails_the_next_call_works() {
    check(|_| {}, Ok(MODEL));
    check(|modem| modem.fault(Fault::Deaf), Err(AskError::NoEcho));
    check(|modem| modem.fault(Fault::WrongEcho), Err(AskError::NoEcho));
    check(|modem| modem.fault(Fault::Lost), Err(AskError::NoAnswer));
    check(|modem| modem.fault(Fault::Doubled), Ok(MODEL));
    check(|modem| modem.fault(Fault::Late(Duration::from_secs(2))), Ok(MODEL));
    check(|modem| modem.fault(Fault::Late(Duration::from_secs(7))), Err(AskError::NoAnswer));
    check(|modem| modem.fault(Fault::Torn(0)), Err(AskError::NoAnswer));
    check(|modem| modem.fault(Fault::Torn(18)), Err(AskError::NoEnd));
    check(|modem| modem.fault(Fault::Other([b'-'; 65].into())), Err(AskError::TooLong));
    check(|modem| modem.fault(Fault::Other([b'-'; 64].into())), Err(AskError::NoEnd));
    check(|modem| modem.fail_next_read(), Err(AskError::Port(LineFault)));
    check(|modem| modem.fail_next_write(), Err(AskError::Port(LineFault)));
    check(|modem| modem.say(b"\r\nRING\r\n"), Ok(MODEL));
    check(|modem| modem.say(&[b'~'; 600]), Err(AskError::NeverQuiet));
}

#[test]
fn a_modem_that_has_hung_up_is_at_its_end_on_each_call() {
    let sim = Sim::new();
    let (mut asker, device) = modem(&sim);
    device.hang_up();
    sim.run(async {
        assert_eq!(asker.ask(b"AT\r").await, Err(AskError::EndOfStream));
        assert_eq!(asker.ask(b"AT\r").await, Err(AskError::EndOfStream));
        assert_eq!(asker.listen().await, Err(AskError::EndOfStream));
    });
}

#[test]
fn the_tutorials_device_is_answered_and_times_out_when_it_fails() {
    let outcomes = at_every_pace(|sim| {
        let (mut asker, device) = tutorial(sim);
        sim.run(async {
            let first = ask(&mut asker, b"Run\r\n").await;
            device.fault(Fault::Deaf);
            let second = ask(&mut asker, b"Run\r\n").await;
            (first, second, ask(&mut asker, b"Run\r\n").await)
        })
    });
    let lines = Ok(LINES.to_string());
    assert_eq!(outcomes, (lines.clone(), Err(AskError::NoAnswer), lines));
}

#[test]
fn an_answer_that_ends_by_silence_takes_as_long_as_it_and_the_silence() {
    let sim = Sim::new();
    let (mut asker, _) = tutorial(&sim);
    sim.run(async {
        sim.clock().sleep(Duration::from_secs(10)).await;
        assert_eq!(ask(&mut asker, b"Run\r\n").await.unwrap(), LINES);
    });
    // Four pauses of 300 ms would be one too many, and the bytes take 40 ms.
    let took = sim.clock().now() - Instant::from_millis(10_000);
    assert!((4_900..4_950).contains(&took.as_millis()), "{took:?}");
}

#[test]
fn what_is_lost_is_asked_for_again_as_often_as_allowed() {
    for (faults, retries, expected) in [
        (&[Fault::Deaf][..], 1, Ok(MODEL)),
        (&[Fault::WrongEcho], 1, Ok(MODEL)),
        (&[Fault::Lost, Fault::Torn(5), Fault::Deaf], 3, Ok(MODEL)),
        (&[Fault::Lost, Fault::Torn(5), Fault::Deaf], 2, Err(AskError::NoEcho)),
    ] {
        let (outcome, counted, next) = at_every_pace(|sim| {
            let (asker, device) = modem(sim);
            let mut asker = asker.with_retries(retries);
            faults.iter().for_each(|fault| device.fault(fault.clone()));
            sim.run(async {
                let outcome = ask(&mut asker, b"AT+CGMM\r").await;
                (outcome, asker.counters().retries, ask(&mut asker, b"AT+CSQ\r").await)
            })
        });
        assert_eq!(outcome, expected.map(str::to_string), "{faults:?}");
        assert_eq!(counted, u32::from(retries).min(faults.len() as u32), "{faults:?}");
        assert_eq!(next.unwrap(), SIGNAL, "{faults:?}");
    }
}

#[test]
fn without_an_echo_a_second_answer_is_dropped_and_counted() {
    let dropped = at_every_pace(|sim| {
        let (asker, device) = modem(sim);
        let mut asker =
            HalfDuplex::<_, _, 64>::new(asker.release().0, sim.clock()).with_end(is_final_result);
        sim.run(async {
            assert!(asker.ask(b"ATE0\r").await.unwrap().ends_with(b"OK\r\n"));
            device.fault(Fault::Doubled);
            assert_eq!(asker.ask(b"AT+CSQ\r").await.unwrap(), SIGNAL.as_bytes());
            assert_eq!(asker.ask(b"AT\r").await.unwrap(), b"\r\nOK\r\n");
            // Late, and here before the next command.
            device.fault(Fault::Late(Duration::from_secs(10)));
            assert_eq!(asker.ask(b"AT+CSQ\r").await, Err(AskError::NoAnswer));
            sim.clock().sleep(Duration::from_secs(10)).await;
            assert_eq!(asker.ask(b"AT\r").await.unwrap(), b"\r\nOK\r\n");
        });
        asker.counters().dropped as usize
    });
    assert_eq!(dropped, 2 * SIGNAL.len());
}

#[test]
fn a_command_that_was_sent_twice_may_be_answered_once_more() {
    let sim = Sim::new();
    let (asker, device) = modem(&sim);
    let mut asker = HalfDuplex::<_, _, 64>::new(asker.release().0, sim.clock())
        .with_end(is_final_result)
        .with_patience(Duration::from_secs(1))
        .with_quiet(Duration::from_millis(100))
        .with_retries(1);
    sim.run(async {
        assert!(asker.ask(b"ATE0\r").await.unwrap().ends_with(b"OK\r\n"));
        device.fault(Fault::Deaf);
        assert_eq!(asker.ask(b"AT+CSQ\r").await.unwrap(), SIGNAL.as_bytes());
        sim.clock().sleep(Duration::from_secs(1)).await;
        // The line has long been quiet. What is on its way belongs to the first try.
        device.say(SIGNAL.as_bytes());
        assert_eq!(asker.ask(b"AT\r").await.unwrap(), b"\r\nOK\r\n");
    });
}

#[test]
fn an_answer_may_have_any_of_several_endings() {
    let sim = Sim::new();
    let device = Device::modem(sim.clock(), 9_600);
    let mut asker = HalfDuplex::<_, _, 64>::new(device, sim.clock())
        .with_echo()
        .with_endings(&[b"\r\nOK\r\n", b"\r\nERROR\r\n"]);
    sim.run(async {
        assert_eq!(asker.ask(b"AT+NONE\r").await.unwrap(), b"\r\nERROR\r\n");
        assert_eq!(asker.ask(b"AT+CGMM\r").await.unwrap(), MODEL.as_bytes());
    });
}

#[test]
fn dropped_at_any_poll_the_next_call_gets_its_own_answer() {
    // Longer than the 16 bytes that the UART holds: it may be torn.
    const COMMANDS: [&[u8]; 2] = [b"AT+CSQ\r", b"ATD00112233445566778899\r"];
    for (command, has_echo) in COMMANDS.into_iter().flat_map(|c| [(c, false), (c, true)]) {
        let mut torn = 0;
        for polls in 1..1_000 {
            let sim = Sim::new();
            let (mut asker, device) = modem(&sim);
            let ended = sim.run(async {
                if !has_echo {
                    ask(&mut asker, b"ATE0\r").await.unwrap();
                    let port = asker.release().0;
                    asker = HalfDuplex::new(port, sim.clock())
                        .with_end(is_final_result)
                        .with_separator(b"\r");
                }
                // `ATD` takes a second: a caller that drops it waits that long.
                asker = asker.with_quiet(Duration::from_secs(2));
                let ended = drop_after(polls, ask(&mut asker, command)).await.is_some();
                assert_eq!(ask(&mut asker, b"AT+CGMM\r").await.as_deref(), Ok(MODEL), "{polls}");
                ended
            });
            let commands = device.commands();
            assert_eq!(commands.last().unwrap(), b"AT+CGMM");
            torn += u32::from(commands.iter().any(|part| part.len() == 16));
            if ended {
                break;
            }
        }
        assert_eq!(torn > 0, command.len() > 16, "{}", command.escape_ascii());
    }
}

#[test]
fn what_a_modem_says_unasked_is_heard_by_the_impatient_too() {
    let heard = at_every_pace(|sim| {
        let (mut asker, device) = modem(sim);
        sim.run(async {
            device.fault(Fault::Other(b"\r\nOK\r\n\r\nRING\r\n".into()));
            assert_eq!(asker.ask(b"AT\r").await.unwrap(), b"\r\nOK\r\n");
            let first = impatiently(async || asker.listen().await.map(<[u8]>::to_vec)).await;
            device.say(&[b'~'; 70]);
            let second = asker.listen().await.map(<[u8]>::to_vec);
            let third = asker.listen().await.map(<[u8]>::to_vec);
            assert_eq!(asker.counters().dropped, 0);
            [first, second, third].map(Result::unwrap)
        })
    });
    assert_eq!(heard, [b"\r\nRING\r\n".to_vec(), [b'~'; 64].to_vec(), [b'~'; 6].to_vec()]);
}

#[test]
fn the_longest_answer_fits_exactly() {
    let sim = Sim::new();
    let (asker, device) = modem(&sim);
    let mut asker = HalfDuplex::<_, _, 64>::new(asker.release().0, sim.clock()).with_echo();
    sim.run(async {
        for (len, fits) in [(64, true), (65, false), (63, true), (200, false)] {
            device.fault(Fault::Other(Vec::from_iter(core::iter::repeat_n(b'-', len))));
            let expected = if fits { Ok(len) } else { Err(AskError::TooLong) };
            assert_eq!(asker.ask(b"AT\r").await.map(<[u8]>::len), expected);
        }
    });
}
