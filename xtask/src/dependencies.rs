//! What the dependencies declare: licences, and the oldest Rust they work with.

use std::iter::Peekable;
use std::str::SplitWhitespace;

use crate::workspace::Package;

/// Licences that ask for no more than to be named.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Returns the packages that may not be used, and why.
///
/// `floor` is our own `rust-version`.
pub(crate) fn check(packages: &[Package], floor: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        let Package { name, version, .. } = package;
        match &package.license {
            Some(license) if !allows(license) => {
                problems.push(format!("{name} {version}: licence {license}"));
            }
            Some(_) => {}
            None => problems.push(format!("{name} {version}: declares no licence")),
        }
        if let Some(needs) = &package.rust_version
            && release(needs) > release(floor)
        {
            problems.push(format!("{name} {version}: needs Rust {needs}, we promise {floor}"));
        }
    }
    problems
}

/// Whether an SPDX expression can be satisfied by allowed licences alone.
fn allows(expression: &str) -> bool {
    // Old manifests write a slash for OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let allowed = any_of(&mut words);
    words.next().is_none() && allowed == Some(true)
}

type Words<'a> = Peekable<SplitWhitespace<'a>>;

// Each of these gives `None` where the expression makes no sense.

fn any_of(words: &mut Words<'_>) -> Option<bool> {
    let mut allowed = all_of(words)?;
    while words.next_if_eq(&"OR").is_some() {
        allowed |= all_of(words)?;
    }
    Some(allowed)
}

fn all_of(words: &mut Words<'_>) -> Option<bool> {
    let mut allowed = one(words)?;
    while words.next_if_eq(&"AND").is_some() {
        allowed &= one(words)?;
    }
    Some(allowed)
}

fn one(words: &mut Words<'_>) -> Option<bool> {
    let word = words.next()?;
    if word == "(" {
        let allowed = any_of(words);
        return words.next_if_eq(&")").and(allowed);
    }
    if words.next_if_eq(&"WITH").is_some() {
        let exception = words.next()?;
        return Some(ALLOWED.contains(&format!("{word} WITH {exception}").as_str()));
    }
    Some(ALLOWED.contains(&word))
}

/// A version's numbers, those left out as zero.
fn release(version: &str) -> [u32; 3] {
    let mut numbers = version.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(license: &str, rust_version: Option<&str>, problems: &[&str]) {
        let package = Package {
            name: "fake".to_owned(),
            version: "1.0.0".to_owned(),
            license: Some(license.to_owned()).filter(|license| !license.is_empty()),
            rust_version: rust_version.map(str::to_owned),
            ..Package::default()
        };
        assert_eq!(super::check(&[package], "1.88"), problems);
    }

    #[test]
    fn an_expression_needs_one_way_that_is_allowed() {
        check("MIT", None, &[]);
        check("MIT/Apache-2.0", None, &[]);
        check("MIT OR Apache-2.0 OR LGPL-2.1-or-later", None, &[]);
        check("(MIT OR GPL-3.0) AND Unicode-3.0", None, &[]);
        check("Apache-2.0 WITH LLVM-exception OR MIT", None, &[]);
    }

    #[test]
    fn copyleft_is_refused_wherever_it_hides() {
        check("MPL-2.0", None, &["fake 1.0.0: licence MPL-2.0"]);
        check("GPL-3.0-only", None, &["fake 1.0.0: licence GPL-3.0-only"]);
        check("MIT AND MPL-2.0", None, &["fake 1.0.0: licence MIT AND MPL-2.0"]);
        check("(MIT AND GPL-2.0)", None, &["fake 1.0.0: licence (MIT AND GPL-2.0)"]);
        check("MIT OR (ISC", None, &["fake 1.0.0: licence MIT OR (ISC"]);
        check("", None, &["fake 1.0.0: declares no licence"]);
    }

    #[test]
    fn a_dependency_that_needs_a_newer_rust_is_refused() {
        check("MIT", Some("1.88"), &[]);
        check("MIT", Some("1.9"), &[]);
        check("MIT", Some("1.88.0"), &[]);
        check("MIT", Some("1.89"), &["fake 1.0.0: needs Rust 1.89, we promise 1.88"]);
    }
}
