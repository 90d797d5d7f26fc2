//! The group that a user has to join.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The mode of a file whose group may read and write it.
#[cfg(any(feature = "gpio", feature = "i2c", feature = "serial", feature = "spi"))]
const READ_AND_WRITE: u32 = 0o060;
/// The mode of a file whose group may write it.
#[cfg(all(target_os = "linux", any(feature = "adc", feature = "led", feature = "pwm")))]
const WRITE: u32 = 0o020;

/// Returns the name of the group whose members may open a device.
#[cfg(any(feature = "gpio", feature = "i2c", feature = "serial", feature = "spi"))]
pub(crate) fn that_may_open(device: &Path) -> Option<String> {
    that_may(READ_AND_WRITE, device)
}

/// Returns the name of the group whose members may write an attribute. Those that can only
/// be read are for all users.
#[cfg(all(target_os = "linux", any(feature = "adc", feature = "led", feature = "pwm")))]
pub(crate) fn that_may_write(attribute: &Path) -> Option<String> {
    that_may(WRITE, attribute)
}

fn that_may(mode: u32, file: &Path) -> Option<String> {
    let file = fs::metadata(file).ok()?;
    if file.mode() & mode != mode {
        return None;
    }
    named(file.gid(), &fs::read_to_string("/etc/group").ok()?).map(str::to_owned)
}

/// Returns the name of group `id` in a file of the format of group(5).
fn named(id: u32, groups: &str) -> Option<&str> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then_some(name)
    })
}

/// Says that the user may not open a file, and which group may.
pub(crate) struct Denied<'a>(pub(crate) &'a Path, pub(crate) Option<&'a str>);

impl fmt::Display for Denied<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no permission to open {}", self.0.display())?;
        match self.1 {
            Some(group) => write!(f, ": join the group `{group}` and log in again"),
            None => f.write_str(", and no group has it: let a rule of udev grant it, or be root"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_group_is_found_by_its_number() {
        let groups = "root:x:0:\n+\ngpio:x:997:pi,anna\n\nbroken:x:\nlast:x:7:";
        assert_eq!(
            [997, 0, 7, 1].map(|id| named(id, groups)),
            [Some("gpio"), Some("root"), Some("last"), None]
        );
    }
}
