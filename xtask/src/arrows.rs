//! The arrow test: which crate may import which. The table of ARCHITECTURE.md says so.

use std::collections::BTreeSet;

use cargo_metadata::semver::VersionReq;

use crate::workspace::{DependencyKind, Package, is_published, read, root};

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

/// The table of ARCHITECTURE.md, and the page that it is in.
pub(crate) struct Table {
    page: String,
    rules: Vec<Rule>,
}

/// What one crate of the workspace may import: a row of the table.
#[derive(Debug, Default)]
pub(crate) struct Rule {
    name: String,
    /// Whether it may import everything.
    all: bool,
    /// What it imports: crates of ours, and beginnings of the names of runtimes.
    imports: Vec<String>,
    /// What it may import, and does not.
    unused: Vec<String>,
    /// What its tests import besides.
    tests: Vec<String>,
    /// Whether it does without `std`.
    pub(crate) no_std: bool,
}

impl Table {
    /// Reads the table of this workspace.
    pub(crate) fn read() -> Result<Self, String> {
        Self::parse(read(&root().join("ARCHITECTURE.md"))?)
    }

    fn parse(page: String) -> Result<Self, String> {
        let rows = page.lines().skip_while(|line| !line.starts_with("| folder | crate |"));
        let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
        let rules: Vec<_> = rows.map(Rule::parse).collect::<Result<_, _>>()?;
        if rules.is_empty() {
            return Err("ARCHITECTURE.md: no table of folders and crates".to_owned());
        }
        Ok(Self { page, rules })
    }

    pub(crate) fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// Returns what manifests and figure say that the table does not, and the reverse.
    pub(crate) fn check(&self, members: &[Package]) -> Vec<String> {
        let mut problems: Vec<_> =
            members.iter().flat_map(|member| self.check_member(member, members)).collect();
        for rule in &self.rules {
            if !members.iter().any(|member| *member.name == rule.name) {
                problems.push(format!("{}: a row without a crate", rule.name));
            }
        }
        let published = members.iter().filter(|member| is_published(member));
        let rules = published.filter_map(|member| self.rule(&member.name));
        let arrows: BTreeSet<_> = rules.flat_map(|rule| self.arrows(rule)).collect();
        let figure = self.page.split("```").find_map(|block| block.strip_prefix("mermaid\n"));
        let drawn = figure.unwrap_or_default().lines().skip(1);
        let drawn: BTreeSet<_> = drawn.map(|line| line.trim().to_owned()).collect();
        problems.extend(arrows.difference(&drawn).map(|arrow| format!("not drawn: {arrow}")));
        problems
            .extend(drawn.difference(&arrows).map(|arrow| format!("not in the table: {arrow}")));
        problems
    }

    /// A crate's arrows to crates of ours, as the figure has them.
    fn arrows(&self, rule: &Rule) -> Vec<String> {
        let from = rule.name.trim_start_matches("tickwire-");
        let is_ours = |to: &&String| self.rules.iter().any(|rule| is_meant(to, &rule.name));
        let drawn = rule.imports.iter().filter(is_ours).map(|to| format!("{from} --> {to}"));
        drawn.chain(rule.unused.iter().map(|to| format!("{from} -.-> {to}"))).collect()
    }

    fn check_member(&self, member: &Package, members: &[Package]) -> Vec<String> {
        let name = &member.name;
        let Some(rule) = self.rule(name) else {
            return vec![format!("{name}: has no row in the table of ARCHITECTURE.md")];
        };
        let mut problems = Vec::new();
        for dependency in &member.dependencies {
            let to = dependency.name.as_str();
            let dev = dependency.kind == DependencyKind::Development;
            let ours = members.iter().any(|member| *member.name == to);
            let imports = rule.all || rule.imports.iter().any(|it| is_meant(it, to));
            let allowed = if ours {
                imports || dev && rule.tests.iter().any(|test| is_meant(test, to))
            } else {
                // A test may compare with a runtime; what is shipped may not see one.
                imports || dev || !RUNTIMES.iter().any(|runtime| to.starts_with(runtime))
            };
            if rule.unused.iter().any(|unused| is_meant(unused, to)) && !dev {
                problems.push(format!("{name}: imports {to}, which the table has as unused"));
            } else if !allowed {
                problems.push(format!("{name}: may not import {to}"));
            }
            let any = dependency.req == VersionReq::STAR;
            if ours && dev && is_published(member) && !any {
                problems.push(format!(
                    "{name}: the dev-dependency {to} names a version: by path alone, or a \
                     release needs the releases that need it"
                ));
            }
        }
        let is_there = |wanted: &String, dev| {
            let mut dependencies = member.dependencies.iter();
            dependencies.any(|it| {
                (it.kind == DependencyKind::Development) == dev && is_meant(wanted, &it.name)
            })
        };
        let idle = rule.imports.iter().filter(|import| !is_there(import, false));
        let idle = idle.chain(rule.tests.iter().filter(|import| !is_there(import, true)));
        problems.extend(idle.map(|import| format!("{name}: does not import {import}")));
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
}

impl Rule {
    fn parse(row: &str) -> Result<Self, String> {
        let cells: Vec<_> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let [_, name, _, imports, tests, not] = cells[..] else {
            return Err(format!("ARCHITECTURE.md: a row without its six cells: {row}"));
        };
        let names = |cell: &str| {
            let words = cell.split(", ").filter(|word| word.ends_with('`'));
            words.map(|word| word.trim_matches('`').to_owned()).collect()
        };
        let unused = imports.split(", ").filter_map(|it| it.strip_prefix("(`")?.strip_suffix("`)"));
        Ok(Self {
            name: name.trim_matches('`').to_owned(),
            all: imports == "all",
            imports: names(imports),
            unused: unused.map(str::to_owned).collect(),
            tests: names(tests),
            no_std: not.contains("`std`"),
        })
    }
}

/// Whether a name in the table means this crate: ours without their common beginning, or
/// all that begin likewise.
fn is_meant(name: &str, package: &str) -> bool {
    match name.strip_suffix('*') {
        Some(beginning) => package.starts_with(beginning),
        None => package.trim_start_matches("tickwire-") == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    const PAGE: &str = "\
```mermaid
graph BT
  sync --> traits
  drivers --> traits
  drivers -.-> sync
  exec --> traits
```
| folder | crate | responsibility | imports | its tests also | must not know |
| --- | --- | --- | --- | --- | --- |
| `traits` | `tickwire-traits` | a | – | `sim` | `std`, `alloc` |
| `sync` | `tickwire-sync` | b | `traits` | – | drivers, `std` |
| `drivers` | `tickwire-drivers` | c | `traits`, (`sync`) | – | executors |
| `exec` | `tickwire-exec` | d | `traits`, `embassy-*` | – | drivers |
| `sim` | `tickwire-sim` | e | all | – | – |

| another | table |
";

    const MANIFESTS: [&str; 5] = [
        "tickwire-traits: nb^, ~tickwire-sim",
        "tickwire-sync: tickwire-traits^",
        "tickwire-drivers: tickwire-traits^, ~tokio^",
        "tickwire-exec: tickwire-traits^, embassy-executor^, embassy-time-driver^",
        "tickwire-sim: tickwire-traits^, tickwire-sync^, tokio^",
    ];

    /// Checks these manifests, one of them replaced by `name: dependency, …`.
    #[track_caller]
    fn check(replaced: &str, problems: &[&str]) {
        let name = |line: &str| line.split(':').next().map(str::to_owned);
        let kept = MANIFESTS.into_iter().filter(|line| name(line) != name(replaced));
        check_page(PAGE, &kept.chain([replaced]).map(fake).collect::<Vec<_>>(), problems);
    }

    #[track_caller]
    fn check_page(page: &str, members: &[Package], problems: &[&str]) {
        assert_eq!(Table::parse(page.to_owned()).unwrap().check(members), problems);
    }

    fn fake(line: &str) -> Package {
        let (name, imports) = line.split_once(':').expect("a colon");
        let imports = imports.split(',').map(str::trim).filter(|word| !word.is_empty());
        let mut package = workspace::fake(name, &imports.collect::<Vec<_>>());
        package.publish = (name == "tickwire-sim").then(Vec::new);
        package
    }

    #[test]
    fn this_workspace_keeps_the_arrows() {
        let problems = Table::read().unwrap().check(&workspace::members().unwrap());
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn a_crate_imports_what_its_row_allows_and_no_more() {
        check(MANIFESTS[0], &[]);
        check("tickwire-drivers: tickwire-traits^, ~tokio^, nb^", &[]);
        let problem = "tickwire-drivers: may not import tickwire-exec";
        check("tickwire-drivers: tickwire-traits^, tickwire-exec^", &[problem]);
        // A backend sees no driver and no other backend, in tests neither.
        let problems =
            ["sim", "drivers"].map(|to| format!("tickwire-exec: may not import tickwire-{to}"));
        check(
            "tickwire-exec: tickwire-traits^, embassy-executor^, ~tickwire-sim, ~tickwire-drivers",
            &problems.each_ref().map(String::as_str),
        );
        // A runtime stays in its backend.
        let problem = "tickwire-drivers: may not import embassy-sync";
        check("tickwire-drivers: tickwire-traits^, embassy-sync^", &[problem]);
        let problem = "tickwire-exec: may not import smol";
        check("tickwire-exec: tickwire-traits^, embassy-sync^, smol^", &[problem]);
        let problem = "tickwire-utils: has no row in the table of ARCHITECTURE.md";
        check("tickwire-utils:", &[problem]);
    }

    #[test]
    fn an_arrow_of_the_table_exists_and_an_unused_one_does_not() {
        let problem = "tickwire-drivers: imports tickwire-sync, which the table has as unused";
        check("tickwire-drivers: tickwire-traits^, tickwire-sync^", &[problem]);
        check("tickwire-sync: ~tickwire-traits", &["tickwire-sync: does not import traits"]);
        check("tickwire-traits:", &["tickwire-traits: does not import sim"]);
        check("tickwire-exec: tickwire-traits^", &["tickwire-exec: does not import embassy-*"]);
    }

    #[test]
    fn the_page_agrees_with_itself() {
        let members = MANIFESTS.map(fake);
        let page =
            PAGE.replace("\n| another", "| `x` | `tickwire-x` | f | – | – | – |\n\n| another");
        check_page(&page, &members, &["tickwire-x: a row without a crate"]);
        let page = PAGE.replace("drivers -.-> sync", "drivers --> sync");
        let problems = ["not drawn: drivers -.-> sync", "not in the table: drivers --> sync"];
        check_page(&page, &members, &problems);
        let error = |page: &str| Table::parse(page.to_owned()).err().unwrap_or_default();
        assert_eq!(error("# no"), "ARCHITECTURE.md: no table of folders and crates");
        let row = "| `sim` | `tickwire-sim` | all |";
        let short = PAGE.replace("| `sim` | `tickwire-sim` | e | all | – | – |", row);
        assert_eq!(error(&short), format!("ARCHITECTURE.md: a row without its six cells: {row}"));
    }

    #[test]
    fn a_dev_dependency_on_ours_has_no_version() {
        check(
            "tickwire-traits: ~tickwire-sim^",
            &["tickwire-traits: the dev-dependency tickwire-sim names a version: by path alone, \
               or a release needs the releases that need it"],
        );
    }

    #[test]
    fn a_feature_that_chooses_a_runtime_is_reported() {
        let mut members = MANIFESTS.map(fake);
        let features = ["default", "embassy-time", "gps", "tokio", "rt-embassy"];
        members[0].features = features.map(|name| (name.to_owned(), vec![])).into();
        let problems = ["rt-embassy", "tokio"]
            .map(|name| format!("tickwire-traits: the feature {name} chooses a runtime"));
        check_page(PAGE, &members, &problems.each_ref().map(String::as_str));
    }
}
