//! A page that rustdoc has rendered, as far as links are concerned.

/// Where rustdoc lists what every type has. That is text of other crates, whose pages
/// are not rendered.
const FOREIGN_TEXT: &str = "id=\"blanket-implementations\"";

/// What is to be judged of a page.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Page<'a> {
    /// Links to other files: their paths, relative to the page.
    pub(super) links: Vec<&'a str>,
    /// Names in brackets in prose: links that rustdoc did not make.
    pub(super) raw: Vec<String>,
}

/// Reads a page.
pub(super) fn read(html: &str) -> Page<'_> {
    let mut page = Page::default();
    let mut prose = String::new();
    // The name of an open element whose text is not prose: Rust, where brackets are a
    // slice, or a link.
    let mut skipped = None;
    let mut rest = html.split(FOREIGN_TEXT).next().unwrap_or_default();
    while let Some((text, after)) = rest.split_once('<') {
        if skipped.is_none() {
            prose.push_str(text);
        }
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        rest = after;
        match name {
            "script" => rest = after.split_once("</script").unwrap_or_default().1,
            "pre" | "a" if skipped.is_none() => skipped = Some(name),
            "h3" | "h4" if attributes.contains("code-header") => skipped = Some(name),
            "code" | "/code" if skipped.is_none() => prose.push('`'),
            _ if name.strip_prefix('/').is_some_and(|ends| skipped == Some(ends)) => skipped = None,
            _ => {}
        }
        page.links.extend(attributes.split("href=\"").skip(1).filter_map(file));
    }
    page.raw = names_in_brackets(&prose);
    page
}

/// The file that a link leads to, if it is not on the web or in the same page.
fn file(behind_quote: &str) -> Option<&str> {
    let path = behind_quote.split(['"', '#', '?']).next()?;
    let elsewhere = path.is_empty() || path.contains("://") || path.starts_with("javascript:");
    (!elsewhere).then_some(path)
}

/// Code in brackets, and paths of Rust in brackets.
fn names_in_brackets(prose: &str) -> Vec<String> {
    let mut in_code = false;
    let mut names = Vec::new();
    for (at, character) in prose.char_indices() {
        in_code ^= character == '`';
        if character != '[' || in_code {
            continue;
        }
        let Some((name, _)) = prose[at + 1..].split_once(']') else { break };
        let is_code = name.len() > 2 && name.starts_with('`') && name.ends_with('`');
        let path = name.trim_end_matches("()").trim_end_matches('!');
        let is_path = path.starts_with(|first: char| first.is_alphabetic())
            && path.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | ':'));
        if is_code || is_path {
            names.push(format!("[{name}]"));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, links: &[&str], raw: &[&str]) {
        let expected =
            Page { links: links.to_vec(), raw: raw.iter().map(|it| (*it).into()).collect() };
        assert_eq!(read(html), expected);
    }

    #[test]
    fn a_link_to_a_file_is_seen_wherever_it_is() {
        check(
            "<p>an <a class=\"x\" href=\"../a/trait.T.html#method\">[T]</a>",
            &["../a/trait.T.html"],
            &[],
        );
        check("<pre><a href=\"struct.S.html\">S</a></pre>", &["struct.S.html"], &[]);
        check("<a href=\"a::Broken\"><code>Broken</code></a>", &["a::Broken"], &[]);
    }

    #[test]
    fn the_web_and_the_page_itself_are_not_looked_at() {
        check("<a href=\"https://docs.rs/nb\">nb</a><a href=\"#x\"></a>", &[], &[]);
        check("<a href=\"javascript:void(0)\"></a>", &[], &[]);
        check("<script>`<link href=\"../${f}\">`</script><p>", &[], &[]);
    }

    #[test]
    fn a_name_in_brackets_is_a_link_that_was_not_made() {
        check("<p>an [<code>EdgeInput</code>].</p>", &[], &["[`EdgeInput`]"]);
        check(
            "<p>[<code>Vec&lt;T&gt;</code>] [T::f()] [m!] [a::b]</p>",
            &[],
            &["[`Vec&lt;T&gt;`]", "[T::f()]", "[m!]", "[a::b]"],
        );
    }

    #[test]
    fn other_brackets_are_none() {
        check("<p><code>a[i]</code> [0, 1] [see there] []</p>", &[], &[]);
        check("<pre>[T]</pre><h4 class=\"code-header\">&amp;<a>[T]</a> [T]</h4>", &[], &[]);
        check("<h3 id=\"x\">about [T]</h3>", &[], &["[T]"]);
    }

    #[test]
    fn text_of_other_crates_is_not_judged() {
        check("<p><h2 id=\"blanket-implementations\"><p>[<code>Foreign</code>]", &[], &[]);
    }
}
