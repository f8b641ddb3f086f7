//! The golden data.

use std::path::PathBuf;

use serde_json::Value;

/// Where a file of the golden data is.
pub(crate) fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/vectors/sound", name].iter().collect()
}

/// One file of the golden data.
pub(crate) fn vectors(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path(name)).unwrap()).unwrap()
}
