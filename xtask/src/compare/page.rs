//! The part of a page that a command writes.

/// Returns the page with `text` between the lines `<!-- name -->` and `<!-- end -->`.
///
/// # Errors
///
/// Which line is missing.
pub(super) fn replace(page: &str, name: &str, text: &str) -> Result<String, String> {
    let (from, to) = part(page, name)?;
    Ok(format!("{}\n\n{}\n\n{}", &page[..from], text.trim(), &page[to..]))
}

/// Returns where the part begins and ends.
pub(super) fn part(page: &str, name: &str) -> Result<(usize, usize), String> {
    let begin = format!("<!-- {name} -->");
    let missing = |line: &str| format!("the page has no line {line}");
    let from = page.find(&begin).ok_or_else(|| missing(&begin))? + begin.len();
    let length = page[from..].find(END).ok_or_else(|| missing(END))?;
    Ok((from, from + length))
}

const END: &str = "<!-- end -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, expected: Result<&str, &str>) {
        let replaced = replace(page, "sizes", "new\n");
        assert_eq!(replaced.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn the_text_between_two_lines_is_replaced_and_nothing_else() {
        let [before, after] = ["a\n<!-- sizes -->\n\n", "\n\n<!-- end -->\nb\n<!-- end -->"];
        let expected = format!("{before}new{after}");
        check(&format!("{before}old{after}"), Ok(&expected));
        check(&expected, Ok(&expected));
        check("<!-- sizes --><!-- end -->", Ok("<!-- sizes -->\n\nnew\n\n<!-- end -->"));
        check("a <!-- end -->", Err("the page has no line <!-- sizes -->"));
        check("<!-- end --> <!-- sizes -->", Err("the page has no line <!-- end -->"));
    }
}
