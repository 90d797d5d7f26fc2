//! The arrow test: who may import whom (ARCHITECTURE.md, "Arrows").

use cargo_metadata::semver::VersionReq;

use crate::workspace::{DependencyKind, Package, is_published};

use Imports::{Any, Only};

/// What one crate of the workspace may see.
#[derive(Debug)]
pub(crate) struct Rule {
    name: &'static str,
    imports: Imports,
    /// What its tests may see beside that.
    tests: &'static [&'static str],
    /// Which runtimes it may know: the beginnings of their crates' names.
    runtimes: &'static [&'static str],
    /// Whether it has to do without `std`.
    pub(crate) no_std: bool,
}

#[derive(Debug)]
enum Imports {
    Any,
    Only(&'static [&'static str]),
}

const TRAITS: &str = "tickwire-traits";
const WAKE_QUEUE: &str = "tickwire-wake-queue";
const SYNC: &str = "tickwire-sync";
const DRIVERS: &str = "tickwire-drivers";
const SIM: &str = "tickwire-sim";
const CONFORMANCE: &str = "tickwire-conformance";

/// A crate that is not here may import nothing, and is reported.
pub(crate) const RULES: &[Rule] = &[
    library(TRAITS, &[], &[SIM]),
    hosted(WAKE_QUEUE, &[TRAITS], &[], &[]),
    library(SYNC, &[TRAITS], &[SIM]),
    library(DRIVERS, &[TRAITS, SYNC], &[SIM]),
    Rule {
        runtimes: &["embassy-"],
        ..library("tickwire-exec-embassy", &[TRAITS, SYNC], &[CONFORMANCE])
    },
    hosted(
        "tickwire-exec-std",
        &[TRAITS, WAKE_QUEUE, SYNC],
        &[CONFORMANCE],
        &["async-io", "futures-lite"],
    ),
    hosted(SIM, &[TRAITS, WAKE_QUEUE], &[CONFORMANCE], &[]),
    library(CONFORMANCE, &[TRAITS, SYNC, DRIVERS], &[]),
    // The application without a board: it is handed what it uses, and cannot
    // tell where it runs.
    library("tickwire-station", &[TRAITS, SYNC, DRIVERS], &[SIM]),
    library("tickwire-sizes", &[TRAITS, SYNC, DRIVERS], &[]),
    application("tickwire-station-host"),
    application("tickwire-replay"),
    application("tickwire-benches"),
    hosted("xtask", &[], &[], &[]),
];

/// Crates that run futures or bring a reactor, by the beginnings of their names.
const RUNTIMES: &[&str] = &[
    "async-executor",
    "async-io",
    "async-signal",
    "async-std",
    "embassy-executor",
    "embassy-futures",
    "embassy-rp",
    "embassy-stm32",
    "embassy-sync",
    "futures-lite",
    "glommio",
    "lilos",
    "monoio",
    "smol",
    "tokio",
];

/// Feature names that would choose a runtime. Types of a library of time are
/// none, so `embassy-time` may be converted to and from.
const RUNTIME_FEATURES: &[&str] =
    &["embassy", "exec", "executor", "linux", "mcu", "rt", "runtime", "hosted"];

/// Returns what the workspace's manifests do that the table does not allow.
pub(crate) fn check(members: &[Package]) -> Vec<String> {
    members.iter().flat_map(|member| check_member(member, members)).collect()
}

pub(crate) fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

const fn library(name: &'static str, ours: &'static [&str], tests: &'static [&str]) -> Rule {
    Rule { name, imports: Only(ours), tests, runtimes: &[], no_std: true }
}

const fn hosted(
    name: &'static str,
    ours: &'static [&str],
    tests: &'static [&str],
    runtimes: &'static [&str],
) -> Rule {
    Rule { name, imports: Only(ours), tests, runtimes, no_std: false }
}

const fn application(name: &'static str) -> Rule {
    Rule { name, imports: Any, tests: &[], runtimes: &[""], no_std: false }
}

fn check_member(member: &Package, members: &[Package]) -> Vec<String> {
    let name = &member.name;
    let Some(rule) = rule(name) else {
        return vec![format!("{name}: has no row in the arrow table (xtask/src/arrows.rs)")];
    };
    let mut problems = Vec::new();
    for dependency in &member.dependencies {
        let to = dependency.name.as_str();
        let dev = dependency.kind == DependencyKind::Development;
        let ours = members.iter().any(|member| *member.name == to);
        let allowed = if ours {
            imports(rule, to) || dev && rule.tests.contains(&to)
        } else {
            // A test may compare with a runtime; what is shipped may not see one.
            dev || !starts(RUNTIMES, to) || starts(rule.runtimes, to)
        };
        if !allowed {
            problems.push(format!("{name}: may not import {to}"));
        }
        let any = dependency.req == VersionReq::STAR;
        if ours && dev && is_published(member) && !any {
            problems.push(format!(
                "{name}: the dev-dependency {to} names a version: by path alone, or a release \
                 needs the releases that need it"
            ));
        }
    }
    let chooses = |feature: &&String| {
        RUNTIME_FEATURES.contains(&feature.as_str())
            || RUNTIMES.contains(&feature.as_str())
            || feature.starts_with("exec-")
            || feature.starts_with("rt-")
    };
    for feature in member.features.keys().filter(chooses) {
        problems.push(format!("{name}: the feature {feature} chooses a runtime"));
    }
    problems
}

fn imports(rule: &Rule, to: &str) -> bool {
    match rule.imports {
        Any => true,
        Only(ours) => ours.contains(&to),
    }
}

fn starts(beginnings: &[&str], name: &str) -> bool {
    beginnings.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::workspace;

    /// Checks a workspace of these packages, given as `name: dependency, …`. A
    /// dependency with a `~` is a dev-dependency, with a `^` one that has a version.
    #[track_caller]
    fn check(packages: &[&str], problems: &[&str]) {
        let members = packages.iter().map(|line| fake(line)).collect::<Vec<_>>();
        assert_eq!(super::check(&members), problems);
    }

    fn fake(line: &str) -> Package {
        let (name, imports) = line.split_once(':').expect("a colon");
        let imports: Vec<_> =
            imports.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
        workspace::fake(name, &imports)
    }

    #[test]
    fn this_workspace_keeps_the_arrows() {
        assert_eq!(super::check(&workspace::members().unwrap()), [""; 0]);
    }

    #[test]
    fn the_table_in_the_architecture_says_the_same() {
        let page = fs::read_to_string(workspace::root().join("ARCHITECTURE.md")).unwrap();
        for rule in RULES {
            let crate_cell = format!("| `{}` |", rule.name);
            let row = page.lines().find(|line| line.contains(&crate_cell));
            let cell = row.and_then(|row| row.split(" | ").nth(3)).unwrap_or("no row");
            let imports = match rule.imports {
                Any => "all".to_owned(),
                Only([]) => "–".to_owned(),
                Only(ours) => {
                    let names = ours.iter().map(|name| name.replace("tickwire-", ""));
                    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                }
            };
            assert_eq!(cell, imports, "{}", rule.name);
        }
    }

    #[test]
    fn what_the_table_allows_passes() {
        check(
            &[
                "tickwire-traits: nb^, ~tickwire-sim",
                "tickwire-wake-queue: tickwire-traits^",
                "tickwire-sim: tickwire-traits^, tickwire-wake-queue^, vcd^",
                "tickwire-drivers: tickwire-traits^, ~tickwire-sim, ~tokio^",
                "tickwire-exec-std: tickwire-traits^, tickwire-wake-queue^, async-io^",
                "tickwire-replay: tickwire-sim^, tickwire-drivers^, tokio^",
            ],
            &[],
        );
    }

    #[test]
    fn a_driver_may_not_see_a_backend() {
        check(
            &["tickwire-sim:", "tickwire-drivers: tickwire-sim^"],
            &["tickwire-drivers: may not import tickwire-sim"],
        );
    }

    #[test]
    fn a_backend_may_not_see_a_driver_or_another_backend_even_in_tests() {
        check(
            &[
                "tickwire-drivers:",
                "tickwire-sim: ~tickwire-drivers",
                "tickwire-exec-std: ~tickwire-sim",
            ],
            &[
                "tickwire-sim: may not import tickwire-drivers",
                "tickwire-exec-std: may not import tickwire-sim",
            ],
        );
    }

    #[test]
    fn a_runtime_stays_in_its_backend() {
        check(
            &["tickwire-drivers: embassy-sync^", "tickwire-exec-std: embassy-executor^"],
            &[
                "tickwire-drivers: may not import embassy-sync",
                "tickwire-exec-std: may not import embassy-executor",
            ],
        );
    }

    #[test]
    fn a_crate_without_a_row_is_reported() {
        check(
            &["tickwire-utils:"],
            &["tickwire-utils: has no row in the arrow table (xtask/src/arrows.rs)"],
        );
    }

    #[test]
    fn a_dev_dependency_on_ours_has_no_version() {
        check(
            &["tickwire-sim:", "tickwire-traits: ~tickwire-sim^"],
            &["tickwire-traits: the dev-dependency tickwire-sim names a version: by path alone, \
               or a release needs the releases that need it"],
        );
    }

    #[test]
    fn a_feature_that_chooses_a_runtime_is_reported() {
        let features = ["default", "embassy-time", "gps", "tokio", "rt-embassy"];
        let mut member = fake("tickwire-traits:");
        member.features = features.map(|name| (name.to_owned(), vec![])).into();
        assert_eq!(
            super::check(&[member]),
            [
                "tickwire-traits: the feature rt-embassy chooses a runtime",
                "tickwire-traits: the feature tokio chooses a runtime",
            ]
        );
    }
}
