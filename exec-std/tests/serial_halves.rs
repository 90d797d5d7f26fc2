//! Halves of serial ports, a mebibyte each way at once, under three executors.
#![cfg(all(target_os = "linux", feature = "serial"))]

mod patience;
mod pty;

use std::fs::File;
use std::thread;

use embedded_io_async::{Read, Write};
use patience::within_two_minutes;
use pty::pty;
use tickwire_exec_std::serial::{ReadHalf, Settings, WriteHalf, open};
use tickwire_exec_std::{Fd, run};
use tickwire_traits::{Exit, Spawn};

const MEBIBYTE: usize = 1 << 20;

/// Lengths of chunks, from a generator with a seed.
fn lengths(mut seed: u32) -> impl Iterator<Item = usize> {
    std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1 + (seed >> 16) as usize % 1_499
    })
}

/// The byte at a place of a stream that does not repeat in step with any buffer.
fn byte_at(place: usize) -> u8 {
    (place % 251) as u8 ^ (place >> 12) as u8
}

async fn send<W: Write>(mut to: W) -> W {
    let mut sent = 0;
    for length in lengths(1) {
        let chunk: Vec<_> = (sent..MEBIBYTE.min(sent + length)).map(byte_at).collect();
        if chunk.is_empty() {
            break;
        }
        to.write_all(&chunk).await.unwrap();
        sent += chunk.len();
    }
    to.flush().await.unwrap();
    to
}

async fn receive<R: Read>(mut from: R) -> R {
    let mut received = 0;
    for length in lengths(2) {
        let mut buf = vec![0; length.min(MEBIBYTE - received)];
        if buf.is_empty() {
            break;
        }
        let len = from.read(&mut buf).await.unwrap();
        for byte in &buf[..len] {
            assert_eq!(*byte, byte_at(received), "at {received}");
            received += 1;
        }
    }
    from
}

/// Both ends of a line, in halves.
struct Halves {
    /// Keeps the line from hanging up while bytes are on their way.
    line: File,
    far: (Fd<File>, Fd<File>),
    near: (ReadHalf, WriteHalf),
}

impl Halves {
    fn new() -> Self {
        let (line, path) = pty();
        let half = || Fd::new(line.try_clone().unwrap()).unwrap();
        let far = (half(), half());
        Self { line, far, near: open(path, Settings::new(115_200)).unwrap().split().unwrap() }
    }
}

#[test]
fn halves_read_and_write_at_once_under_run() {
    let ended = within_two_minutes(|| {
        run(async |spawner| {
            let Halves { line: _line, far: (far, also_far), near: (reader, writer) } =
                Halves::new();
            let tasks = (
                spawner.spawn(async { drop(send(far).await) }).unwrap(),
                spawner.spawn(async { drop(receive(also_far).await) }).unwrap(),
                spawner.spawn(async { drop(send(writer).await) }).unwrap(),
            );
            drop(receive(reader).await);
            (tasks.0.await, tasks.1.await, tasks.2.await)
        })
    });
    assert_eq!(ended, Some((Exit::Completed, Exit::Completed, Exit::Completed)));
}

#[test]
fn halves_read_and_write_at_once_under_tokio() {
    let ended = within_two_minutes(|| {
        let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
        tokio.block_on(async {
            let Halves { line: _line, far: (far, also_far), near: (reader, writer) } =
                Halves::new();
            let tasks = (
                tokio::spawn(send(far)),
                tokio::spawn(receive(also_far)),
                tokio::spawn(send(writer)),
            );
            drop(receive(reader).await);
            (tasks.0.await.is_ok(), tasks.1.await.is_ok(), tasks.2.await.is_ok())
        })
    });
    assert_eq!(ended, Some((true, true, true)));
}

#[test]
fn halves_read_and_write_in_two_threads_under_smol() {
    let ended = within_two_minutes(|| {
        let Halves { line: _line, far: (far, also_far), near: (reader, writer) } = Halves::new();
        let tasks = [
            thread::spawn(|| drop(async_io::block_on(send(far)))),
            thread::spawn(|| drop(async_io::block_on(receive(also_far)))),
            thread::spawn(|| drop(async_io::block_on(send(writer)))),
        ];
        drop(async_io::block_on(receive(reader)));
        tasks.into_iter().all(|task| task.join().is_ok())
    });
    assert_eq!(ended, Some(true));
}
