//! Lines, records, exact lengths, blocks, frames and messages of several tasks between two UARTs
//! that are connected.

use embedded_io_async::Write;
use futures_lite::future::zip;
use tickwire_drivers::stream::{Exactly, FrameWriter, Frames, Lines, Quiet, Records, SharedWriter};
use tickwire_exec_std::run;
use tickwire_exec_std::serial::{Settings, open};
use tickwire_sync::NoopRawMutex;
use tickwire_traits::{Duration, Timer};

use crate::CLOCK;
use crate::rig::in_rig;

const NEAR: &str = "/dev/ttyS1";
const FAR: &str = "/dev/ttyS2";
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn what_one_uart_sends_in_any_form_another_one_divides() {
    in_rig(|| {
        let mut far = open(FAR, Settings::new(115_200)).unwrap();
        let near = open(NEAR, Settings::new(115_200)).unwrap();
        run(async |_| {
            let mut lines = Lines::<_, 300>::new(near);
            let (sent, received) = zip(far.write_all(b"one\r\ntwo\r\n\nthree\n"), async {
                for expected in [&b"one"[..], b"two", b"", b"three"] {
                    let line = CLOCK.timeout(PATIENCE, lines.line()).await;
                    assert_eq!(line.expect("a line").unwrap(), expected);
                }
            })
            .await;
            sent.unwrap();
            let () = received;

            far.write_all(b"four;fives").await.unwrap();
            let mut records = Records::resume(lines.release(), b';');
            let record = CLOCK.timeout(PATIENCE, records.record()).await;
            assert_eq!(record.expect("a record").unwrap(), b"four");
            let mut exactly = Exactly::resume(records.release());
            let bytes = CLOCK.timeout(PATIENCE, exactly.bytes(5)).await;
            assert_eq!(bytes.expect("bytes").unwrap(), b"fives");

            far.write_all(b"until it is quiet").await.unwrap();
            let mut quiet = Quiet::resume(exactly.release(), CLOCK, Duration::from_secs(1));
            let block = CLOCK.timeout(PATIENCE, quiet.block()).await;
            assert_eq!(block.expect("a block").unwrap(), b"until it is quiet");

            // Each byte there is, so also those that a terminal would act upon.
            let all: Vec<u8> = (0..=255).collect();
            let mut frames = Frames::resume(quiet.release());
            let mut writer = FrameWriter::new(far);
            let (sent, received) =
                zip(async { writer.send(&all).await }, CLOCK.timeout(PATIENCE, frames.frame()))
                    .await;
            sent.unwrap();
            assert_eq!(received.expect("a frame").unwrap(), all);
            assert_eq!(frames.dropped().pieces, 0);

            // Each message is longer than the FIFO, and one task is dropped within one of them.
            let shared = SharedWriter::<NoopRawMutex, _, 64>::new(writer.release());
            let send = async |letter: u8| {
                for _ in 0..20 {
                    shared.send(&message(letter)).await.unwrap();
                }
            };
            let impatient = async {
                let limit = Duration::from_millis(5);
                let _ = CLOCK.timeout(limit, send(b'c')).await;
                shared.flush().await.unwrap();
            };
            let mut lines = Lines::resume(frames.release());
            let all_lines = async {
                let mut counts = [0; 3];
                while counts[..2] != [20, 20] {
                    let line = CLOCK.timeout(PATIENCE, lines.line()).await;
                    let line = line.expect("a line").unwrap();
                    let letter = line[0];
                    assert_eq!([line, b"\n"].concat(), message(letter));
                    counts[usize::from(letter - b'a')] += 1;
                }
            };
            let sending = zip(zip(send(b'a'), send(b'b')), impatient);
            zip(sending, all_lines).await;
            assert_eq!(shared.broken(), 0);
        });
    });
}

/// A message of one letter.
fn message(letter: u8) -> Vec<u8> {
    [&[letter; 50][..], b"\n"].concat()
}
