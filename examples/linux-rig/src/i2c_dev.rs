//! The calls of an I²C bus in user space, `linux/i2c-dev.h`.

use crate::cuse::{Answer, Errno, Ioctl, u16_at, u32_at, u64_at};

/// What a call asks of the bus.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    /// The answer is known without the bus.
    Answer(Answer),
    /// An address is chosen, which a driver of the kernel may hold.
    Address(u16),
    /// A transfer.
    Transfer(Vec<Message>),
}

/// A part of a transfer, in one direction.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    /// The address, of 7 bits.
    pub address: u8,
    /// Whether it reads.
    pub is_read: bool,
    /// What is written, or as many zeros as are read.
    pub bytes: Vec<u8>,
}

const RETRIES: u32 = 0x701;
const TIMEOUT: u32 = 0x702;
const SLAVE: u32 = 0x703;
const TENBIT: u32 = 0x704;
const FUNCS: u32 = 0x705;
const RDWR: u32 = 0x707;
const PEC: u32 = 0x708;
/// Messages, and such without an address of their own.
const FUNCTIONS: u64 = 0x1 | 0x10;
const M_RD: u16 = 0x1;
const M_TEN: u16 = 0x10;
const MOST_MESSAGES: usize = 42;
const EINVAL: Errno = 22;
const ENOTTY: Errno = 25;
const EOPNOTSUPP: Errno = 95;
/// The lengths of `struct i2c_rdwr_ioctl_data` and `struct i2c_msg`.
const LENGTH: usize = 16;

/// Understands a call. A transfer takes three rounds: its head, its messages, and the bytes
/// that they write.
///
/// # Errors
///
/// The number with which the call has to fail.
pub fn understand(call: &Ioctl) -> Result<Request, Errno> {
    match call.command {
        SLAVE => Ok(Request::Address(u16::try_from(call.argument).map_err(|_| EINVAL)?)),
        RETRIES | TIMEOUT => Ok(Request::Answer(Answer::Done(0, Vec::new()))),
        // Off, as they are.
        TENBIT | PEC if call.argument == 0 => Ok(Request::Answer(Answer::Done(0, Vec::new()))),
        FUNCS if call.room == 0 => Ok(again(&[], &[(call.argument, 8)])),
        FUNCS => Ok(Request::Answer(Answer::Done(0, FUNCTIONS.to_ne_bytes().to_vec()))),
        RDWR => transfer(call),
        _ => Err(ENOTTY),
    }
}

fn transfer(call: &Ioctl) -> Result<Request, Errno> {
    let head = (call.argument, LENGTH as u64);
    if call.input.len() < LENGTH {
        return Ok(again(&[head], &[]));
    }
    let (table, count) = (u64_at(&call.input, 0), u32_at(&call.input, 8) as usize);
    if count == 0 || count > MOST_MESSAGES {
        return Err(EINVAL);
    }
    let messages = (table, (count * LENGTH) as u64);
    let Some((table, mut written)) = call.input[LENGTH..].split_at_checked(count * LENGTH) else {
        return Ok(again(&[head, messages], &[]));
    };
    let (mut input, mut output) = (vec![head, messages], Vec::new());
    for message in table.chunks(LENGTH) {
        let buffer = (u64_at(message, 8), u64::from(u16_at(message, 4)));
        let to = if u16_at(message, 2) & M_RD != 0 { &mut output } else { &mut input };
        to.extend(Some(buffer).filter(|(_, length)| *length > 0));
    }
    let total = |parts: &[(u64, u64)]| parts.iter().map(|(_, length)| *length as usize).sum();
    let (all, room): (usize, usize) = (total(&input), total(&output));
    if call.input.len() < all || call.room < room {
        return Ok(again(&input, &output));
    }
    let mut parts = Vec::new();
    for message in table.chunks(LENGTH) {
        let (address, flags) = (u16_at(message, 0), u16_at(message, 2));
        let length = usize::from(u16_at(message, 4));
        let is_read = flags & M_RD != 0;
        let bytes = if is_read {
            vec![0; length]
        } else {
            let (bytes, rest) = written.split_at(length);
            written = rest;
            bytes.to_vec()
        };
        if flags & M_TEN != 0 {
            return Err(EOPNOTSUPP);
        }
        let address = u8::try_from(address).ok().filter(|address| *address < 0x80);
        parts.push(Message { address: address.ok_or(EINVAL)?, is_read, bytes });
    }
    Ok(Request::Transfer(parts))
}

fn again(input: &[(u64, u64)], output: &[(u64, u64)]) -> Request {
    Request::Answer(Answer::Again([input.to_vec(), output.to_vec()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(input: &[u8], room: usize) -> Ioctl {
        Ioctl { command: RDWR, argument: 0x1000, input: input.to_vec(), room }
    }

    #[test]
    fn a_transfer_takes_three_rounds() {
        let head = [&0x2000_u64.to_ne_bytes()[..], &2_u64.to_ne_bytes()].concat();
        let message = |flags: u16, length: u16, buffer: u64| {
            let words = [0x40, flags, length, 0].map(u16::to_ne_bytes).concat();
            [&words[..], &buffer.to_ne_bytes()].concat()
        };
        let messages = [message(0, 2, 0x3000), message(M_RD, 3, 0x4000)].concat();
        let ends = [(0x1000, 16), (0x2000, 32), (0x3000, 2)];
        assert_eq!(understand(&call(&[], 0)), Ok(again(&ends[..1], &[])));
        assert_eq!(understand(&call(&head, 0)), Ok(again(&ends[..2], &[])));
        let known = [&head[..], &messages].concat();
        assert_eq!(understand(&call(&known, 0)), Ok(again(&ends, &[(0x4000, 3)])));
        let all = [&known[..], &[0xe6, 0x02]].concat();
        let parts = vec![
            Message { address: 0x40, is_read: false, bytes: vec![0xe6, 0x02] },
            Message { address: 0x40, is_read: true, bytes: vec![0; 3] },
        ];
        assert_eq!(understand(&call(&all, 3)), Ok(Request::Transfer(parts)));
    }
}
