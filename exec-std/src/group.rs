//! The group that a user has to join.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// For the group to read and write, which is what it takes to open a device.
const GROUP_MAY: u32 = 0o060;

/// Returns the name of the group whose members may open `file`.
pub(crate) fn that_may_open(file: &Path) -> Option<String> {
    let file = fs::metadata(file).ok()?;
    if file.mode() & GROUP_MAY != GROUP_MAY {
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
