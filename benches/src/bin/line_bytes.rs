//! What a byte of text costs that is divided into lines, compared with a copy.
//!
//! The program runs itself under valgrind to count instructions. A figure is the
//! difference between much text and little, over the difference in bytes. The text is a log of
//! NMEA sentences. A read returns as much as the buffer holds, as from a file or a socket, or
//! 64 bytes, as from a UART. Frames are compared with the crates `cobs` and `crc`.
//!
//! It fails when a byte takes more than its bound.
#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::hint::black_box;
use std::process::ExitCode;

use crc::{CRC_16_IBM_SDLC, Crc, NoTable};
use embedded_io_async::{ErrorType, Read};
use futures_util::FutureExt;
use tickwire_counting::{Row, Table, Tenths, counted};
use tickwire_drivers::stream::{FrameWriter, Frames, Lines, Records};
use tickwire_sim::models::gps::demo_log;

const TABLE: Table<'_> = Table {
    heading: "instructions per byte",
    rows: &[
        row("copied, 1024 bytes at once", None, |bytes| work(bytes, copied::<1_024>)),
        // The first bound is the goal, 3 more than a copy; the others are what was measured and 4 %.
        row("Lines, 1024 bytes at once", Some(31), |bytes| work(bytes, lines::<1_024>)),
        row("Records, 1024 bytes at once", Some(26), |bytes| work(bytes, records::<1_024>)),
        row("copied, 64 bytes at once", None, |bytes| work(bytes, copied::<64>)),
        row("Lines, 64 bytes at once", Some(56), |bytes| work(bytes, lines::<64>)),
        // A byte on the wire, of frames of 64 bytes. Most of it is the checksum, without a table.
        row("Frames, from memory", Some(610), |bytes| work_on(framed(bytes), frames)),
        row("the same by crates cobs and crc", None, |bytes| work_on(framed(bytes), by_crates)),
        row("FrameWriter, to memory", Some(1_044), |bytes| writing(bytes, framed)),
        row("the same by crates cobs and crc", None, |bytes| writing(bytes, framed_by_crates)),
    ],
    work: [10_000, 30_000],
    units: 1,
    around: Tenths(0),
};

const fn row(name: &str, tenths: Option<u64>, work: fn(u32)) -> Row<'_> {
    let bound = match tenths {
        Some(tenths) => Some(Tenths(tenths)),
        None => None,
    };
    Row { name, bound, work }
}

fn main() -> Result<ExitCode, lexopt::Error> {
    TABLE.main()
}

fn work(bytes: u32, read: fn(&[u8]) -> usize) {
    let mut text = demo_log(90);
    text.truncate(bytes as usize);
    assert_eq!(text.len(), bytes as usize, "the log is long enough");
    work_on(text, read);
}

fn work_on(bytes: Vec<u8>, read: fn(&[u8]) -> usize) {
    let number = counted(|| read(black_box(&bytes)));
    // A reader that fails early takes few instructions.
    assert!(number >= bytes.len() / N, "{number} items are not all");
}

fn writing(bytes: u32, write: fn(u32) -> Vec<u8>) {
    let wire = counted(|| write(black_box(bytes)));
    let zeros = wire.iter().filter(|byte| **byte == 0).count();
    assert!(zeros <= wire.len() / FRAME.len() + FRAME.len(), "{zeros} bytes are not written");
}

/// The length of the buffer.
const N: usize = 1_024;

/// The checksum of [`Frames`], with the same loop.
const CRC: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_SDLC);

/// Has a zero, and bytes without.
const FRAME: [u8; 64] = {
    let (mut frame, mut at) = ([0; 64], 0);
    while at < frame.len() {
        frame[at] = (at * 7) as u8;
        at += 1;
    }
    frame
};

/// Text that is read in chunks.
struct Chunks<'a, const CHUNK: usize>(&'a [u8]);

impl<const CHUNK: usize> ErrorType for Chunks<'_, CHUNK> {
    type Error = Infallible;
}

impl<const CHUNK: usize> Read for Chunks<'_, CHUNK> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        let len = buf.len().min(CHUNK).min(self.0.len());
        let (chunk, rest) = self.0.split_at(len);
        buf[..len].copy_from_slice(chunk);
        self.0 = rest;
        Ok(len)
    }
}

fn copied<const CHUNK: usize>(text: &[u8]) -> usize {
    let (mut reader, mut buf, mut number) = (Chunks::<CHUNK>(text), [0; N], 0);
    ready(async {
        while let Ok(1..) = reader.read(&mut buf).await {
            black_box(&buf);
            number += 1;
        }
        number
    })
}

fn lines<const CHUNK: usize>(text: &[u8]) -> usize {
    let (mut lines, mut number) = (Lines::<_, N>::new(Chunks::<CHUNK>(text)), 0);
    ready(async {
        while let Ok(line) = lines.line().await {
            black_box(line);
            number += 1;
        }
        number
    })
}

fn records<const CHUNK: usize>(text: &[u8]) -> usize {
    let (mut records, mut number) = (Records::<_, N>::new(Chunks::<CHUNK>(text), b'\n'), 0);
    ready(async {
        while let Ok(record) = records.record().await {
            black_box(record);
            number += 1;
        }
        number
    })
}

/// Frames that have `bytes` on the wire. The last one may be cut.
fn framed(bytes: u32) -> Vec<u8> {
    let mut wire = vec![0; bytes as usize];
    let mut writer = FrameWriter::new(&mut wire[..]);
    // Until there is no more room.
    ready(async {
        while writer.send(black_box(&FRAME)).await.is_ok() {}
        0
    });
    wire
}

/// The same without the one that would be cut.
fn framed_by_crates(bytes: u32) -> Vec<u8> {
    let mut wire = vec![0; bytes as usize];
    let mut rest = &mut wire[..];
    while rest.len() > cobs::max_encoding_length(FRAME.len() + 2) {
        let frame = black_box(&FRAME);
        let mut with_sum = [0; FRAME.len() + 2];
        with_sum[..FRAME.len()].copy_from_slice(frame);
        with_sum[FRAME.len()..].copy_from_slice(&CRC.checksum(frame).to_le_bytes());
        let len = cobs::encode(&with_sum, rest);
        rest = &mut rest[len + 1..];
    }
    wire
}

/// With a reader of its own: what `Records` shares would no longer be inlined there.
fn frames(wire: &[u8]) -> usize {
    let (mut frames, mut number) = (Frames::<_, N>::new(wire), 0);
    ready(async {
        while let Ok(frame) = frames.frame().await {
            black_box(frame);
            number += 1;
        }
        number
    })
}

/// With one copy, of each frame.
fn by_crates(wire: &[u8]) -> usize {
    let (mut piece, mut number) = (Vec::with_capacity(N), 0);
    for bytes in wire.split(|byte| *byte == 0) {
        piece.clear();
        piece.extend_from_slice(bytes);
        let Ok(len) = cobs::decode_in_place(&mut piece) else { break };
        let Some((frame, sum)) = piece[..len].split_last_chunk() else { break };
        if CRC.checksum(frame) != u16::from_le_bytes(*sum) {
            break;
        }
        black_box(frame);
        number += 1;
    }
    number
}

/// Polls a future that is pending only to let other tasks run.
fn ready(future: impl Future<Output = usize>) -> usize {
    let mut future = std::pin::pin!(future);
    loop {
        if let Some(output) = future.as_mut().now_or_never() {
            return output;
        }
    }
}
