//! The character generator ROM with code A00. (Data sheet, table 4.)

/// The code shown for a character that the ROM does not have.
const NO_CHARACTER: u8 = b'?';

/// The codes from 0xe0 on, as UTF-16; 0 where no character fits.
const UPPER: [u16; 32] = [
    0x3b1, 0xe4, 0x3b2, 0x3b5, 0xb5, 0x3c3, 0x3c1, 0, // α ä β ε µ σ ρ
    0x221a, 0x207b, 0, 0x2e3, 0xa2, 0xa3, 0xf1, 0xf6, // √ ⁻ ˣ ¢ £ ñ ö
    0, 0, 0x3b8, 0x221e, 0x3a9, 0xfc, 0x3a3, 0x3c0, // θ ∞ Ω ü Σ π
    0, 0, 0x5343, 0x4e07, 0x5186, 0xf7, 0, 0x2588, // 千 万 円 ÷ █
];

/// Returns the code that shows `char`. Custom characters are U+0000 to U+0007.
pub(super) fn code_of(char: char) -> u8 {
    match char {
        '\\' | '~' => NO_CHARACTER,
        '\0'..='\x07' | ' '..='}' => char as u8,
        '¥' => 0x5c,
        '→' => 0x7e,
        '←' => 0x7f,
        '\u{a0}' => b' ',
        '°' => 0xdf,
        '·' => 0xa5,
        'μ' => 0xe4, // Greek; the micro sign is in the table.
        'ß' => 0xe2,
        '\u{2126}' => 0xf4, // The ohm sign; the letter is in the table.
        '\u{ff61}'..='\u{ff9f}' => (u32::from(char) - 0xff61) as u8 + 0xa1,
        _ => {
            let place = UPPER.iter().position(|known| u32::from(*known) == u32::from(char));
            place.map_or(NO_CHARACTER, |place| 0xe0 + place as u8)
        }
    }
}

/// Returns the character that a code shows.
pub(super) fn char_of(code: u8) -> char {
    match code {
        0x5c => '¥',
        0x7e => '→',
        0x7f => '←',
        0xdf => '°',
        0x00..=0x7d => char::from(code),
        0xa1..=0xde => char::from_u32(0xff61 + u32::from(code) - 0xa1).unwrap_or('?'),
        _ => {
            let known = UPPER.get(usize::from(code).wrapping_sub(0xe0));
            let known = known.and_then(|known| char::from_u32(u32::from(*known)));
            known.filter(|known| *known != '\0').unwrap_or('?')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(char: char, code: u8, back: char) {
        assert_eq!(code_of(char), code, "{char}");
        assert_eq!(char_of(code), back, "{code:#04x}");
    }

    #[test]
    fn what_the_rom_has_comes_back() {
        for char in (' '..='}').filter(|char| *char != '\\') {
            check(char, char as u8, char);
        }
        for (char, code) in
            [('¥', 0x5c), ('→', 0x7e), ('←', 0x7f), ('°', 0xdf), ('ｱ', 0xb1), ('･', 0xa5)]
        {
            check(char, code, char);
        }
        for (char, code) in [('α', 0xe0), ('ä', 0xe1), ('µ', 0xe4), ('ö', 0xef), ('Ω', 0xf4)] {
            check(char, code, char);
        }
        for (char, code) in [('ü', 0xf5), ('π', 0xf7), ('÷', 0xfd), ('█', 0xff)] {
            check(char, code, char);
        }
        check('\x07', 0x07, '\x07');
    }

    #[test]
    fn near_relatives_are_taken() {
        check('μ', 0xe4, 'µ');
        check('\u{2126}', 0xf4, 'Ω');
        check('ß', 0xe2, 'β');
        check('ﾟ', 0xdf, '°');
        check('·', 0xa5, '･');
    }

    #[test]
    fn what_the_rom_lacks_is_a_question_mark() {
        for char in ['\\', '~', '\x08', '\x7f', '\u{e7}', '漢', '🦀', char::MAX] {
            check(char, b'?', '?');
        }
    }

    #[test]
    fn no_character_has_a_code_that_stands_for_the_unknown() {
        for char in (0..=0xffff).filter_map(char::from_u32) {
            assert!(!(8..16).contains(&code_of(char)), "{char:?}");
        }
    }
}
