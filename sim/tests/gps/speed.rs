//! A receiver that changes its speed, and a port that follows or does not.

use embedded_io_async::{Read, Write};
use tickwire_sim::models::gps::{Control, Input, LineFault, Obedience, Receiver, SpeedError};
use tickwire_sim::{Sim, SimClock, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, SetBaud, Timer};

/// Ten seconds of a sentence each.
fn log() -> String {
    (0..10).map(|second| format!("$GPZDA,{:06},x\r\n", 120_000 + second)).collect()
}

struct Bench {
    sim: Sim,
    line: Receiver<SimClock>,
    input: Input<SimClock>,
    control: Control<SimClock>,
}

fn bench() -> Bench {
    let sim = Sim::new();
    let line = Receiver::new(sim.clock(), log(), 9_600).then_silence();
    let (input, control) = (line.input(), line.control());
    Bench { sim, line, input, control }
}

impl Bench {
    /// Reads what comes until `millis` of the simulation. Returns the lines that are intact, each
    /// by the second in it, and the number of all bytes.
    fn seconds_until(&mut self, millis: u64) -> (Vec<u8>, usize) {
        let (clock, line) = (self.sim.clock(), &mut self.line);
        let mut heard = Vec::new();
        let mut buf = [0; 64];
        let until = Instant::from_millis(millis);
        while let Ok(len) = self.sim.run(clock.timeout_at(until, line.read(&mut buf))) {
            heard.extend_from_slice(&buf[..len.unwrap()]);
        }
        let is_intact =
            |line: &&[u8]| line.starts_with(b"$GPZDA,1200") && line.ends_with(b",x\r\n");
        let lines = heard.split_inclusive(|byte| *byte == b'\n').filter(is_intact);
        (lines.map(|line| line[12] - b'0').collect(), heard.len())
    }

    fn write(&mut self, bytes: &[u8]) {
        let input = &mut self.input;
        self.sim.run(async {
            input.write_all(bytes).await.unwrap();
            input.flush().await.unwrap();
        });
    }

    fn set_port(&mut self, baud: u32) {
        self.sim.run(self.input.set_baud(baud)).unwrap();
    }
}

const FASTER: &[u8] = b"$PMTK251,115200*1F\r\n";

#[test]
fn a_receiver_is_heard_again_once_the_port_has_its_new_speed() {
    let mut bench = bench();
    assert_eq!(bench.seconds_until(500), (vec![0], 17));
    bench.write(FASTER);
    assert_eq!(bench.seconds_until(1_500), (vec![], 17), "the bytes come, garbled");
    assert_eq!(bench.control.baud(), 115_200);
    bench.set_port(115_200);
    assert_eq!(bench.seconds_until(2_001), (vec![], 11), "it begins at its second");
    assert_eq!(bench.seconds_until(3_500), (vec![3], 17 + 6));
    assert_eq!(bench.control.commands(), ["PMTK251,115200"]);
    // Commands are heard at the new speed alone.
    bench.set_port(9_600);
    bench.write(b"$PMTK251,9600*17\r\n");
    assert_eq!(bench.control.baud(), 115_200);
    bench.set_port(115_200);
    bench.write(b"$PMTK251,9600*17\r\n");
    bench.seconds_until(3_600);
    assert_eq!(bench.control.baud(), 9_600);
}

#[test]
fn a_sentence_is_sent_at_one_speed() {
    let mut bench = bench();
    // The command ends at 1.006 s, in the middle of the sentence of that second.
    bench.control.obey_speed(Obedience::After(Duration::ZERO));
    bench.seconds_until(985);
    bench.write(FASTER);
    assert_eq!(bench.control.baud(), 9_600);
    assert_eq!(bench.seconds_until(1_018), (vec![1], 17));
    assert_eq!(bench.control.baud(), 115_200);
}

#[test]
fn a_receiver_may_obey_late_or_never_and_forget() {
    let mut bench = bench();
    bench.control.obey_speed(Obedience::Never);
    bench.write(FASTER);
    assert_eq!(bench.seconds_until(1_500), (vec![0, 1], 34));
    bench.control.obey_speed(Obedience::After(Duration::from_secs(2)));
    bench.write(FASTER);
    assert_eq!(bench.seconds_until(3_400), (vec![2, 3], 34));
    assert_eq!(bench.seconds_until(4_500), (vec![], 17));
    bench.control.lose_power();
    assert_eq!((bench.control.baud(), bench.seconds_until(5_500)), (9_600, (vec![5], 17)));
}

#[test]
fn a_speed_that_the_receiver_does_not_have_is_refused() {
    let mut bench = bench();
    bench.seconds_until(500);
    bench.write(b"$PMTK251,9601*16\r\n");
    assert_eq!(bench.seconds_until(900), (vec![], 19), "PMTK001,251,0 and no sentence");
    assert_eq!(bench.control.baud(), 9_600);
}

#[test]
fn a_byte_during_which_the_port_changes_its_speed_is_garbled() {
    let mut bench = bench();
    bench.sim.run(bench.sim.clock().sleep(Duration::from_millis(5)));
    bench.set_port(115_200);
    bench.set_port(9_600);
    assert_eq!(bench.seconds_until(1_500), (vec![1], 34), "the first one has a wrong byte");
}

#[test]
fn a_change_of_the_port_waits_for_the_bytes_and_is_cancel_safe() {
    let mut bench = bench();
    let clock = bench.sim.clock();
    let input = &mut bench.input;
    bench.sim.run(async {
        input.write_all(b"12345678").await.unwrap();
        assert!(drop_after(1, input.set_baud(57_600)).await.is_none());
        input.write_all(b"12345678").await.unwrap();
        impatiently(async || input.set_baud(115_200).await).await.unwrap();
    });
    // 16 bytes at 9,600 baud.
    assert_eq!(clock.now(), Instant::from_micros(16_668));
}

#[test]
fn a_port_refuses_a_speed_or_fails_and_keeps_its_own() {
    let mut bench = bench();
    bench.control.limit_port(57_600);
    for speed in [0, 57_601] {
        let refused = bench.sim.run(bench.input.set_baud(speed));
        assert_eq!(refused, Err(SpeedError::Unsupported(speed)));
    }
    bench.control.fail_next_write();
    let failed = bench.sim.run(bench.input.set_baud(57_600));
    assert_eq!(failed, Err(SpeedError::Line(LineFault)));
    assert_eq!(bench.seconds_until(500), (vec![0], 17));
}
