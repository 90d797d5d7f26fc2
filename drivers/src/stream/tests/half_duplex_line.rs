//! Commands and answers on a line with a fault at any byte.

use std::vec::Vec;

use embedded_io_async::{Read, Write};
use tickwire_sim::uart::{Baud, LineFault, Way, line};
use tickwire_sim::{Sim, SimClock};
use tickwire_traits::{Duration, race};

use crate::stream::{AskError, HalfDuplex};

/// What the far end of the line answers, without echo.
const ANSWERS: [(&[u8], &[u8]); 2] = [(b"one?", b"first.\r\n"), (b"two?", b"second.\r\n")];

/// A fault on a direction of the line.
type OnWay<'a> = &'a dyn Fn(&Way<SimClock>);

/// Asks twice. A fault hits the first command or its answer. Returns both outcomes.
fn asked(
    fault: impl Fn(&Way<SimClock>, &Way<SimClock>),
) -> [Result<Vec<u8>, AskError<LineFault>>; 2] {
    let sim = Sim::new();
    let (near, mut far) = line(sim.clock(), Baud::new(9_600));
    fault(&near.outgoing(), &near.incoming());
    let mut asker = HalfDuplex::<_, _, 16>::new(near, sim.clock()).with_separator(b"?");
    sim.run(race(
        async {
            let mut command = Vec::new();
            loop {
                let mut byte = [0];
                far.read_exact(&mut byte).await.unwrap();
                command.push(byte[0]);
                if byte == [b'?'] {
                    let known = ANSWERS.iter().find(|(known, _)| command == *known);
                    far.write_all(known.map_or(&b"what\r\n"[..], |(_, answer)| answer))
                        .await
                        .unwrap();
                    command.clear();
                }
            }
        },
        async {
            let first = asker.ask(ANSWERS[0].0).await.map(<[u8]>::to_vec);
            [first, asker.ask(ANSWERS[1].0).await.map(<[u8]>::to_vec)]
        },
    ))
    .into_inner()
}

#[test]
fn a_fault_at_any_byte_of_the_line_costs_one_answer_at_most() {
    let mut outcomes = [0, 0, 0];
    let mut check = |fault: &dyn Fn(&Way<SimClock>, &Way<SimClock>)| {
        let [first, second] = asked(fault);
        assert_eq!(second.as_deref(), Ok(ANSWERS[1].1), "after {first:?}");
        outcomes[match first.as_deref() {
            Ok(answer) if answer == ANSWERS[0].1 => 0,
            Ok(_) => 1,
            Err(_) => 2,
        }] += 1;
    };
    check(&|_, _| {});
    for at in 0..8 {
        for way in [0, 1] {
            let faults: [OnWay<'_>; 5] = [
                &|way| way.tear(at, 1),
                &|way| way.tear(at, if at > 1 { 8 - at } else { 2 }),
                &|way| way.double(at),
                &|way| way.garble(at, 0x08),
                &|way| way.delay(at, Duration::from_millis(15)),
            ];
            // A command has four bytes. Without its end, the next one is its rest.
            for fault in faults.iter().filter(|_| way == 1 || at < 2) {
                check(&|there, back| fault(if way == 0 { there } else { back }));
            }
        }
    }
    check(&|there, _| there.fail_next_write());
    check(&|_, back| back.fail_next_read());
    assert!(outcomes.iter().all(|times| *times >= 2), "{outcomes:?}");
}
