//! The VCD file of the wires, which grows while the station runs.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::mem;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use embedded_io_async::Write as _;
use futures_lite::future::{block_on, poll_once};
use rustix::fs::OFlags;
use rustix::io::Errno;
use tickwire_exec_std::{Fd, StdClock};
use tickwire_sim::VcdStream;
use tickwire_traits::{Clock, Duration, Instant, Timer};

use crate::world::World;

const CLOCK: StdClock = StdClock::new();

/// How often the file grows.
const WRITE_EVERY: Duration = Duration::from_millis(200);

/// How far behind the clock it is then: a model draws what happened when a task
/// polls it next.
const BEHIND: Duration = Duration::from_millis(100);

/// How long a reader may take for the last lines.
const PATIENCE: Duration = Duration::from_secs(1);

/// The part of a file that the kernel writes whole or not at all when the process
/// is killed: it checks for that between pages.
const BLOCK: usize = 4_096;

/// A VCD file that is valid at any moment, as far as it goes.
pub(crate) struct Recording {
    path: PathBuf,
    out: Out,
    stream: VcdStream,
    /// Lines for later blocks.
    lines: Vec<u8>,
    /// The block that is being written, its place in the file, and how much of it
    /// is there.
    block: Vec<u8>,
    place: u64,
    written: usize,
    failed: bool,
}

enum Out {
    File(File),
    /// A FIFO or a tty, whose reader may be slow.
    Line(Fd<File>),
}

impl Recording {
    /// Creates the file, and writes what it begins with.
    pub(crate) fn create(path: &Path, world: &World) -> Result<Self, String> {
        let named = |error: io::Error| format!("{}: {error}", path.display());
        let out = open(path).map_err(named)?;
        let mut lines = Vec::new();
        let stream = world.stream_vcd(&mut lines).map_err(named)?;
        let path = path.into();
        let block = Vec::new();
        let mut recording =
            Self { path, out, stream, lines, block, place: 0, written: 0, failed: false };
        // A FIFO that is full already gets it later.
        match block_on(poll_once(recording.write_lines())) {
            Some(Err(error)) => Err(recording.fail(error)),
            Some(Ok(())) | None => Ok(recording),
        }
    }

    /// Lets the file grow. Returns when it cannot.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: the next call, or [`finish`](Self::finish), goes on.
    pub(crate) async fn run(&mut self) -> String {
        let mut ticker = CLOCK.ticker(WRITE_EVERY);
        loop {
            ticker.tick().await;
            if let Err(error) = self.write_until(CLOCK.now() - BEHIND).await {
                return self.fail(error);
            }
        }
    }

    /// Writes the rest. Does not report a failure for a second time.
    ///
    /// # Cancel safety
    ///
    /// Dropping it leaves the file as far as it has come.
    pub(crate) async fn finish(mut self) -> Result<(), String> {
        if self.failed {
            return Ok(());
        }
        match CLOCK.timeout(PATIENCE, self.write_until(Instant::MAX)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.fail(error)),
            Err(_) => Err(self.fail(io::Error::other("nobody reads the rest"))),
        }
    }

    async fn write_until(&mut self, until: Instant) -> io::Result<()> {
        self.stream.write_until(until, &mut self.lines)?;
        self.write_lines().await
    }

    async fn write_lines(&mut self) -> io::Result<()> {
        loop {
            if self.written == self.block.len() {
                self.place += self.block.len() as u64;
                self.block = next_block(&mut self.lines, self.place);
                self.written = 0;
            }
            let rest = &self.block[self.written..];
            if rest.is_empty() {
                return Ok(());
            }
            let len = match &mut self.out {
                Out::File(file) => file.write(rest),
                Out::Line(line) => line.write(rest).await,
            };
            match len {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(len) => self.written += len,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Leaves whole lines behind: a full disk may have taken a part of one.
    fn fail(&mut self, error: io::Error) -> String {
        self.failed = true;
        let written = &self.block[..self.written];
        if let Out::File(file) = &self.out
            && !written.ends_with(b"\n")
        {
            // If this fails too, the one error that is told is the first.
            let _ = file.set_len(self.place + whole_lines(written) as u64);
        }
        format!("{}: {error}", self.path.display())
    }
}

/// Opens a file, or a FIFO that has a reader: opening does not wait for one.
fn open(path: &Path) -> io::Result<Out> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let mut options = File::options();
    options.write(true).create(true).truncate(true).custom_flags(flags.bits().cast_signed());
    let file = options.open(path).map_err(|error| match Errno::from_io_error(&error) {
        Some(Errno::NXIO) => io::Error::other("nobody reads this FIFO; start its reader first"),
        _ => error,
    })?;
    if file.metadata()?.file_type().is_fifo() || file.is_terminal() {
        return Fd::new(file).map(Out::Line);
    }
    Ok(Out::File(file))
}

/// Takes whole lines, as many as end in the block of the file that `offset` is
/// in. If more are left, a blank line fills up the block, so that no line lies in
/// two.
fn next_block(lines: &mut Vec<u8>, offset: u64) -> Vec<u8> {
    let room = BLOCK - (offset % BLOCK as u64) as usize;
    if lines.len() <= room {
        return mem::take(lines);
    }
    let len = whole_lines(&lines[..room]);
    if len == 0 && room == BLOCK {
        return mem::take(lines); // A line that is longer than a block.
    }
    let mut block: Vec<_> = lines.drain(..len).collect();
    if len < room {
        block.resize(room - 1, b' ');
        block.push(b'\n');
    }
    block
}

/// How long the whole lines at the beginning of `text` are.
fn whole_lines(text: &[u8]) -> usize {
    text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of these lengths, written at `offset`: the lengths of the blocks.
    #[track_caller]
    fn check(lengths: &[usize], offset: u64, expected: &[usize]) {
        let line = |len: &usize| format!("{}\n", "x".repeat(len - 1));
        let text: String = lengths.iter().map(line).collect();
        let mut lines = text.clone().into_bytes();
        let mut blocks: Vec<Vec<u8>> = Vec::new();
        let mut at = offset;
        while !lines.is_empty() {
            let block = next_block(&mut lines, at);
            at += block.len() as u64;
            blocks.push(block);
        }
        assert_eq!(blocks.iter().map(Vec::len).collect::<Vec<_>>(), expected);
        assert!(blocks.iter().all(|block| block.ends_with(b"\n")));
        let written = String::from_utf8(blocks.concat()).unwrap();
        let written = written.lines().filter(|line| !line.trim().is_empty());
        assert_eq!(written.collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
    }

    #[test]
    fn no_line_lies_in_two_blocks_of_the_file() {
        check(&[], 0, &[]);
        check(&[10, 20], 0, &[30]);
        check(&[4_000, 96], 0, &[4_096]);
        check(&[4_000, 95, 2], 0, &[4_096, 2]);
        check(&[4_000, 97], 0, &[4_096, 97]);
        check(&[4_000, 96, 4_000, 97, 7], 0, &[4_096, 4_096, 104]);
        check(&[10], 4_090, &[6, 10]);
        check(&[6, 10], 4_090, &[6, 10]);
        check(&[10], 4_095, &[1, 10]);
        check(&[10], 8_192, &[10]);
        check(&[5_000, 10], 0, &[5_010]);
        check(&[5_000], 4_000, &[96, 5_000]);
    }
}
