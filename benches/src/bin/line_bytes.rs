//! What a byte of text costs that is divided into lines, compared with a copy.
//!
//! The program runs itself under valgrind to count instructions. A figure is the
//! difference between much text and little, over the difference in bytes. The text is a log of
//! NMEA sentences. A read returns as much as the buffer holds, as from a file or a socket, or
//! 64 bytes, as from a UART.
//!
//! It fails when a byte takes more than its bound.
#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::hint::black_box;
use std::process::ExitCode;

use embedded_io_async::{ErrorType, Read};
use futures_util::FutureExt;
use tickwire_counting::{Row, Table, Tenths, counted};
use tickwire_drivers::stream::{Lines, Records};
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
    black_box(counted(|| read(black_box(&text))));
}

/// The length of the buffer.
const N: usize = 1_024;

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

/// Polls a future that is pending only to let other tasks run.
fn ready(future: impl Future<Output = usize>) -> usize {
    let mut future = std::pin::pin!(future);
    loop {
        if let Some(output) = future.as_mut().now_or_never() {
            return output;
        }
    }
}
