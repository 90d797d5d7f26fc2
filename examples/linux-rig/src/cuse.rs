//! Character devices in user space: the kernel's protocol, `linux/fuse.h`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};

use embedded_io_async::Read as _;
use tickwire_exec_std::Fd;

/// A character device whose calls this process answers, until it is dropped.
///
/// A call that is never answered keeps its caller in the kernel, even if the caller is
/// killed. When the device is dropped, such calls end with an error.
#[derive(Debug)]
pub struct Device {
    file: Fd<File>,
    request: Box<[u8]>,
}

/// What a program wants of the device.
#[derive(Debug)]
pub struct Call {
    /// The number by which the call is answered.
    pub id: u64,
    /// What is wanted.
    pub kind: Kind,
}

/// Kinds of calls.
#[derive(Debug)]
pub enum Kind {
    /// The device is opened.
    Open,
    /// The last descriptor of an open file is closed.
    Close,
    /// An `ioctl`.
    Ioctl(Ioctl),
    /// A call that needs no answer.
    Unanswered,
    /// Anything else.
    Other,
}

/// An `ioctl`, with that part of the caller's memory that was asked for.
#[derive(Debug)]
pub struct Ioctl {
    /// The command's number.
    pub command: u32,
    /// A number, or an address in the caller.
    pub argument: u64,
    /// What the caller's memory holds.
    pub input: Vec<u8>,
    /// The number of bytes that may be returned.
    pub room: usize,
}

/// The result of an `ioctl` that has not failed.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// The result, and bytes for the caller's memory.
    Done(i32, Vec<u8>),
    /// The same call is to come again, with these parts of the caller's memory: address and
    /// length of those that are read, and of those that are written.
    Again([Vec<(u64, u64)>; 2]),
}

/// The number of an error.
pub type Errno = i32;

const HEADER: usize = 40;
const OPEN: u32 = 14;
const RELEASE: u32 = 18;
const INTERRUPT: u32 = 36;
const IOCTL: u32 = 39;
const INIT: u32 = 4096;
const MAJOR: u32 = 7;
const MINOR: u32 = 31;
const UNRESTRICTED_IOCTL: u32 = 1;
const DIRECT_IO: u32 = 1;
const IOCTL_RETRY: u32 = 1 << 2;
const MOST: u32 = 0x1_0000;
const ENOSYS: Errno = 38;

impl Device {
    /// Creates `/dev/NAME`.
    ///
    /// # Errors
    ///
    /// If the process may not create devices, or the kernel does not know CUSE.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a dropped call has created no device.
    pub async fn create(name: &str) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open("/dev/cuse")?;
        // Room for a request with the longest write, and its headers.
        let request = vec![0; MOST as usize + 0x1000].into_boxed_slice();
        let mut device = Self { file: Fd::new(file)?, request };
        let (operation, id, _) = device.request().await?;
        if operation != INIT {
            return Err(io::Error::other("CUSE begins with another request than that"));
        }
        let mut answer = Vec::new();
        for word in [MAJOR, MINOR, 0, UNRESTRICTED_IOCTL, MOST, MOST, 0, 0] {
            answer.extend(word.to_ne_bytes());
        }
        answer.extend([0; 40]);
        answer.extend(format!("DEVNAME={name}\0").bytes());
        device.reply(id, Ok(&answer))?;
        Ok(device)
    }

    /// Returns the next call.
    ///
    /// # Errors
    ///
    /// If the kernel has removed the device.
    ///
    /// # Cancel safety
    ///
    /// Cancel-safe: a dropped call has taken nothing.
    pub async fn next(&mut self) -> io::Result<Call> {
        let (operation, id, body) = self.request().await?;
        let kind = match operation {
            OPEN => Kind::Open,
            RELEASE => Kind::Close,
            INTERRUPT => Kind::Unanswered,
            IOCTL => Kind::Ioctl(Ioctl {
                command: u32_at(body, 12),
                argument: u64_at(body, 16),
                room: u32_at(body, 28) as usize,
                input: body[32..].to_vec(),
            }),
            _ => Kind::Other,
        };
        Ok(Call { id, kind })
    }

    /// Answers an open.
    ///
    /// # Errors
    ///
    /// If the kernel does not take the answer.
    pub fn opened(&self, id: u64) -> io::Result<()> {
        let mut answer = [0; 16];
        answer[8..12].copy_from_slice(&DIRECT_IO.to_ne_bytes());
        self.reply(id, Ok(&answer))
    }

    /// Answers any call without a result.
    ///
    /// # Errors
    ///
    /// If the kernel does not take the answer.
    pub fn done(&self, id: u64) -> io::Result<()> {
        self.reply(id, Ok(&[]))
    }

    /// Answers any call that is not known.
    ///
    /// # Errors
    ///
    /// If the kernel does not take the answer.
    pub fn refused(&self, id: u64) -> io::Result<()> {
        self.reply(id, Err(ENOSYS))
    }

    /// Answers an `ioctl`.
    ///
    /// # Errors
    ///
    /// If the kernel does not take the answer, since the caller has ended for example.
    pub fn answer(&self, id: u64, answer: Result<Answer, Errno>) -> io::Result<()> {
        let words = |words: [u32; 4]| words.into_iter().flat_map(u32::to_ne_bytes);
        let mut told = Vec::new();
        match answer {
            Err(number) => return self.reply(id, Err(number)),
            Ok(Answer::Done(result, bytes)) => {
                told.extend(words([result as u32, 0, 0, 0]));
                told.extend(bytes);
            }
            Ok(Answer::Again([input, output])) => {
                told.extend(words([0, IOCTL_RETRY, input.len() as u32, output.len() as u32]));
                for (address, length) in input.into_iter().chain(output) {
                    told.extend(address.to_ne_bytes());
                    told.extend(length.to_ne_bytes());
                }
            }
        }
        self.reply(id, Ok(&told))
    }

    /// Returns the next request: operation, number and content.
    async fn request(&mut self) -> io::Result<(u32, u64, &[u8])> {
        let length = self.file.read(&mut self.request).await?;
        let request = self.request.get(..length).filter(|request| request.len() >= HEADER);
        let request = request.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok((u32_at(request, 4), u64_at(request, 8), &request[HEADER..]))
    }

    fn reply(&self, id: u64, content: Result<&[u8], Errno>) -> io::Result<()> {
        let (error, content) = match content {
            Ok(content) => (0, content),
            Err(number) => (-number, &[][..]),
        };
        let length = (16 + content.len()) as u32;
        let header = [&length.to_ne_bytes()[..], &error.to_ne_bytes(), &id.to_ne_bytes()].concat();
        // The kernel takes a reply whole, and never makes it wait.
        self.file.get_ref().write_all(&[&header, content].concat())
    }
}

/// Reads a number of the kernel's.
///
/// # Panics
///
/// If the bytes end before it.
pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_ne_bytes([bytes[at], bytes[at + 1]])
}

/// Reads a number of the kernel's.
///
/// # Panics
///
/// If the bytes end before it.
pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(std::array::from_fn(|index| bytes[at + index]))
}

/// Reads a number of the kernel's.
///
/// # Panics
///
/// If the bytes end before it.
pub fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_ne_bytes(std::array::from_fn(|index| bytes[at + index]))
}
