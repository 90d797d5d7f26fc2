//! The ports that a system has.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the ports in the folder `dev`, by names that stay with the adapter where there
/// are some.
pub(super) fn ports(dev: impl AsRef<Path>) -> Vec<PathBuf> {
    let dev = dev.as_ref();
    let named = files(&dev.join("serial/by-id"), |_| true);
    // An adapter that has a lasting name is listed by that alone.
    let known: Vec<_> = named.iter().filter_map(|name| fs::canonicalize(name).ok()).collect();
    let others = files(dev, |name| {
        ["ttyUSB", "ttyACM", "ttyAMA"].iter().any(|prefix| name.starts_with(prefix))
    });
    let others = others
        .into_iter()
        .filter(|port| fs::canonicalize(port).is_ok_and(|port| !known.contains(&port)));
    named.iter().cloned().chain(others).collect()
}

fn files(folder: &Path, is_one: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ones = entries.filter(|entry| entry.file_name().to_str().is_some_and(&is_one));
    let mut paths: Vec<_> = ones.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::{env, process};

    use super::*;

    #[test]
    fn an_adapter_is_listed_once_by_the_name_that_stays() {
        let dev = env::temp_dir().join(format!("tickwire-ports-{}", process::id()));
        let by_id = dev.join("serial/by-id");
        fs::create_dir_all(&by_id).unwrap();
        for name in ["ttyS0", "ttyUSB0", "ttyUSB1", "ttyAMA0", "null"] {
            fs::write(dev.join(name), "").unwrap();
        }
        symlink("../../ttyUSB1", by_id.join("usb-FTDI")).unwrap();
        let found = ports(&dev);
        fs::remove_dir_all(&dev).unwrap();
        let expected = ["serial/by-id/usb-FTDI", "ttyAMA0", "ttyUSB0"];
        assert_eq!(found, expected.map(|name| dev.join(name)));
    }
}
