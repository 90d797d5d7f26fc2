//! The GPS receiver's line, pulses and faults.

mod commands;
mod speed;

use embedded_hal::digital::PinState;
use embedded_io_async::{Read, ReadReady};
use tickwire_sim::models::gps::{Control, LineFault, Receiver, demo_log};
use tickwire_sim::uart::{self, Baud};
use tickwire_sim::{Sim, SimClock, Trace, Wire, drop_after, impatiently};
use tickwire_traits::{Clock, Duration, Instant, Timer};

const EPOCHS: &str = "$GPRMC,120000.00,A*00\n$GPGSA,A*00\n$GPRMC,120001.00,A*00\n";

/// Reads until the end. Returns each read's time in microseconds, and its bytes.
async fn reads(mut line: Receiver<SimClock>, clock: SimClock) -> Vec<(u64, Vec<u8>)> {
    let mut reads = Vec::new();
    let mut buf = [0; 1_024];
    loop {
        match line.read(&mut buf).await {
            Ok(0) => return reads,
            Ok(len) => reads.push((clock.now().as_micros(), buf[..len].to_vec())),
            Err(LineFault) => reads.push((clock.now().as_micros(), b"fault".to_vec())),
        }
    }
}

/// At 100 000 baud a byte takes 100 µs.
fn receiver(sim: &Sim, log: &str) -> Receiver<SimClock> {
    Receiver::new(sim.clock(), log, 100_000)
}

#[track_caller]
fn check(
    name: &str,
    setting: impl FnOnce(Receiver<SimClock>) -> Receiver<SimClock>,
    expected: &[(u64, &str)],
) {
    let sim = Sim::new();
    let line = setting(receiver(&sim, EPOCHS));
    let reads = sim.run(reads(line, sim.clock()));
    let reads: Vec<_> =
        reads.iter().map(|(at, bytes)| (*at, str::from_utf8(bytes).unwrap())).collect();
    assert_eq!(reads, expected, "{name}");
}

#[test]
fn bytes_come_at_their_times() {
    let (first, second) = EPOCHS.split_at(34);
    let whole = usize::MAX;
    check(
        "each burst at its second",
        |it| it.with_trigger(whole),
        &[(3_800, first), (1_000_000 + 2_600, second)],
    );
    check(
        "after the latency",
        |it| it.with_trigger(whole).with_latency(Duration::from_millis(40)),
        &[(43_800, first), (1_042_600, second)],
    );
    check("without pauses", |it| it.with_trigger(whole).continuous(), &[(6_000, EPOCHS)]);
    check(
        "in twenties, and what is left when the line falls idle",
        |it| it.with_trigger(20),
        &[
            (2_000, &first[..20]),
            (3_800, &first[20..]),
            (1_002_000, &second[..20]),
            (1_002_600, &second[20..]),
        ],
    );
}

#[test]
fn a_byte_a_time_is_the_line_s_speed() {
    let sim = Sim::new();
    let reads = sim.run(reads(Receiver::new(sim.clock(), "$GPRMC", 9_600), sim.clock()));
    let times: Vec<_> = reads.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [1_042, 2_084, 3_125, 4_167, 5_209, 6_250]);
}

#[test]
fn a_burst_waits_for_the_one_before() {
    let sim = Sim::new();
    let log = "$GPRMC,120000.00,0123456789*00\n$GPRMC,120000.10,A*00\n";
    let line = Receiver::new(sim.clock(), log, 1_000).with_trigger(usize::MAX);
    let reads = sim.run(reads(line, sim.clock()));
    // The second epoch is 100 ms after the first, which takes 310 ms. The line never falls idle
    // between them.
    let idle = 4;
    assert_eq!(reads, [((log.len() as u64 + idle) * 10_000, log.as_bytes().to_vec())]);
}

#[test]
fn a_full_uart_overruns_and_counts() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut line = receiver(&sim, EPOCHS).with_fifo(16);
    let control = line.control();
    sim.run(async {
        clock.sleep(Duration::from_millis(500)).await;
        let mut buf = [0; 64];
        assert_eq!(line.read(&mut buf).await, Ok(16));
        assert_eq!(&buf[..16], &EPOCHS.as_bytes()[..16]);
        assert_eq!(control.overruns(), 34 - 16);
    });
}

#[test]
fn pulses_rise_at_each_whole_second() {
    let sim = Sim::new();
    let trace = Trace::new();
    let pps = trace.wire("pps", sim.clock(), PinState::Low);
    let log = "$GPRMC,120000.60,A\n$GPRMC,120001.00,A\n$GPRMC,120003.00,A\n";
    let line = receiver(&sim, log).with_pps(pps);
    sim.run(async {
        reads(line, sim.clock()).await;
        sim.clock().sleep(Duration::from_secs(1)).await;
    });
    let changes = trace.waveform("pps").into_iter().skip(1);
    let times: Vec<_> = changes.map(|(at, _)| at.as_micros() / 1_000).collect();
    assert_eq!(times, [400, 500, 1_400, 1_500, 2_400, 2_500]);
}

#[test]
fn who_watches_the_pulses_may_come_back_to_the_receiver() {
    let sim = Sim::new();
    let pps = Wire::new(sim.clock(), PinState::Low);
    let line = receiver(&sim, EPOCHS).with_pps(pps.clone());
    let control = line.control();
    pps.on_edge(move |_| control.garble(Some(1)));
    let came = sim.run(reads(line, sim.clock())).into_iter().flat_map(|(_, bytes)| bytes);
    // The first edge is at the beginning: every byte is changed.
    let bits: Vec<_> = came.zip(EPOCHS.bytes()).map(|(a, b)| (a ^ b).count_ones()).collect();
    assert_eq!(bits, [1; EPOCHS.len()]);
}

#[test]
fn pulses_that_nobody_reads_do_not_pile_up() {
    let sim = Sim::new();
    let pps = Wire::new(sim.clock(), PinState::Low);
    let line = Receiver::new(sim.clock(), demo_log(60), 9_600).with_pps(pps.clone());
    sim.run(reads(line, sim.clock()));
    // The last pulse as planned; those before were past.
    let plan = format!("{pps:?}");
    assert!(plan.ends_with("with 2 toggles planned"), "{plan}");
}

#[test]
fn a_log_repeats_for_ever_a_second_after_its_end() {
    let sim = Sim::new();
    let clock = sim.clock();
    let mut line = receiver(&sim, EPOCHS).with_trigger(usize::MAX).repeat();
    let mut buf = [0; 64];
    let times = sim.run(async {
        let mut times = Vec::new();
        for _ in 0..6 {
            line.read(&mut buf).await.unwrap();
            times.push((clock.now() - Instant::EPOCH).as_millis());
        }
        times
    });
    assert_eq!(times, [3, 1_002, 2_003, 3_002, 4_003, 5_002]);
    // An empty log cannot repeat.
    let mut empty = receiver(&sim, "").repeat();
    assert!(sim.try_run(empty.read(&mut buf)).is_err());
}

#[test]
fn after_its_log_a_receiver_hangs_up_or_is_silent() {
    let sim = Sim::new();
    let mut buf = [0; 64];
    let mut ending = receiver(&sim, "");
    assert_eq!(sim.run(ending.read(&mut buf)), Ok(0));
    assert_eq!(ending.read_ready(), Ok(true));
    let mut silent = receiver(&sim, "").then_silence();
    assert_eq!(silent.read_ready(), Ok(false));
    let stall = sim.try_run(silent.read(&mut buf)).unwrap_err();
    assert_eq!(stall.tasks[0].waits_for, ["bytes of a GPS receiver at the end of its log"]);
}

#[test]
fn unplugged_it_is_not_heard_and_goes_on() {
    let sim = Sim::new();
    let clock = sim.clock();
    let pps = Wire::new(clock.clone(), PinState::Low);
    let mut line = receiver(&sim, EPOCHS).with_trigger(usize::MAX).with_pps(pps.clone());
    let control = line.control();
    let mut buf = [0; 64];
    control.unplug();
    assert!(!control.is_plugged());
    let stall = sim.try_run(line.read(&mut buf)).unwrap_err();
    assert_eq!(stall.tasks[0].waits_for, ["bytes of a GPS receiver that is unplugged"]);
    sim.run(async {
        clock.sleep_until(Instant::from_millis(500)).await;
        control.plug();
        assert_eq!(pps.level(), PinState::Low);
        let len = line.read(&mut buf).await.unwrap();
        assert_eq!(str::from_utf8(&buf[..len]), Ok(&EPOCHS[34..]));
        assert_eq!(clock.now(), Instant::from_micros(1_002_600));
    });
}

#[test]
fn garbling_turns_single_bits_and_repeats_itself() {
    let garbled = |one_in: Option<u32>| {
        let sim = Sim::new();
        let log = demo_log(20);
        let line = Receiver::new(sim.clock(), log.clone(), 115_200).continuous();
        line.control().garble(one_in);
        let came: Vec<u8> =
            sim.run(reads(line, sim.clock())).into_iter().flat_map(|(_, bytes)| bytes).collect();
        assert_eq!(came.len(), log.len());
        let bits = came.iter().zip(&log).map(|(came, sent)| (came ^ sent).count_ones());
        assert!(bits.clone().all(|bits| bits <= 1));
        (bits.sum::<u32>(), came)
    };
    assert_eq!(garbled(None).0, 0);
    let (bits, came) = garbled(Some(100));
    let bytes = came.len() as u32;
    assert!((bytes / 150..bytes / 60).contains(&bits), "{bits} of {bytes}");
    assert_eq!(garbled(Some(100)).1, came);
}

#[test]
fn a_fault_is_reported_once_also_to_who_waits() {
    let sim = Sim::new();
    let line = receiver(&sim, EPOCHS).with_trigger(usize::MAX);
    let control: Control<_> = line.control();
    let clock = sim.clock();
    let _fault = tickwire_traits::Spawn::spawn(&sim.spawner(), async move {
        clock.sleep(Duration::from_millis(200)).await;
        control.fail_next_read();
    });
    let reads = sim.run(reads(line, sim.clock()));
    assert_eq!(reads.len(), 3);
    assert_eq!(reads[1], (200_000, b"fault".to_vec()));
}

#[test]
fn what_is_drawn_is_what_was_sent() {
    let sim = Sim::new();
    let trace = Trace::new();
    let log = demo_log(3);
    let line = Receiver::new(sim.clock(), log.clone(), 9_600).traced(&trace);
    sim.run(reads(line, sim.clock()));
    let decoded = uart::decode(&trace.waveform("gps_tx"), Baud::new(9_600));
    assert_eq!(decoded.framing_errors, 0);
    let bytes: Vec<_> = decoded.bytes.iter().map(|(_, byte)| *byte).collect();
    assert_eq!(String::from_utf8(bytes), String::from_utf8(log));
}

#[test]
fn reading_is_cancel_safe() {
    let sim = Sim::new();
    let mut line = receiver(&sim, EPOCHS);
    let mut came: Vec<u8> = Vec::new();
    let mut buf = [0; 8];
    sim.run(async {
        loop {
            assert_eq!(drop_after(1, line.read(&mut [])).await, Some(Ok(0)));
            match impatiently(async || line.read(&mut buf).await).await {
                Ok(0) => break,
                len => came.extend(&buf[..len.unwrap()]),
            }
        }
    });
    assert_eq!(came, EPOCHS.as_bytes());
}

#[test]
fn a_demo_closes_after_a_minute() {
    let log = String::from_utf8(demo_log(61)).unwrap();
    let places: Vec<_> = log
        .lines()
        .filter(|line| line.starts_with("$GPRMC"))
        .map(|line| line.split(',').collect::<Vec<_>>()[3..7].join(","))
        .collect();
    assert_eq!(places.first(), places.last());
    assert!(places.iter().any(|place| place.ends_with('W')));
    assert!(places.iter().any(|place| place.ends_with('E')));
    assert!(log.lines().all(|line| line.len() <= 80));
}
