//! Rust source as words: enough to see what a file names, and where.
//!
//! Comments and the insides of literals are gone, so prose may name anything;
//! doc comments are kept, as docs. That is lexing, not parsing: macros are not
//! expanded.

/// A piece of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or keyword.
    Word(String),
    /// One character of punctuation.
    Mark(char),
    /// A line or block of documentation.
    Doc(String),
    /// A string, character, number or lifetime.
    Literal,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Word(word) => word == text,
            Kind::Mark(mark) => text.chars().eq([*mark]),
            Kind::Doc(_) | Kind::Literal => false,
        }
    }
}

/// What of a file is compiled when it is not tested.
#[derive(Debug, Default)]
pub(crate) struct Shipped {
    pub(crate) tokens: Vec<Token>,
    /// Modules in files of their own that only tests see.
    pub(crate) test_modules: Vec<String>,
}

/// Splits source into tokens.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: source, line: 1, tokens: Vec::new() };
    while lexer.step() {}
    lexer.tokens
}

/// Returns the tokens outside of `#[cfg(test)]`.
pub(crate) fn shipped(source: &str) -> Shipped {
    let tokens = tokens(source);
    if find(&tokens, "# ! [ cfg ( test ) ]").is_some() {
        return Shipped::default();
    }
    let mut shipped = Shipped::default();
    let mut rest = tokens.as_slice();
    while let Some(at) = find(rest, "# [ cfg ( test ) ]") {
        shipped.tokens.extend_from_slice(&rest[..at]);
        let item = &rest[at + 7..];
        let end = end_of_item(item);
        let file = item[..end].iter().rposition(|token| token.is("mod"));
        if let (Some(file), true) = (file, end > 0 && item[end - 1].is(";"))
            && let Some(Token { kind: Kind::Word(name), .. }) = item.get(file + 1)
        {
            shipped.test_modules.push(name.clone());
        }
        rest = &item[end..];
    }
    shipped.tokens.extend_from_slice(rest);
    shipped
}

/// Finds a sequence of tokens, written with a space between any two.
pub(crate) fn find(tokens: &[Token], sequence: &str) -> Option<usize> {
    let wanted = sequence.split(' ').collect::<Vec<_>>();
    tokens.windows(wanted.len()).position(|window| window.iter().zip(&wanted).all(|(t, w)| t.is(w)))
}

/// The number of tokens up to the end of the first item, attributes included.
fn end_of_item(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Mark(mark) = token.kind else { continue };
        match mark {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(mark, ';' | '}') {
            return at + 1;
        }
    }
    tokens.len()
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    /// Takes one token or one stretch of nothing; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        let rest = self.rest;
        let (length, kind) = if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            let doc =
                (rest.starts_with("///") && !rest.starts_with("////")) || rest.starts_with("//!");
            (length, doc.then(|| Kind::Doc(rest[3..length].trim().to_owned())))
        } else if rest.starts_with("/*") {
            let length = block_comment(rest);
            let doc = rest.starts_with("/**") || rest.starts_with("/*!");
            (length, doc.then(|| Kind::Doc(rest[..length].to_owned())))
        } else if let Some(length) = string(rest).or_else(|| character(rest)) {
            (length, Some(Kind::Literal))
        } else if first.is_ascii_digit() {
            (word(rest), Some(Kind::Literal))
        } else if first == '_' || first.is_alphabetic() {
            let length = word(rest);
            (length, Some(Kind::Word(rest[..length].to_owned())))
        } else if first.is_whitespace() {
            (first.len_utf8(), None)
        } else {
            (first.len_utf8(), Some(Kind::Mark(first)))
        };
        self.tokens.extend(kind.map(|kind| Token { line: self.line, kind }));
        self.line += rest[..length].matches('\n').count();
        self.rest = &rest[length..];
        true
    }
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len())
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let tail = &rest.as_bytes()[at..];
        if tail.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// The length of a string literal of any kind, if one begins here.
fn string(rest: &str) -> Option<usize> {
    let prefix = rest.find(|c| !matches!(c, 'b' | 'c' | 'r')).filter(|&length| length <= 2)?;
    let raw = rest[..prefix].ends_with('r');
    let hashes = rest[prefix..].find(|c| c != '#').filter(|&count| raw || count == 0)?;
    let open = prefix + hashes;
    if !rest[open..].starts_with('"') {
        return None;
    }
    let body = &rest[open + 1..];
    if raw {
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(body.find(&close).map_or(rest.len(), |at| open + 1 + at + close.len()));
    }
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(open + 1 + at + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

/// The length of a character literal or a lifetime, if one begins here.
fn character(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'').or_else(|| rest.strip_prefix("b'"))?;
    let open = rest.len() - body.len();
    let mut chars = body.chars();
    let first = chars.next()?;
    if first == '\\' {
        let close = body.char_indices().skip(2).find(|&(_, c)| c == '\'');
        return Some(close.map_or(rest.len(), |(at, _)| open + at + 1));
    }
    if chars.next() == Some('\'') {
        return Some(open + first.len_utf8() + 1);
    }
    Some(open + word(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, words: &str) {
        let named = shipped(source).tokens.into_iter().filter_map(|token| match token.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        });
        assert_eq!(named.collect::<Vec<_>>().join(" "), words);
    }

    #[test]
    fn comments_and_literals_name_nothing() {
        check("a // b\n/* c /* d */ e */ f /// g\n//! h\ni", "a f i");
        check(r##"a "b \" c" 'd' '\'' '\u{1F600}' b"e" r"\" f r#"g " h"# 0x1b_u8 j"##, "a f j");
        check("impl<'a> T<'a> for &'static U { b'x' }", "impl T for U");
        check("r#type brr r", "r type brr r");
    }

    #[test]
    fn what_is_only_tested_is_not_shipped() {
        check("use a;\n#[cfg(test)]\nmod tests { use b; fn c() { d() } }\ne", "use a e");
        check("#[cfg(test)] #[path = \"x\"] use b::{c, d};\ne", "e");
        check("#[cfg(test)] const A: [u8; 3] = [0; 3]; b", "b");
        check("#![cfg(test)] use std;", "");
        check("#[cfg(not(test))] a", "cfg not test a");
    }

    #[test]
    fn a_test_module_in_its_own_file_is_named() {
        let source = "mod a;\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod b { mod c; }";
        assert_eq!(shipped(source).test_modules, ["tests"]);
    }

    #[test]
    fn lines_are_counted_through_everything() {
        let last = tokens("/*\n*/ \"\n\" // \n'\\n'\nend").pop().unwrap();
        assert_eq!(last, Token { line: 5, kind: Kind::Word("end".to_owned()) });
    }
}
