//! Tells the linker where the board's memory is, for the packages with programs for it.

use std::env;
use std::fs;
use std::path::Path;

fn main() {
    // By way of the output folder: where the sources lie is nobody's business.
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let memory = include_bytes!("memory.x");
    fs::write(Path::new(&folder).join("memory.x"), memory).expect("OUT_DIR can be written to");
    println!("cargo::rustc-link-search={folder}");
    for argument in ["--nmagic", "-Tlink.x", "-Tlink-rp.x"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    // Everything else comes from what this script is built of.
    println!("cargo::rerun-if-changed=Cargo.toml");
}
