use tickwire_drivers::encoder::Division;
use tickwire_drivers::mcp3008::Input;
use tickwire_station::Keymap;

use super::*;

/// The sample, which the README of its folder tells people to copy.
const SAMPLE: &str = include_str!("../../../../raspberry-pi/station.toml");

#[test]
fn the_sample_for_a_raspberry_pi_has_all_parts() {
    let File { button, climate, display, gps, knob, remote, brightness } = parse(SAMPLE).unwrap();
    let button = button.unwrap();
    assert_eq!((button.line, button.pull_up), (Line::Named("GPIO17".to_owned()), true));
    assert_eq!(climate.unwrap().bus, Path::new("/dev/i2c-1"));
    let Some(Display::Lines(lines)) = display else { panic!("{display:?}") };
    assert_eq!(lines.d7, Line::Named("GPIO6".to_owned()));
    let gps = gps.unwrap();
    assert_eq!((gps.port.as_path(), gps.baud.get()), (Path::new("/dev/serial0"), 9_600));
    assert_eq!(gps.pps, Some(Line::Named("GPIO16".to_owned())));
    let knob = knob.unwrap();
    let lines = [knob.a, knob.b, knob.push];
    assert_eq!(lines, ["GPIO20", "GPIO21", "GPIO26"].map(|name| Line::Named(name.to_owned())));
    let remote = remote.unwrap();
    assert_eq!(remote.line, Line::Named("GPIO27".to_owned()));
    assert_eq!(remote.keymap(), Keymap::default());
    let Brightness { dial, pwm } = brightness.unwrap();
    let Potentiometer::Mcp3008 { device, channel } = dial else { panic!("{dial:?}") };
    assert_eq!((device.as_path(), channel.0), (Path::new("/dev/spidev0.0"), Input::Ch0));
    assert_eq!((pwm.chip.as_path(), pwm.channel), (Path::new("/sys/class/pwm/pwmchip0"), 0));
}

#[test]
fn a_board_may_lack_any_part() {
    let File { button, climate, display, gps, knob, remote, brightness } = parse("").unwrap();
    assert!(button.is_none() && climate.is_none() && display.is_none() && gps.is_none());
    assert!(knob.is_none() && remote.is_none() && brightness.is_none());
    let only_gps = parse("[gps]\nport = '/dev/ttyUSB0'\nbaud = 115_200").unwrap();
    let gps = only_gps.gps.unwrap();
    assert_eq!((gps.baud.get(), gps.pps), (115_200, None));
    assert!(only_gps.button.is_none());
}

#[test]
fn a_line_has_a_name_or_a_place() {
    let line = |value: &str| parse(&format!("[button]\nline = {value}")).unwrap().button.unwrap();
    assert_eq!(line("'GPIO4'").line, Line::Named("GPIO4".to_owned()));
    let place = Place { chip: "/dev/gpiochip4".into(), offset: 17 };
    assert_eq!(line("{ chip = '/dev/gpiochip4', offset = 17 }").line, Line::At(place));
}

#[test]
fn a_knob_has_detents_and_a_remote_control_its_own_keys() {
    let knob = |rest: &str| {
        let file = parse(&format!("[knob]\na = 'A'\nb = 'B'\npush = 'P'\n{rest}")).unwrap();
        file.knob.unwrap().detents.0
    };
    assert_eq!([knob(""), knob("detents-per-cycle = 2")], [Division::X1, Division::X2]);
    let remote = |rest: &str| {
        parse(&format!("[remote]\nline = 'R'\n{rest}")).unwrap().remote.unwrap().keymap()
    };
    let usual = Keymap::default();
    assert_eq!(remote("address = 0x1234\nplus = 9"), Keymap { address: 0x1234, plus: 9, ..usual });
    let digits = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    assert_eq!(remote(&format!("digits = {digits:?}")), Keymap { digits, ..usual });
}

#[test]
fn a_display_may_be_behind_an_expander() {
    let address = |rest: &str| {
        let file = parse(&format!("[display.backpack]\nbus = '/dev/i2c-1'\n{rest}")).unwrap();
        let Some(Display::Backpack(backpack)) = file.display else { panic!("{file:?}") };
        backpack.address.0
    };
    assert_eq!([address(""), address("address = 0x3f")], [0x27, 0x3f]);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    #[track_caller]
    fn check(text: &str, line: usize, expected: &str) {
        let (at, why) = parse(text).map(drop).unwrap_err();
        assert_eq!((at, why.as_str()), (line, expected), "{text}");
        assert!(!why.contains('\n'), "{why}");
    }
    let parts = "expected one of `button`, `climate`, `display`, `gps`, `knob`, `remote`, \
                 `brightness`";
    check("[gps]\nport = 'a'\n\n[butto]\n", 4, &format!("unknown field `butto`, {parts}"));
    check(
        "[button]\n# A comment.\nlien = 'GPIO17'",
        3,
        "unknown field `lien`, expected `line` or `pull-up`",
    );
    check("[climate]\n", 1, "missing field `bus`");
    check("[gps]\nport = 'a'\nbaud = 0", 3, "invalid value: integer `0`, expected a nonzero u32");
    check(
        "[gps]\nport = 'a'\nbaud = -9600",
        3,
        "invalid value: integer `-9600`, expected a nonzero u32",
    );
    check("[gps]\nport = 5", 2, "invalid type: integer `5`, expected path string");
    let line = "expected a line's name, or { chip = \"/dev/gpiochip0\", offset = 17 }";
    check("\n[button]\nline = 17", 3, &format!("invalid type: integer `17`, {line}"));
    check(
        "[button]\nline = { chip = 'a', offset = -1 }",
        2,
        "invalid value: integer `-1`, expected u32",
    );
    check("[button]\nline = { chip = 'a' }", 2, "missing field `offset`");
    check(
        "[button]\nline = { chip = 'a', ofset = 1 }",
        2,
        "unknown field `ofset`, expected `chip` or `offset`",
    );
    check("[display]\nwires = 1", 2, "unknown field `wires`, expected `lines` or `backpack`");
    let either = "a display has either `lines` or a `backpack`";
    check("\n[display]", 2, either);
    let lines = "rs = 'a'\ne = 'a'\nd4 = 'a'\nd5 = 'a'\nd6 = 'a'\nd7 = 'a'";
    check(&format!("[display.lines]\n{lines}\n[display.backpack]\nbus = 'a'"), 1, either);
    check("button = 17", 1, "invalid type: integer `17`, expected a section");
    for address in ["0x07", "0x78", "256", "-1", "9223372036854775807"] {
        check(
            &format!("[display.backpack]\nbus = 'a'\naddress = {address}"),
            3,
            "an address is between 0x08 and 0x77",
        );
    }
    check("[gps]\nport = 'a'\nport = 'b'", 3, "duplicate key");
    check("[knob]\na = 'A'\nb = 'B'", 1, "missing field `push`");
    for detents in ["0", "3", "260", "-1"] {
        check(
            &format!("[knob]\na = 'A'\nb = 'B'\npush = 'P'\ndetents-per-cycle = {detents}"),
            5,
            "a cycle has 1, 2 or 4 detents",
        );
    }
    check("remote = 'R'", 1, "invalid type: string \"R\", expected a section");
    check("[remote]\nline = 'R'\nplus = 256", 3, "invalid value: integer `256`, expected u8");
    let pwm = "[brightness.pwm]\nchip = 'a'\nchannel = 0\n";
    let converter = "a potentiometer is either at an `mcp3008` or at an `adc`";
    check(pwm, 1, converter);
    let spi = "[brightness.mcp3008]\ndevice = 'a'\nchannel =";
    let adc = "[brightness.adc]\ndevice = 'a'\ninput = 'voltage0'\nfull-scale =";
    check(&format!("{pwm}{spi} 0\n{adc} 9"), 1, converter);
    check(&format!("{spi} 0"), 1, "missing field `pwm`");
    check(&format!("{pwm}{spi} 8"), 6, "a channel is between 0 and 7");
    check(&format!("{pwm}{adc} 0"), 7, "invalid value: integer `0`, expected a nonzero u32");
    check("[gps\nport = 'a'", 1, "unclosed table, expected `]`");
}
