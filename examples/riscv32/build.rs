//! Tells the linker where the board's memory is.

use std::env;
use std::fs;
use std::path::Path;

fn main() {
    // By way of the output folder: where the sources lie is nobody's business.
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let memory = fs::read("memory.x").expect("memory.x lies beside this file");
    fs::write(Path::new(&folder).join("memory.x"), memory).expect("OUT_DIR can be written to");
    println!("cargo::rustc-link-search={folder}");
    for argument in ["-Tmemory.x", "-Tlink.x"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    println!("cargo::rerun-if-changed=memory.x");
}
