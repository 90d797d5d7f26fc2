//! Links and lists in the pages of the repository.

use std::path::Path;

use crate::workspace::{Package, files, is_published, read, root, shown};

/// The lists that each driver is in, and how its module `{}` is named there. Brackets
/// are left out, since a module behind a feature is no link in lib.rs.
const DRIVERS: [(&str, &str); 9] = [
    ("README.md", "| `{}`(https://github.com/tickwire/tickwire/blob/main/drivers/src/{}.rs) |"),
    ("drivers/src/lib.rs", "//! | `{}` |"),
    ("drivers/tests/send.rs", "use tickwire_drivers::{}::"),
    ("benches/sizes/src/lib.rs", "use tickwire_drivers::{}::"),
    ("benches/firmware/compare.toml", "driver = \"{}\""),
    ("examples/rp2040/firmware.toml", "name = \"{}\""),
    ("examples/rp2040/README.md", "| `{}`(src/bin/{}.rs) |"),
    ("examples/raspberry-pi/README.md", "| `{}`(src/bin/{}.rs) |"),
    ("examples/raspberry-pi/README.md", "(wiring/{}.svg)"),
];

/// Where a file of this repository is on the web: `blob` is a page, `tree` a folder, `raw` an
/// image.
const WEB: [&str; 3] = [
    "https://github.com/tickwire/tickwire/blob/main/",
    "https://github.com/tickwire/tickwire/tree/main/",
    "https://github.com/tickwire/tickwire/raw/main/",
];

/// Public modules of the library that are no drivers.
const SHARED: [&str; 3] = ["civil", "contact", "stream"];

/// Returns the links that lead nowhere and what is missing in a list, and how many links
/// there are.
pub(crate) fn check(members: &[Package]) -> Result<(Vec<String>, usize), String> {
    let (mut problems, mut count) = (Vec::new(), 0);
    for path in files(root(), "md")? {
        let page = read(&path)?;
        for link in links(&page) {
            count += 1;
            if !leads(&path, &page, link)? {
                problems.push(format!("{}: {link} leads nowhere", shown(&path)));
            }
        }
    }
    let library = read(&root().join("drivers/src/lib.rs"))?;
    for (file, row) in DRIVERS {
        let list = read(&root().join(file))?.replace(['[', ']'], "");
        let drivers = modules(&library).filter(|module| !SHARED.contains(module));
        let rows = drivers.map(|module| row.replace("{}", module));
        let missing = rows.filter(|row| !list.contains(row));
        problems.extend(missing.map(|row| format!("{file}: a driver is missing: {row}")));
    }
    let readme = read(&root().join("README.md"))?;
    let published = members.iter().filter(|member| is_published(member)).map(|member| &member.name);
    let missing = published.filter(|name| !readme.contains(&format!("| [`{name}`](")));
    problems.extend(missing.map(|name| format!("README.md: a crate is missing: {name}")));
    Ok((problems, count))
}

/// The public modules of a library.
fn modules(library: &str) -> impl Iterator<Item = &str> {
    library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
}

/// Links to files and headings of the repository, relative or [on the web](WEB). They are
/// behind `](` in prose.
fn links(page: &str) -> impl Iterator<Item = &str> {
    // Every other part is a block of code.
    let links = page.split("```").step_by(2).flat_map(|prose| prose.split("](").skip(1));
    let links = links.filter_map(|link| Some(link.split_once(')')?.0));
    links.filter(|link| !link.contains("://") || in_tree(link).is_some())
}

/// Returns the path from the root of a link to this repository on the web.
fn in_tree(link: &str) -> Option<&str> {
    WEB.iter().find_map(|web| link.strip_prefix(web))
}

/// Whether a link leads to a file, and to a heading where it names one.
fn leads(from: &Path, page: &str, link: &str) -> Result<bool, String> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match in_tree(file) {
        Some(path) => root().join(path),
        None if file.is_empty() => from.to_owned(),
        None => from.with_file_name("").join(file),
    };
    if anchor.is_empty() || !target.is_file() {
        return Ok(target.exists() && anchor.is_empty());
    }
    let other = if file.is_empty() { page.to_owned() } else { read(&target)? };
    Ok(other.lines().filter(|line| line.starts_with('#')).any(|line| slug(line) == anchor))
}

/// The name by which a heading is linked to.
fn slug(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
    title.chars().filter(|&it| it.is_alphanumeric() || it == '-' || it == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn the_pages_of_this_workspace_are_whole() {
        let (problems, count) = check(&workspace::members().unwrap()).unwrap();
        assert_eq!(problems, [""; 0]);
        assert!(count > 50, "only {count} links were found");
    }

    #[test]
    fn links_are_those_of_prose_to_this_repository() {
        let ours = WEB[0].to_owned() + "i.md";
        let page = format!("[a](b.md) [c](https://d) ```\n[e](f)\n``` [g](#h) [j]({ours})");
        assert_eq!(links(&page).collect::<Vec<_>>(), ["b.md", "#h", &ours]);
    }

    #[test]
    fn a_link_leads_to_a_file_and_a_heading() {
        let check = |link: &str, expected| {
            let page = root().join("README.md");
            assert_eq!(leads(&page, "# It's `one`: a\n", link), Ok(expected), "{link}");
        };
        check("sync", true);
        check("sync#one", false);
        check("nowhere.md", false);
        check("#its-one-a", true);
        check("#one", false);
        check("ARCHITECTURE.md#invariants", true);
        check("ARCHITECTURE.md#variants", false);
        for web in WEB {
            check(&format!("{web}sync"), true);
            check(&format!("{web}nowhere.md"), false);
            check(&format!("{web}ARCHITECTURE.md#invariants"), true);
            check(&format!("{web}ARCHITECTURE.md#variants"), false);
        }
    }

    #[test]
    fn modules_are_the_public_ones() {
        let library = "pub mod a;\n#[cfg(x)]\npub mod b;\nmod c;\n// pub mod d;";
        assert_eq!(modules(library).collect::<Vec<_>>(), ["a", "b"]);
    }
}
