//! Compares whole nodes with the alternatives: drives real processes over HTTP, and prints one table of ratios.
//!
//! ```sh
//! cargo bench --bench compare                     # without Flask
//! BCOIN_TEST_PYTHON=.../python cargo bench --bench compare
//! cargo bench --bench compare -- puzzle payments  # these parts only
//! ```
//!
//! Each figure is the median of short rounds that alternate between the compared programs. See BENCHMARKS.md.

#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod adopting;
mod bare;
mod checking;
mod connecting;
#[path = "../shared/folder.rs"]
mod folder;
#[path = "../shared/funded.rs"]
mod funded;
mod headers;
mod load;
mod million;
mod mining;
mod once;
mod process;
mod puzzle;
mod python;
mod reading;
mod reorganisation;
#[path = "../shared/room.rs"]
mod room;
mod rounds;
mod signatures;
mod stage;
mod table;
mod transactions;
mod transfers;

use std::{cell::LazyCell, error::Error, path::Path};

use stage::Stage;

const PARTS: [&str; 13] = [
    "puzzle",
    "headers",
    "signatures",
    "connecting",
    "payments",
    "short",
    "long",
    "checking",
    "adopting",
    "mining",
    "transfers",
    "reorganisation",
    "million",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [role, file] = &arguments[..]
        && role == bare::ROLE
    {
        return bare::serve(Path::new(file));
    }
    if let Some(unknown) = arguments.iter().find(|argument| !PARTS.contains(&argument.as_str())) {
        return Err(format!("{unknown} is none of {PARTS:?}").into());
    }
    let rows = measure(|part| arguments.is_empty() || arguments.iter().any(|argument| argument == part))?;
    table::print(&rows);
    Ok(())
}

fn measure(wanted: impl Fn(&str) -> bool) -> Result<Vec<table::Row>, Box<dyn Error>> {
    let stage = Stage::new()?;
    let mut rows = Vec::new();
    let mut part = |name: &str, measure: &dyn Fn() -> Vec<table::Row>| {
        if wanted(name) {
            eprintln!("measuring: {name}");
            rows.extend(measure());
        }
    };
    part("puzzle", &puzzle::rows);
    part("headers", &headers::rows);
    part("signatures", &signatures::rows);
    part("connecting", &connecting::rows);
    part("payments", &|| transactions::rows(&stage));
    part("short", &|| reading::short(&stage));
    let node = LazyCell::new(|| process::node_with_chain(&stage.long_chain(), &stage.new_folder()));
    part("long", &|| reading::long(&stage, &node));
    part("checking", &|| checking::rows(&stage, &node));
    part("adopting", &|| adopting::rows(&stage, &node));
    part("mining", &|| mining::rows(&stage));
    part("transfers", &|| transfers::rows(&stage));
    part("reorganisation", &|| reorganisation::rows(&stage));
    part("million", &|| million::rows(&stage));
    Ok(rows)
}
