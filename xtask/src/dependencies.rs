//! What the dependencies declare: licences, and the oldest Rust they work with.

use cargo_metadata::semver::Version;
use spdx::{Expression, LicenseReq, Licensee, ParseMode};

use crate::workspace::Package;

/// Licences that require no more than attribution.
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
    // libFuzzer's, which is in no crate of ours but the unpublished `fuzz`.
    "NCSA",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Returns the packages that may not be used, and why.
///
/// `floor` is our own `rust-version`.
pub(crate) fn check(packages: &[Package], floor: &Version) -> Vec<String> {
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
            && needs > floor
        {
            problems.push(format!("{name} {version}: needs Rust {needs}, we promise {floor}"));
        }
    }
    problems
}

/// Whether an SPDX expression can be satisfied by allowed licences alone.
fn allows(expression: &str) -> bool {
    // Old manifests write a slash for OR, and may have deprecated names.
    let Ok(expression) = Expression::parse_mode(expression, ParseMode::LAX) else { return false };
    expression.evaluate(|asked: &LicenseReq| {
        let mut allowed = ALLOWED.iter().filter_map(|name| Licensee::parse(name).ok());
        allowed.any(|licence| licence.satisfies(asked))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::fake;

    #[track_caller]
    fn check(license: &str, rust_version: Option<Version>, problems: &[&str]) {
        let license = Some(license.to_owned()).filter(|license| !license.is_empty());
        let mut package = fake("fake", &[]);
        (package.license, package.rust_version) = (license, rust_version);
        assert_eq!(super::check(&[package], &Version::new(1, 88, 0)), problems);
    }

    #[test]
    fn every_allowed_licence_has_a_name_in_spdx() {
        for name in ALLOWED {
            check(name, None, &[]);
        }
    }

    #[test]
    fn an_expression_needs_one_way_that_is_allowed() {
        check("MIT/Apache-2.0", None, &[]);
        check("MIT OR Apache-2.0 OR LGPL-2.1-or-later", None, &[]);
        check("(MIT OR GPL-3.0) AND Unicode-3.0", None, &[]);
        check("Apache-2.0 WITH LLVM-exception OR MPL-2.0", None, &[]);
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
        check("MIT", Some(Version::new(1, 9, 0)), &[]);
        check("MIT", Some(Version::new(1, 88, 0)), &[]);
        let newer = Some(Version::new(1, 89, 0));
        check("MIT", newer, &["fake 1.0.0: needs Rust 1.89.0, we promise 1.88.0"]);
    }
}
