//! Random frames, compared with the decoder of the crate `infrared`.

use infrared::protocol::{Nec16, nec::Nec16Command};
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
        let spans: Vec<_> = [0].into_iter().chain(spans).map(|span| span as u32).collect();
        let commands: Vec<Nec16Command> = receiver.iter(&spans).collect();
        let [low, high, ..] = sent.to_bits().to_le_bytes();
        let theirs = commands.first().map(|it| (it.addr, it.cmd));
        assert_eq!(theirs, Some((u16::from_le_bytes([low, high]), frame.command())), "{sent:?}");
        decoded += 1;
    }
    assert_eq!(decoded, 20_000);
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
