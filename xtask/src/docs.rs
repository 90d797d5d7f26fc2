//! The documentation of the published crates, with links between them.
//!
//! rustdoc links to another crate only where that crate's pages are in the folder
//! already. `cargo doc --no-deps` renders in any order, so it runs here once per layer
//! of dependencies. (docs.rs passes the address of each dependency to rustdoc instead.)

mod page;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::process::{capture, cargo, show};
use crate::report::{Outcome, of_problems};
use crate::workspace::{self, DependencyKind, Package, files, is_published, read};

/// Renders the documentation and shows cargo's progress.
pub(crate) fn run(open: bool) -> Outcome {
    let members = workspace::members()?;
    let mut commands = commands(members.iter().filter(|member| is_published(member)))?;
    if open && let Some(last) = commands.last_mut() {
        last.arg("--open");
    }
    commands.iter_mut().try_for_each(show)?;
    Ok(String::new())
}

/// Renders the documentation into an empty folder, without a warning, and looks for
/// links that lead nowhere. Unpublished crates are rendered too, for their warnings.
pub(crate) fn check(members: &[Package]) -> Outcome {
    capture(&mut cargo(&["clean", "--doc"]))?;
    let (published, others): (Vec<_>, Vec<_>) = members.iter().partition(|it| is_published(it));
    let mut commands = commands(published.into_iter())?;
    // The links of the others are not followed, so their order does not matter.
    commands.push(command(others.iter().map(|member| member.name.as_str())));
    for mut command in commands {
        capture(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    let (problems, seen) =
        judge(workspace::own()?.target_directory.join("doc").as_std_path(), members)?;
    of_problems(&problems, seen)
}

/// One command per layer: the crates of a layer depend on those before it alone.
fn commands<'a>(members: impl Iterator<Item = &'a Package>) -> Result<Vec<Command>, String> {
    Ok(layers(members)?.into_iter().map(command).collect())
}

fn command<'a>(names: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = cargo(&["doc", "--no-deps", "--all-features"]);
    command.args(names.into_iter().flat_map(|name| ["--package", name]));
    command
}

fn layers<'a>(members: impl Iterator<Item = &'a Package>) -> Result<Vec<Vec<&'a str>>, String> {
    let mut left: Vec<_> = members.collect();
    let mut layers = Vec::new();
    while !left.is_empty() {
        let waits = |member: &&&Package| {
            let mut needs = member
                .dependencies
                .iter()
                .filter(|needs| needs.kind != DependencyKind::Development);
            needs.any(|needs| left.iter().any(|other| *other.name == needs.name))
        };
        let layer: Vec<_> = left.iter().filter(|member| !waits(member)).copied().collect();
        if layer.is_empty() {
            return Err("crates depend on each other in a circle".to_owned());
        }
        left.retain(|member| !layer.iter().any(|done| done.name == member.name));
        layers.push(layer.into_iter().map(|member| member.name.as_str()).collect());
    }
    Ok(layers)
}

/// Looks at the pages of the published crates, in the folder `doc`.
fn judge(doc: &Path, members: &[Package]) -> Result<(Vec<String>, String), String> {
    let published = members.iter().filter(|member| is_published(member));
    let names: BTreeSet<_> = published.map(|member| member.name.replace('-', "_")).collect();
    let (mut problems, mut pages, mut between) = (Vec::new(), 0, 0);
    for name in &names {
        for file in files(&doc.join(name), "html")? {
            let text = read(&file)?;
            let page = page::read(&text);
            let shown = file.strip_prefix(doc).unwrap_or(&file).display();
            for raw in page.raw {
                problems.push(format!("{shown}: {raw} is not a link"));
            }
            for link in page.links {
                let target = file.with_file_name(link);
                if !target.is_file() {
                    problems.push(format!("{shown}: {link} leads nowhere"));
                } else if names
                    .iter()
                    .any(|other| other != name && link.contains(&format!("../{other}/")))
                {
                    between += 1;
                }
            }
            pages += 1;
        }
    }
    if between == 0 {
        problems.push(format!("none of {pages} pages links to another crate"));
    }
    Ok((problems, format!("{pages} pages, {between} links between crates")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::fake;

    #[test]
    fn a_crate_is_rendered_after_those_that_it_depends_on() {
        let members = [
            fake("drivers", &["sync", "traits", "nb", "~sim"]),
            fake("sim", &["traits"]),
            fake("sync", &["traits", "~sim"]),
            fake("traits", &["embedded-hal", "~sim"]),
        ];
        let layers = layers(members.iter()).unwrap();
        assert_eq!(layers, [vec!["traits"], vec!["sim", "sync"], vec!["drivers"]]);
    }

    #[test]
    fn a_circle_is_an_error() {
        let members = [fake("a", &["b"]), fake("b", &["a"])];
        assert!(layers(members.iter()).is_err());
    }
}
