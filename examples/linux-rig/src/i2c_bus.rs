//! Commands to the program `i2c-bus`, from another process.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

/// The bus in the rig.
pub const PATH: &str = "/dev/i2c-1";

/// Where the program takes commands in the rig.
pub const SOCKET: &str = "/run/i2c-1";

/// Sends a [command](crate::adapter), and returns the answer.
///
/// # Panics
///
/// If the program does not run, or does not know the command.
#[track_caller]
pub fn tell(command: &str) -> String {
    let mut stream = UnixStream::connect(SOCKET).expect("the program `i2c-bus` runs");
    stream.write_all(command.as_bytes()).expect("it listens");
    stream.shutdown(Shutdown::Write).expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let answer = answer.strip_prefix("ok ").map(str::to_owned).ok_or(answer);
    answer.unwrap_or_else(|error| panic!("{command}: {error}"))
}
