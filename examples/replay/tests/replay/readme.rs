//! What the README shows is what is printed.

use std::process::Command;

#[test]
fn the_readme_shows_what_is_printed() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let mut shown = 0;
    let mut lines = readme.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ cargo replay ") else { continue };
        let mut expected = String::new();
        while let Some(output) = lines.next_if(|line| line.starts_with('{')) {
            expected += &format!("{output}\n");
        }
        if expected.is_empty() {
            continue;
        }
        let words = command.split('#').next().unwrap_or_default().split_whitespace();
        let mut replay = Command::new(env!("CARGO_BIN_EXE_replay"));
        let output = replay.args(words).current_dir(root).output().unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{command}");
        shown += 1;
    }
    assert_eq!(shown, 1, "commands whose output is shown");
}
