//! Reads the golden data.

use std::path::PathBuf;

use serde_json::Value;

/// Where a file of golden data is.
pub fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/vectors/sound", name].iter().collect()
}

/// One of the files of golden data, by its name without the ending.
pub fn vectors(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path(name).with_extension("json")).unwrap()).unwrap()
}

/// A list in golden data.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// A text in golden data.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Bytes in golden data.
pub fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

/// A known number of bytes in golden data.
pub fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}
