//! Writers that fail, or accept no more, at any write.

use std::vec::Vec;

use embedded_io_async::{ErrorKind, ErrorType, Write};
use tickwire_sim::Sim;
use tickwire_sync::NoopRawMutex;

use crate::stream::{FrameError, FrameWriter, Frames, SendError, SharedWriter};

const MESSAGES: [&[u8]; 4] = [b"first", b"second", b"third", b"last"];

/// The fault of a writer.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Fails,
    /// It accepts no byte, which embedded-io forbids.
    AcceptsNone,
}

/// A writer that takes one byte per write, and has a fault at one of them.
struct Single {
    all: Vec<u8>,
    writes: usize,
    fault: (usize, Fault),
}

impl ErrorType for Single {
    type Error = ErrorKind;
}

impl Write for Single {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.writes += 1;
        match self.fault {
            (at, Fault::Fails) if at == self.writes => Err(ErrorKind::Other),
            (at, Fault::AcceptsNone) if at == self.writes => Ok(0),
            _ => {
                self.all.push(bytes[0]);
                Ok(1)
            }
        }
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// Calls `check` with a writer for each write of the first messages, and the error of its fault.
fn each(check: impl Fn(Single, SendError<ErrorKind>, usize)) {
    let faults = [
        (Fault::Fails, SendError::Write(ErrorKind::Other)),
        (Fault::AcceptsNone, SendError::Closed),
    ];
    for (fault, error) in faults {
        for at in 1..=16 {
            check(Single { all: Vec::new(), writes: 0, fault: (at, fault) }, error, at);
        }
    }
}

#[test]
fn a_frame_whose_write_fails_is_an_error_and_no_other_is_lost() {
    each(|single, error, at| {
        let mut writer = FrameWriter::new(single);
        let sim = Sim::new();
        let mut sent = Vec::new();
        sim.run(async {
            for message in MESSAGES {
                sent.push(writer.send(message).await);
            }
        });
        let failed: Vec<_> = sent.iter().filter_map(|sent| sent.err()).collect();
        assert_eq!(failed, [error], "at write {at}");
        let wire = writer.release().all;
        let mut frames = Frames::<_, 32>::new(&wire[..]);
        let (mut received, mut damaged) = (Vec::new(), 0);
        sim.run(async {
            loop {
                match frames.frame().await {
                    Ok(frame) => received.push(frame.to_vec()),
                    Err(FrameError::Stream(_)) => return,
                    Err(_) => damaged += 1,
                }
            }
        });
        // A first frame of which all but the zero was written arrives: the next one begins with it.
        let is_whole = |nth: usize| sent[nth].is_ok() || at == 9;
        let whole: Vec<_> = (0..MESSAGES.len()).filter(|nth| is_whole(*nth)).collect();
        assert_eq!(received, whole.iter().map(|nth| MESSAGES[*nth]).collect::<Vec<_>>());
        assert!(damaged <= 1, "at write {at}");
    });
}

#[test]
fn a_shared_message_whose_write_fails_is_an_error_and_no_other_is_lost() {
    each(|single, error, at| {
        let writer = SharedWriter::<NoopRawMutex, _, 8>::new(single).with_separator(b"|");
        let mut sent = Vec::new();
        Sim::new().run(async {
            for message in MESSAGES {
                sent.push(writer.send(&[message, b"|"].concat()).await);
            }
        });
        let failed: Vec<_> = sent.iter().filter_map(|sent| sent.err()).collect();
        assert_eq!(failed, [error], "at write {at}");
        let broken = writer.broken();
        let wire = writer.into_inner().all;
        let received: Vec<_> = wire.split(|byte| *byte == b'|').collect();
        let mut whole = MESSAGES.iter().zip(&sent).filter(|(_, sent)| sent.is_ok());
        assert!(whole.all(|(message, _)| received.contains(message)), "at write {at}");
        // Those that were sent, a part of one, and nothing behind the last separator.
        assert_eq!(received.len(), 3 + broken as usize + 1, "at write {at}: {received:?}");
    });
}
