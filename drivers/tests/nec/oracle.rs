//! Random frames, compared with the decoder of the crate `infrared`.

use infrared::protocol::nec::{AppleNecCommand, Nec16Command, SamsungNecCommand};
use infrared::protocol::{AppleNec, Nec16, SamsungNec};
use infrared::receiver::BufferInputReceiver;
use tickwire_drivers::nec::{Addressing, Event, Frame};

use crate::line::{Line, frame, key};
use crate::random::Random;

#[test]
fn random_frames_are_those_of_another_decoder() {
    let mut random = Random(5);
    let mut decoded = 0;
    for _ in 0..20_000 {
        let sent = Frame::new(random.next() as u16, random.next() as u8);
        // Its tolerance of a bit is 5 %.
        let spans = random.jittered(&frame(sent.to_bits()), 4);
        let mut line = Line::new(Addressing::Extended);
        line.signal(&spans);
        let [(_, Event::Frame(frame))] = line.signals()[..] else { panic!("{sent:?}") };
        assert_eq!(frame, sent);

        let mut receiver = BufferInputReceiver::<Nec16, u32>::with_frequenzy(1_000_000);
        let commands: Vec<Nec16Command> = receiver.iter(&buffer(&spans)).collect();
        let [low, high, ..] = sent.to_bits().to_le_bytes();
        let theirs = commands.first().map(|it| (it.addr, it.cmd));
        assert_eq!(theirs, Some((u16::from_le_bytes([low, high]), frame.command())), "{sent:?}");
        decoded += 1;
    }
    assert_eq!(decoded, 20_000);
}

/// The spans as `infrared` takes them: the first is the pause before.
fn buffer(spans: &[u64]) -> Vec<u32> {
    [0].iter().chain(spans).map(|span| *span as u32).collect()
}

#[test]
fn random_frames_of_variants_are_those_of_another_decoder() {
    let mut random = Random(17);
    let receive = |addressing, spans: &[u64]| {
        let mut line = Line::new(addressing);
        line.signal(spans);
        let [(_, Event::Frame(frame))] = line.signals()[..] else { panic!("{spans:?}") };
        frame
    };
    for _ in 0..1_000 {
        let [address, command, ..] = random.next().to_le_bytes();
        let bits = u32::from_le_bytes([address, address, command, !command]);
        let spans = [&[4_500], &frame(bits)[1..]].concat();
        let spans = random.jittered(&spans, 4);
        let found = receive(Addressing::Samsung, &spans);
        assert_eq!(found, Frame::new(address.into(), command));
        let mut theirs = BufferInputReceiver::<SamsungNec, u32>::with_frequenzy(1_000_000);
        let theirs: Vec<SamsungNecCommand> = theirs.iter(&buffer(&spans)).collect();
        assert_eq!((theirs[0].addr, theirs[0].cmd), (address, command));

        let command = command >> 1;
        let even = u32::from_le_bytes([0xEE, 0x87, command << 1, address]);
        let bits = if even.count_ones() % 2 == 1 { even } else { even | 1 << 16 };
        let spans = frame(bits);
        let found = receive(Addressing::Apple, &spans);
        assert_eq!(found, Frame::new(address.into(), command));
        let mut theirs = BufferInputReceiver::<AppleNec, u32>::with_frequenzy(1_000_000);
        let theirs: Vec<AppleNecCommand> = theirs.iter(&buffer(&spans)).collect();
        assert_eq!((theirs[0].device_id, theirs[0].command), (address, command));
    }
}

/// Frames and their repeats follow each other at their shortest distance.
#[test]
fn frames_back_to_back_with_each_interval_off_by_20_percent_are_received() {
    for (addressing, longest) in [(Addressing::Standard, 73_000), (Addressing::Extended, 80_000)] {
        let mut random = Random(7);
        let mut line = Line::new(addressing);
        line.rest(20_000);
        let mut expected = Vec::new();
        while expected.len() < 5_000 {
            let address = random.next() as u16;
            let is_standard = addressing == Addressing::Standard;
            let address = if is_standard { address & 0xFF } else { address };
            let frame = Frame::new(address, random.next() as u8);
            let spans = random.jittered(&key(address, frame.command()), 20);
            if spans.iter().sum::<u64>() > longest {
                continue;
            }
            line.signal(&spans);
            // From the end of the longest frame to the next one, 108 ms after its beginning.
            line.rest(random.jittered(&[31_000], 20)[0]);
            expected.push(Event::Frame(frame));
        }
        let events: Vec<_> = line.signals().into_iter().map(|(_, event)| event).collect();
        assert!(events == expected, "{addressing:?}");
    }
}
