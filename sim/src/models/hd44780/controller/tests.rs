use super::*;

/// A controller that receives bytes on eight lines, each long after the last.
struct Fed(Controller, Instant);

impl Fed {
    fn new() -> Self {
        Self(Controller::new(Instant::EPOCH), Instant::from_millis(100))
    }

    fn pins(&mut self, rs: bool, data: u8) -> &mut Self {
        self.1 += Duration::from_millis(10);
        self.0.latch(self.1, Pins { rs, rw: false, data });
        self
    }

    fn commands(&mut self, codes: &[u8]) -> &mut Self {
        codes.iter().fold(self, |fed, code| fed.pins(false, *code))
    }

    fn text(&mut self, text: &str) -> &mut Self {
        text.bytes().fold(self, |fed, byte| fed.pins(true, byte))
    }
}

/// Checks the addresses that hold `expected`, letter by letter.
#[track_caller]
fn check(commands: &[u8], text: &str, expected: &[(u8, u8)]) {
    let mut fed = Fed::new();
    fed.commands(commands).text(text);
    for (address, code) in expected {
        assert_eq!(fed.0.ddram(*address), *code, "at {address:#04x}");
    }
    assert_eq!(fed.0.violations(), 0, "{:?}", fed.0.log());
}

#[test]
fn text_goes_where_the_address_counter_is() {
    check(&[0x38], "ab", &[(0, b'a'), (1, b'b'), (2, b' ')]);
    check(&[0x38, 0xc5], "ab", &[(0x45, b'a'), (0x46, b'b')]);
    check(&[0x38, 0xa7], "ab", &[(0x27, b'a'), (0x40, b'b')]);
    check(&[0x38, 0xe7], "ab", &[(0x67, b'a'), (0, b'b')]);
    check(&[0x30, 0xcf], "ab", &[(0x4f, b'a'), (0, b'b')]);
    check(&[0x30, 0xa7], "ab", &[(0x27, b'a'), (0x28, b'b')]);
}

#[test]
fn entry_mode_turns_the_direction() {
    check(&[0x38, 0x04], "ab", &[(0, b'a'), (0x67, b'b')]);
    check(&[0x38, 0x04, 0xc0], "ab", &[(0x40, b'a'), (0x27, b'b')]);
    check(&[0x30, 0x04], "ab", &[(0, b'a'), (0x4f, b'b')]);
    // Clear resets the direction, home does not.
    check(&[0x38, 0x04, 0x01], "ab", &[(0, b'a'), (1, b'b')]);
    check(&[0x38, 0x04, 0x02], "ab", &[(0, b'a'), (0x67, b'b')]);
}

#[test]
fn the_cursor_moves_without_writing() {
    check(&[0x38, 0x14, 0x14, 0x10], "a", &[(0, b' '), (1, b'a')]);
    check(&[0x38, 0x10], "a", &[(0x67, b'a')]);
}

#[test]
fn the_display_shifts_as_a_whole() {
    let mut fed = Fed::new();
    fed.commands(&[0x38, 0x18, 0x18]);
    assert_eq!(fed.0.visible(0, 0), Some(2));
    assert_eq!(fed.0.visible(1, 38), Some(0x40));
    fed.commands(&[0x1c, 0x1c, 0x1c]);
    assert_eq!(fed.0.visible(0, 0), Some(0x27));
    fed.commands(&[0x02]);
    assert_eq!(fed.0.visible(0, 0), Some(0));
    fed.commands(&[0x07]).text("ab");
    assert_eq!(fed.0.visible(0, 0), Some(2), "shifts left on each write");
    fed.commands(&[0x40]).text("a");
    assert_eq!(fed.0.visible(0, 0), Some(2), "but not on a write to CGRAM");
}

#[test]
fn custom_characters_have_rows_of_five() {
    let mut fed = Fed::new();
    fed.commands(&[0x38, 0x48]);
    for row in 0..8 {
        fed.pins(true, 0xe0 | row);
    }
    assert_eq!(fed.0.cgram(1), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(fed.0.cursor(), None);
}

#[test]
fn lines_are_fixed_by_the_first_other_instruction() {
    let mut fed = Fed::new();
    fed.commands(&[0x30, 0x38, 0x0c, 0x30]);
    assert_eq!(fed.0.visible(1, 0), Some(0x40));
    // A change of the interface length opens them again.
    fed.commands(&[0x20, 0x20, 0x00]);
    assert_eq!(fed.0.visible(1, 0), None);
}

#[test]
fn the_first_three_threes_work_in_every_phase() {
    for phase in [Phase::Whole, Phase::High, Phase::Low(0x00), Phase::Low(0xf0)] {
        let mut fed = Fed::new();
        fed.0.set_phase(phase);
        fed.commands(&[0x3f, 0x3f, 0x3f, 0x2f, 0x20, 0x80, 0x00, 0xc0]);
        assert!(fed.0.is_on(), "{phase:?}");
        assert_eq!(fed.0.visible(1, 0), Some(0x40), "{phase:?}");
    }
}

/// Checks that a write this long after `code` is ignored, and one a microsecond later is not.
#[track_caller]
fn check_busy(oscillator: u32, rs: bool, code: u8, expected: u64) {
    for (early, ignored) in [(1, 1), (0, 0)] {
        let mut fed = Fed::new();
        fed.0.set_oscillator(oscillator);
        fed.commands(&[0x38]).pins(rs, code);
        let at = fed.1 + Duration::from_micros(expected - early);
        fed.0.latch(at, Pins { rs: false, rw: false, data: 0x0c });
        assert_eq!(fed.0.violations(), ignored, "{expected} - {early}");
        assert_eq!(fed.0.is_on(), ignored == 0);
    }
}

#[test]
fn instructions_take_their_time() {
    check_busy(270_000, false, 0x06, 37);
    check_busy(270_000, false, 0x01, 1_520);
    check_busy(270_000, false, 0x02, 1_520);
    check_busy(270_000, true, b'a', 41);
    check_busy(190_000, false, 0x06, 53);
    check_busy(190_000, false, 0x01, 2_160);
}

#[test]
fn the_internal_reset_takes_its_time() {
    let mut controller = Controller::new(Instant::EPOCH);
    let on = Pins { rs: false, rw: false, data: 0x0c };
    controller.latch(Instant::from_micros(9_999), on);
    assert!(!controller.is_on());
    controller.latch(Instant::from_millis(10), on);
    assert!(controller.is_on());
    let noted = [Violation {
        at: Instant::from_micros(9_999),
        pins: on,
        kind: ViolationKind::Busy(Instant::from_millis(10)),
    }];
    assert_eq!(controller.log(), noted);
}

#[test]
fn reads_are_counted_and_keep_the_phase() {
    let mut fed = Fed::new();
    fed.0.set_phase(Phase::High);
    for _ in 0..2 {
        fed.0.latch(Instant::from_millis(90), Pins { rs: false, rw: true, data: 0xff });
    }
    fed.commands(&[0x00, 0xc0]);
    assert!(fed.0.is_on());
    assert_eq!(fed.0.reads(), 2);
}

#[test]
fn blinking_goes_with_the_oscillator() {
    let mut controller = Controller::new(Instant::EPOCH);
    controller.set_oscillator(250_000);
    assert!(!controller.is_dark_phase(Instant::from_micros(409_599)));
    assert!(controller.is_dark_phase(Instant::from_micros(409_600)));
}
