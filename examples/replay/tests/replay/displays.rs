//! The lines of displays.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{file, recorded, replay, replayed};

/// Returns the objects that a replay prints, the counters last.
fn objects(printed: &str) -> Vec<Value> {
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A capture of bytes for a display of four lines: RS, E, D4 to D7, or those columns in the order
/// of `columns`, with a pulse each 5 ms.
fn capture(header: &str, columns: &[&str], bytes: &[(bool, u8)]) -> String {
    let mut text = format!("{header}\n");
    let mut at = 0;
    let mut row = |rs: bool, e: bool, data: u8| {
        write!(text, "{at}").unwrap();
        for column in columns {
            let level = match *column {
                "RS" => rs,
                "E" => e,
                "RW" => false,
                line => data >> line[1..].parse::<u8>().unwrap() & 1 == 1,
            };
            write!(text, " {}", u8::from(level)).unwrap();
        }
        text.push('\n');
        at += 2_500;
    };
    row(false, false, 0);
    for (rs, byte) in bytes {
        // The function set comes as one nibble, while the display has eight lines.
        let nibbles = if *byte == FOUR { &[*byte][..] } else { &[*byte, *byte << 4] };
        for nibble in nibbles {
            row(*rs, true, *nibble);
            row(*rs, false, *nibble);
        }
    }
    text
}

/// The first half of the function set.
const FOUR: u8 = 0x20;
const DEFAULT: [&str; 6] = ["RS", "E", "D4", "D5", "D6", "D7"];
const HI: [(bool, u8); 5] =
    [(false, FOUR), (false, 0x28), (false, 0x0e), (true, b'H'), (true, b'i')];

fn hi(more: &str) -> String {
    let line = |at, text, column| {
        let rows = format!(r#"["{text:16}","{:16}"]"#, "");
        format!("{{\"t_us\":{at},\"lines\":{rows},\"cursor\":[0,{column}],\"on\":true}}\n")
    };
    let counters = format!(r#"{{"pulses":9,"pictures":3,"violations":0,"reads":0,{more}}}"#);
    [line(25_000, "", 0), line(35_000, "H", 1), line(45_000, "Hi", 2), counters + "\n"].concat()
}

#[track_caller]
fn check(name: &str, capture: &str, options: &str, expected: &str) {
    let path = file(&format!("lcd-{name}.txt"), capture);
    assert_eq!(replayed("lcd", &path, options), expected, "{name}");
}

#[test]
fn each_character_and_the_cursor_are_a_picture() {
    check("hi", &capture("# time_us RS E D4 D5 D6 D7", &DEFAULT, &HI), "", &hi(r#""bad_lines":0"#));
    // Without a header, by the number of columns.
    check("plain", &capture("", &DEFAULT, &HI), "", &hi(r#""bad_lines":0"#));
    let with_rw = ["RS", "RW", "E", "D4", "D5", "D6", "D7"];
    check("plain-rw", &capture("", &with_rw, &HI), "", &hi(r#""bad_lines":0"#));
}

#[test]
fn the_capture_of_the_readme_says_hi() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/display.txt");
    let objects = objects(&replayed("lcd", path.as_ref(), ""));
    let [.., last, counters] = &objects[..] else { panic!("{objects:?}") };
    assert_eq!(last["lines"], serde_json::json!(["Hi              ", "!               "]));
    assert_eq!(last["cursor"], serde_json::json!([1, 1]));
    assert_eq!((&counters["pictures"], &counters["violations"]), (&5.into(), &0.into()));
}

/// Levels before zero, and a level that is unknown.
#[test]
fn times_may_be_negative_and_levels_unknown() {
    let text = capture("", &DEFAULT, &HI);
    let early: String = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(at, levels)| format!("{} {levels}\n", at.parse::<i64>().unwrap() - 30_000))
        .collect();
    // RS stays high from the first character on.
    let (known, unknown) = early.split_at(early.rfind("\n12500 1 1").unwrap());
    let early =
        known.replacen(" 0 0 0 0 0 0", " X 0 x Z 0 0", 1) + &unknown.replace("00 1 ", "00 X ");
    let path = file("lcd-early.txt", early);
    let objects = objects(&replayed("lcd", &path, ""));
    let times: Vec<_> = objects.iter().filter_map(|it| it["t_us"].as_i64()).collect();
    assert_eq!(times, [-5_000, 5_000, 15_000]);
    assert_eq!(objects[2]["lines"][0], "Hi              ");
}

#[test]
fn columns_are_where_the_header_says() {
    let columns = ["D7", "E", "D6", "D5", "D4", "RS"];
    let header = "# An analyzer's: time_us d7 E D6 D5 D4 RS, and nothing else.";
    check("order", &capture(header, &columns, &HI), "", &hi(r#""bad_lines":0"#));
    let columns = ["RS", "D0", "E", "RW", "D7", "D6", "D5", "D4"];
    let header = "Time [us],RS,clock,E,R/W,D7,D6,D5,D4";
    let text = capture(header, &columns, &HI);
    check("labels", &text.replace(' ', ",").replace("Time,", "Time "), "", &hi(r#""bad_lines":0"#));
    let header = "# time_ms RS E D4 D5 D6 D7";
    let milliseconds = capture(header, &DEFAULT, &HI).replace("500 ", ".5 ").replace("000 ", " ");
    assert!(milliseconds.contains("\n2.5 0 1"), "{milliseconds}");
    check("unit", &milliseconds, "", &hi(r#""bad_lines":0"#));
}

#[test]
fn a_display_has_the_size_that_is_asked_for() {
    let text = capture("", &DEFAULT, &HI);
    let path = file("lcd-size.txt", text);
    for (options, rows) in [
        ("--columns 8 --rows 1", &["Hi      "][..]),
        ("--columns 20 --rows 4", &["Hi", "", "", ""]),
    ] {
        let width = if rows.len() == 1 { 8 } else { 20 };
        let expected: Vec<_> = rows.iter().map(|row| format!("{row:width$}")).collect();
        let objects = objects(&replayed("lcd", &path, options));
        assert_eq!(objects[2]["lines"], serde_json::json!(expected), "{options}");
    }
}

/// The recordings and their numbers of pulses, and the last picture.
#[test]
fn recorded_displays_show_what_they_showed() {
    let blank = " ".repeat(16);
    for (name, options, pulses, lines) in [
        ("customcharacter", "", 221, &["I ⓪ Arduino! ①  ", "    ③           "][..]),
        ("power", "", 65, &["hello, world!   ", &blank]),
        ("reset-init-hello", "", 68, &["Hello LCD       ", "00unter 0x0     "]),
        (
            "test_204",
            "--columns 20 --rows 4",
            193,
            &[
                "0123456789!'\"$%&/()=",
                "abcdefghijklmnopqrst",
                "uvwxyzABCDEFGHIJKLMN",
                "OPQRSTUVWXYZ,;.:-_+*",
            ],
        ),
    ] {
        let path = format!("logic/hd44780-{name}.txt");
        let test = "recorded_displays_show_what_they_showed";
        let Some(path) = recorded(test, &path) else { return };
        let objects = objects(&replayed("lcd", &path, options));
        let [pictures @ .., last, counters] = &objects[..] else { panic!("{objects:?}") };
        assert_eq!(last["lines"], serde_json::json!(lines), "{name}");
        assert_eq!(last["on"], name != "power", "{name}");
        assert_eq!(counters["pulses"], pulses, "{name}");
        assert_eq!(counters["pictures"], pictures.len() + 1, "{name}");
        assert_eq!((&counters["violations"], &counters["bad_lines"]), (&0.into(), &0.into()));
        let was_shown =
            |row: &str| pictures.iter().any(|picture| picture["lines"][1] == format!("{row:16}"));
        assert_eq!(was_shown("counter 0x0"), name == "reset-init-hello");
    }
}

/// Turns a text of levels into a VCD file with these names.
fn vcd(text: &str, names: [&str; 6]) -> String {
    let mut vcd = String::from("$timescale 1 us $end\n$scope module lcd $end\n");
    for (id, name) in ('a'..).zip(names) {
        writeln!(vcd, "$var wire 1 {id} {name} $end").unwrap();
    }
    vcd += "$upscope $end\n$enddefinitions $end\n";
    for row in text.lines().skip(1) {
        let (at, levels) = row.split_once(' ').unwrap();
        writeln!(vcd, "#{at}").unwrap();
        for (id, level) in ('a'..).zip(levels.split(' ')) {
            writeln!(vcd, "{level}{id}").unwrap();
        }
    }
    vcd
}

#[test]
fn the_lines_may_be_signals_of_a_vcd_file() {
    let text = capture("# time_us RS E D4 D5 D6 D7", &DEFAULT, &HI);
    let small = ["lcd_rs", "lcd_e", "lcd_d4", "lcd_d5", "lcd_d6", "lcd_d7"];
    for (name, names, options) in
        [("named", DEFAULT, &[][..]), ("small", small, &["--prefix", "lcd_"])]
    {
        let path = file(&format!("lcd-{name}.vcd"), vcd(&text, names));
        let ran = replay([&["lcd", path.to_str().unwrap()], options].concat());
        assert_eq!((ran.status, ran.out), (Some(0), hi(r#""bad_lines":0"#)), "{}", ran.err);
    }
    // A display that is only written to, as long as RW is low.
    let reads = vcd(&text, DEFAULT).replacen("$upscope", "$var wire 1 w RW $end $upscope", 1);
    let path = file("lcd-reads.vcd", reads.replacen("#0\n", "#0\n1w\n", 1));
    let ran = replay(["lcd", path.to_str().unwrap()]);
    assert!(ran.out.starts_with(r#"{"pulses":9,"pictures":0,"#), "{}{}", ran.out, ran.err);
    let path = file("lcd-other.vcd", vcd(&text, small));
    let ran = replay(["lcd", path.to_str().unwrap()]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(
        ran.err.contains(r#"there is no signal "RS"; signals: 1 "lcd.lcd_rs", "#),
        "{}",
        ran.err
    );
    let path = file("lcd-prefix.txt", text);
    let ran = replay(["lcd", path.to_str().unwrap(), "--prefix", "lcd_"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("--prefix is for a VCD file"), "{}", ran.err);
}

/// Lines that are no rows are noted, counted and left out, and the status says so.
#[test]
fn a_malformed_line_is_left_out() {
    let text = capture("# time_us RS E D4 D5 D6 D7", &DEFAULT, &HI);
    let mut lines: Vec<_> = text.lines().collect();
    for (at, bad) in [(3, "x 0 0 0 0 0 0"), (5, "5000 0 1"), (7, "1 0 0 0 0 0 0"), (9, "7777777 2")]
    {
        lines.insert(at, bad);
    }
    let path = file("lcd-malformed.txt", lines.join("\n"));
    let path = path.to_str().unwrap();
    let ran = replay(["lcd", path]);
    assert_eq!((ran.status, ran.out), (Some(1), hi(r#""bad_lines":4"#)));
    let expected = [
        r#"line 4: "x" is not a time in us"#,
        r#"line 6: 2 levels, not 6: "0 1""#,
        r#"line 8: time goes back: "1 0 0 0 0 0 0""#,
        r#"line 10: 1 levels, not 6: "2""#,
        "4 malformed lines were left out",
    ];
    let expected: String = expected.map(|said| format!("replay: {path}: {said}\n")).concat();
    assert_eq!(ran.err, expected);
}

#[test]
fn a_log_that_is_none_is_refused() {
    let check = |name: &str, capture: &[u8], expected: &[&str]| {
        let path = file(&format!("lcd-refused-{name}"), capture);
        let path = path.to_str().unwrap();
        let ran = replay(["lcd", path]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{name}");
        let expected: Vec<_> =
            expected.iter().map(|it| format!("replay: {path}: {it}\n")).collect();
        assert_eq!(ran.err, expected.concat(), "{name}");
    };
    let empty = "an empty capture: there is no level in it";
    check("empty", b"", &[empty]);
    check("comments", b"# time_us RS E D4 D5 D6 D7\n; no more\n", &[empty]);
    let header = "line 1: the header has no D7";
    check("header", b"# time_us RS E D4 D5 D6 D8\n0 0 0 0 0 0 0\n", &[header]);
    check("labels", b"Time [s],E,RS,D4,D5,D6\n", &[header]);
    check("twice", b"# time_us RS E D4 D4 D5 D6 D7\n", &["line 1: the header has D4 twice"]);
    let no_time = r#"line 1: the first column, "RS", is not labelled as a time"#;
    check("no-time", b"RS,E,D4,D5,D6,D7\n", &[no_time]);
    let count = r#"line 1: 1 levels, not 6 (RS E D4 D5 D6 D7) or 7 (RS RW E D4 D5 D6 D7): "1""#;
    check("count", b"0 1\n", &[count, empty]);
    let bytes = ["line 1: not UTF-8: \"\\u{7f}ELF\\0\u{fffd}\"", empty];
    check("binary", b"\x7fELF\0\xff\n", &bytes);
    let huge = r#"line 1: "99999999999999999999" is not a time in us"#;
    check("huge", b"99999999999999999999 0 0 0 0 0 0\n", &[huge, empty]);
    let endless = format!("line 1: longer than 1048576 bytes: \"{}\"…", "x".repeat(40));
    check("endless", &vec![b'x'; 1 << 21], &[&endless]);
    // The first eight are shown.
    let many: Vec<_> = (1..=8).map(|n| format!("line {n}: \"?\" is not a time in us")).collect();
    let many = many.iter().map(String::as_str).chain(["more malformed lines follow", empty]);
    check("many", "?\n".repeat(1_000).as_bytes(), &many.collect::<Vec<_>>());
}

#[test]
fn a_size_that_does_not_exist_is_refused() {
    for (options, expected) in [
        ("lcd x --columns 7", "there are no displays of 7x2"),
        ("lcd x --rows 3", "there are no displays of 16x3"),
        (
            "lcd x --columns 40 --rows 4",
            "a display of more than 80 characters has two E: replay each half",
        ),
        (
            "lcd x --rows 18446744073709551616",
            "cannot parse argument \"18446744073709551616\": number too large to fit in target type",
        ),
        ("lcd", "no file to replay"),
        ("lcd x --baud 5", "invalid option '--baud': it belongs to nmea"),
        ("nec x --rows 5", "invalid option '--rows': it belongs to lcd"),
    ] {
        let ran = replay(options.split_whitespace());
        let expected = format!("replay: {expected}; try --help\n");
        assert_eq!((ran.status, ran.out.as_str(), ran.err), (Some(2), "", expected));
    }
}
