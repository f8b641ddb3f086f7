//! Reads the golden data.

use std::path::Path;

use serde_json::Value;

/// One of the files of golden data, by its name without the ending.
pub fn vectors(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/sound");
    let text = std::fs::read_to_string(folder.join(name).with_extension("json")).unwrap();
    serde_json::from_str(&text).unwrap()
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
