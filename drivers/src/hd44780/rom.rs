//! The character generator ROMs. (Data sheet, table 4.)

/// The characters that a controller has, and their codes.
///
/// # For implementers
///
/// U+0000 to U+0007 are the custom characters of any ROM: the driver does not ask for them.
/// Implement this for another ROM, or to show characters by similar ones:
///
/// ```
/// use tickwire_drivers::hd44780::{A00, Rom};
///
/// struct WithoutAccents;
///
/// impl Rom for WithoutAccents {
///     fn code(&self, char: char) -> Option<u8> {
///         A00.code(match char {
///             'é' | 'è' => 'e',
///             other => other,
///         })
///     }
///
///     fn char(&self, code: u8) -> Option<char> {
///         A00.char(code)
///     }
/// }
///
/// assert_eq!(WithoutAccents.code('é'), Some(b'e'));
/// ```
///
/// # For driver authors
///
/// Not needed: [`Lcd`](super::Lcd) does the mapping.
pub trait Rom {
    /// Returns the code that shows `char`, if there is one.
    fn code(&self, char: char) -> Option<u8>;

    /// Returns the character that a code shows, if there is one.
    fn char(&self, code: u8) -> Option<char>;

    /// Returns the code shown for a character that the ROM does not have: `?` by default.
    fn replacement(&self) -> u8 {
        b'?'
    }

    /// Sets the character shown for those that the ROM does not have. A custom character is
    /// possible. Without a code itself, it changes nothing.
    fn with_replacement(self, replacement: char) -> Replacing<Self>
    where
        Self: Sized,
    {
        let code = custom(replacement).or_else(|| self.code(replacement));
        Replacing { code: code.unwrap_or_else(|| self.replacement()), rom: self }
    }
}

/// The Japanese ROM, code A00, of most displays: ASCII without `\` and `~`, half-width katakana,
/// some Greek and some umlauts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct A00;

/// The European ROM, code A02: ASCII, most of Latin-1, arrows, some Greek and some Cyrillic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct A02;

/// A ROM with another [replacement](Rom::with_replacement).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacing<R> {
    rom: R,
    code: u8,
}

impl Rom for A00 {
    fn code(&self, char: char) -> Option<u8> {
        Some(match char {
            '\\' | '~' => return None,
            ' '..='}' => char as u8,
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
                return place.map(|place| 0xe0 + place as u8);
            }
        })
    }

    fn char(&self, code: u8) -> Option<char> {
        match code {
            0x5c => Some('¥'),
            0x7e => Some('→'),
            0x7f => Some('←'),
            0xdf => Some('°'),
            0x20..=0x7d => Some(char::from(code)),
            0xa1..=0xde => char::from_u32(0xff61 + u32::from(code) - 0xa1),
            _ => {
                let known = UPPER.get(usize::from(code).wrapping_sub(0xe0));
                let known = known.and_then(|known| char::from_u32(u32::from(*known)));
                known.filter(|known| *known != '\0')
            }
        }
    }
}

/// The codes of [`A00`] from 0xe0 on, as UTF-16; 0 where no character fits.
const UPPER: [u16; 32] = [
    0x3b1, 0xe4, 0x3b2, 0x3b5, 0xb5, 0x3c3, 0x3c1, 0, // α ä β ε µ σ ρ
    0x221a, 0x207b, 0, 0x2e3, 0xa2, 0xa3, 0xf1, 0xf6, // √ ⁻ ˣ ¢ £ ñ ö
    0, 0, 0x3b8, 0x221e, 0x3a9, 0xfc, 0x3a3, 0x3c0, // θ ∞ Ω ü Σ π
    0, 0, 0x5343, 0x4e07, 0x5186, 0xf7, 0, 0x2588, // 千 万 円 ÷ █
];

impl Rom for A02 {
    fn code(&self, char: char) -> Option<u8> {
        let place = |table: &[char], first| {
            let place = table.iter().position(|known| *known == char);
            place.map(|place| first + place as u8)
        };
        match char {
            ' '..='~' => Some(char as u8),
            '\u{a0}' => Some(b' '),
            'μ' => Some(0xb5), // Greek; Latin-1 has the micro sign.
            '\u{2126}' => Some(0x9a),
            'Ø' | '¨' | '¬' | '\u{ad}' | '¯' | '´' | '¸' => None,
            '¡'..='ÿ' => Some(u32::from(char) as u8),
            'ƒ' => Some(0xa8),
            'Ю' => Some(0xac),
            'Я' => Some(0xad),
            'ω' => Some(0xb8),
            'Φ' => Some(0xd8),
            _ => place(&ARROWS, 0x10).or_else(|| place(&LETTERS, 0x80)),
        }
    }

    fn char(&self, code: u8) -> Option<char> {
        match code {
            0x10..=0x1f => ARROWS.get(usize::from(code - 0x10)).copied(),
            0x20..=0x7e => Some(char::from(code)),
            0x80..=0x9f => LETTERS.get(usize::from(code - 0x80)).copied(),
            0xa8 => Some('ƒ'),
            0xac => Some('Ю'),
            0xad => Some('Я'),
            0xb8 => Some('ω'),
            0xd8 => Some('Φ'),
            0xa0 | 0xaf | 0xb4 => None,
            0xa1.. => Some(char::from(code)),
            _ => None,
        }
    }
}

/// The codes of [`A02`] from 0x10 on.
const ARROWS: [char; 16] =
    ['▶', '◀', '“', '”', '⏫', '⏬', '●', '↲', '↑', '↓', '→', '←', '≤', '≥', '▲', '▼'];

/// The codes of [`A02`] from 0x80 on.
const LETTERS: [char; 32] = [
    'Б', 'Д', 'Ж', 'З', 'И', 'Й', 'Л', 'П', 'У', 'Ц', 'Ч', 'Ш', 'Щ', 'Ъ', 'Ы', 'Э', // 0x80
    'α', '♪', 'Γ', 'π', 'Σ', 'σ', '♬', 'τ', '🔔', 'θ', 'Ω', 'δ', '∞', '♥', 'ε', '∩', // 0x90
];

impl<R: Rom> Rom for Replacing<R> {
    fn code(&self, char: char) -> Option<u8> {
        self.rom.code(char)
    }

    fn char(&self, code: u8) -> Option<char> {
        self.rom.char(code)
    }

    fn replacement(&self) -> u8 {
        self.code
    }
}

/// Returns the code that shows `char` or its replacement.
pub(super) fn code_of(rom: &impl Rom, char: char) -> u8 {
    custom(char).or_else(|| rom.code(char)).unwrap_or_else(|| rom.replacement())
}

/// Returns the character that a code shows.
pub(super) fn char_of(rom: &impl Rom, code: u8) -> char {
    if code < 8 { char::from(code) } else { rom.char(code).unwrap_or('?') }
}

/// Returns the code of a custom character.
fn custom(char: char) -> Option<u8> {
    (char <= '\x07').then_some(char as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(char: char, code: u8, back: char) {
        assert_eq!(code_of(&A00, char), code, "{char}");
        assert_eq!(char_of(&A00, code), back, "{code:#04x}");
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
            assert!(!(8..16).contains(&code_of(&A00, char)), "{char:?}");
        }
    }

    #[test]
    fn the_european_rom_has_its_own_codes() {
        for (char, code) in [
            ('\\', 0x5c),
            ('~', 0x7e),
            ('°', 0xb0),
            ('µ', 0xb5),
            ('é', 0xe9),
            ('ÿ', 0xff),
            ('→', 0x1a),
            ('▼', 0x1f),
            ('Б', 0x80),
            ('Ω', 0x9a),
            ('∩', 0x9f),
            ('Я', 0xad),
        ] {
            assert_eq!((code_of(&A02, char), char_of(&A02, code)), (code, char), "{char}");
        }
        for char in ['█', 'ｱ', 'Ø', '漢', '\x08', '\x7f'] {
            assert_eq!(code_of(&A02, char), b'?', "{char}");
        }
    }

    #[test]
    fn each_code_of_a_rom_comes_back() {
        for code in 0..=255 {
            for rom in [&A00 as &dyn RomOf, &A02] {
                if let Some(char) = rom.char_of(code) {
                    assert_eq!(rom.code_of(char), Some(code), "{char}");
                }
            }
        }
    }

    /// Both ROMs in one list.
    trait RomOf {
        fn code_of(&self, char: char) -> Option<u8>;
        fn char_of(&self, code: u8) -> Option<char>;
    }

    impl<R: Rom> RomOf for R {
        fn code_of(&self, char: char) -> Option<u8> {
            self.code(char)
        }

        fn char_of(&self, code: u8) -> Option<char> {
            self.char(code)
        }
    }

    #[test]
    fn the_replacement_can_be_set() {
        assert_eq!(code_of(&A00.with_replacement('_'), '漢'), b'_');
        assert_eq!(code_of(&A00.with_replacement('█'), '~'), 0xff);
        assert_eq!(code_of(&A00.with_replacement('\x03'), '~'), 3, "a custom character");
        assert_eq!(code_of(&A00.with_replacement('漢'), '~'), b'?', "it has no code itself");
        assert_eq!(code_of(&A02.with_replacement('_'), '~'), b'~');
    }
}
