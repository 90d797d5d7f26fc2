//! Remote controls: edges of a line, a Flipper's files, and recordings.

use serde_json::Value;

use crate::{file, recorded, replay, replayed};

/// A capture of a line with edges after these spans, the first at 1000 us.
fn capture(spans: &[u64]) -> String {
    let mut text = "# time_us level\n0 1\n".to_owned();
    let mut at = 1_000;
    for (n, span) in [0].iter().chain(spans).enumerate() {
        at += span;
        text.push_str(&format!("{at} {}\n", n % 2));
    }
    text
}

fn frame(bits: u32) -> Vec<u64> {
    let mut spans = vec![9_000, 4_500];
    for bit in 0..32 {
        spans.extend([562, if bits >> bit & 1 == 1 { 1_688 } else { 563 }]);
    }
    spans.push(562);
    spans
}

#[track_caller]
fn check(name: &str, spans: &[u64], options: &str, expected: &str) {
    let path = file(&format!("nec-{name}.txt"), capture(spans));
    assert_eq!(replayed("nec", &path, options), expected, "{name}");
}

const KEY: &str = r#""address":64,"command":1"#;

#[test]
fn frames_repeats_and_errors_are_printed() {
    let key = frame(0xFE01_BF40);
    let shown = format!("{{\"t_us\":69062,\"frame\":{{{KEY}}}}}\n");
    check("frame", &key, "", &shown);
    let held = [&key[..], &[39_938, 9_000, 2_250, 562]].concat();
    let repeat = format!("{{\"t_us\":120812,\"repeat\":{{{KEY},\"held_us\":108000}}}}\n");
    check("held", &held, "", &format!("{shown}{repeat}"));
    let nobody = r#""address":null,"command":null,"held_us":0"#;
    let alone = format!("{{\"t_us\":12812,\"repeat\":{{{nobody}}}}}\n");
    check("repeat", &[9_000, 2_250, 562], "", &alone);
    check("noise", &[200], "", "{\"t_us\":1200,\"error\":\"bad_start\"}\n");
    // Time goes on after the last line.
    check("cut", &key[..31], "", "{\"t_us\":74000,\"error\":\"bad_block\"}\n");
    check("cut-extended", &key[..31], "--extended", "{\"t_us\":81000,\"error\":\"bad_block\"}\n");
    let extended = frame(0x5AA5_1234);
    check(
        "standard",
        &extended,
        "",
        "{\"t_us\":65687,\"error\":\"bad_address\",\"address\":4660}\n",
    );
    let shown = "{\"t_us\":65687,\"frame\":{\"address\":4660,\"command\":165}}\n";
    check("extended", &extended, "--extended", shown);
    let samsung = [&[4_500], &frame(0xFE01_4040)[1..]].concat();
    check("samsung", &samsung, "--samsung", &format!("{{\"t_us\":57812,\"frame\":{{{KEY}}}}}\n"));
    let apple = frame(0x4003_87EE);
    check("apple", &apple, "--apple", &format!("{{\"t_us\":65687,\"frame\":{{{KEY}}}}}\n"));
}

#[test]
fn a_vcd_file_is_read() {
    let vcd = "$timescale 1 us $end $var wire 1 ! ir $end $enddefinitions $end\n\
               #0 1!\n#1000 0!\n#10000 1!\n#12250 0!\n#12812 1!\n";
    let printed = replayed("nec", &file("nec.vcd", vcd), "");
    assert!(printed.starts_with("{\"t_us\":12812,\"repeat\":"), "{printed}");
}

#[test]
fn each_raw_signal_of_a_flipper_is_printed() {
    let spans: Vec<_> = frame(0xFE01_BF40).iter().map(u64::to_string).collect();
    let ir = format!(
        "Filetype: IR signals file\nVersion: 1\n# a: comment\nname: On\ntype: raw\ndata: {}\n#\n\
         name: Parsed\ntype: parsed\nprotocol: NEC\n#\nname: Off\ntype: raw\ndata: 200 300\n",
        spans.join(" "),
    );
    let path = file("nec-flipper.ir", ir);
    let on = format!("{{\"t_us\":68062,\"signal\":\"On\",\"frame\":{{{KEY}}}}}\n");
    let off = "{\"t_us\":200,\"signal\":\"Off\",\"error\":\"bad_start\"}\n";
    assert_eq!(replayed("nec", &path, ""), format!("{on}{off}"));
    assert_eq!(replayed("nec", &path, "--signal Off"), off);

    let refused = |name: &str, contents: &str, signal: &[&str], status, expected: &str| {
        let path = file(name, contents);
        let args = ["nec", path.to_str().unwrap()].into_iter().chain(signal.iter().copied());
        let ran = replay(args);
        assert_eq!((ran.status, ran.out.as_str()), (Some(status), ""), "{name}");
        assert!(ran.err.contains(expected) && ran.err.lines().count() == 1, "{}", ran.err);
    };
    refused("nec-none.ir", "name: On\ntype: parsed\n", &[], 1, "there is no raw signal in it");
    refused("nec-word.ir", "name: On\ndata: 9000 x 5\n", &[], 1, "line 2: not a span");
    let data = "name: On\ndata: 9000\n";
    refused("nec-name.ir", data, &["--signal", "Of"], 2, "no such signal; there are On");
    // A mark of the byte order is no part of the first key.
    let data = "\u{feff}name: On\ndata: 9000\n";
    refused("nec-mark.ir", data, &["--signal", "Of"], 2, "no such signal; there are On");
}

#[test]
fn recordings_are_those_of_their_truth() {
    const TEST: &str = "recordings_are_those_of_their_truth";
    for (name, options) in [
        ("joy-it-all.txt", ""),
        ("ceiling-light-extended.txt", "--extended"),
        ("matsui-digits-hold.txt", ""),
        ("matsui-power-3x.txt", ""),
        ("flipper-domo-do8149.ir", ""),
        ("flipper-kaleidescape.ir", "--extended"),
        ("flipper-brio-cha-not-nec.ir", ""),
        ("flipper-electra-ac-not-nec.ir", "--extended"),
    ] {
        let Some(path) = recorded(TEST, &format!("nec/{name}")) else { return };
        let truth = std::fs::read_to_string(path.with_extension("truth.json")).unwrap();
        let truth: Value = serde_json::from_str(&truth).unwrap();
        let raw = |value: &Value| match value.get("raw").and_then(Value::as_array) {
            Some(raw) => raw.clone(),
            None if value.get("protocol").is_some() => Vec::new(),
            None => vec![value.clone()],
        };
        let truth = truth.as_array().unwrap().iter().flat_map(raw);
        let truth = truth.filter(|value| value.get("complement_ok").is_none());
        let expected: Vec<_> = truth.map(|value| value["command"].as_u64()).collect();
        let printed = replayed("nec", &path, options);
        let lines = printed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let signals = lines.filter(|line| line.get("error").is_none());
        let found: Vec<_> = signals.map(|line| line["frame"]["command"].as_u64()).collect();
        assert_eq!(found, expected, "{name}");
    }
}
