//! The listing on CPython, and a node of its kind on Flask.

use std::{ffi::OsString, process::Command};

use bcoin_testkit::Process;

use crate::process::server;

/// An interpreter: the one the tests use, or the system's. `None` where there is neither.
fn interpreter() -> Option<OsString> {
    let python = std::env::var_os("BCOIN_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let runs = Command::new(&python).arg("--version").output().is_ok_and(|output| output.status.success());
    runs.then_some(python)
}

/// A Flask node, where `BCOIN_TEST_PYTHON` names an interpreter that has Flask.
pub fn flask() -> Option<Process> {
    let python = std::env::var_os("BCOIN_TEST_PYTHON")?;
    let node = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flask_node/node.py");
    Some(server(Command::new(python).args([node, "--port", "0"])))
}

/// Runs a part of the listing, which prints its own rate per second.
pub fn listing(arguments: Vec<OsString>) -> Option<impl Fn() -> f64> {
    let python = interpreter()?;
    Some(move || {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/compare/listing.py");
        let output = Command::new(&python).arg(script).args(&arguments).output().expect("Python runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        printed.trim().parse().unwrap_or_else(|_| panic!("Python printed {printed:?} and {errors}"))
    })
}
