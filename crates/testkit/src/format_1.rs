//! A data folder of format 1, made by a program of commit 5b7da7f. It has 1,000 blocks, three transactions in the mempool, two
//! peers, and two stale branches. The first blocks of one branch are in the other too.

use std::{fs, io::Read as _, path::Path};

use flate2::read::GzDecoder;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What that program answered to `GET` of these paths.
pub const ANSWERS: [(&str, &str); 5] = [
    ("/api/v1/accounts?limit=1000", include_str!("../data/format-1/accounts.json")),
    ("/api/v1/accounts/pupil%201?limit=1000", include_str!("../data/format-1/account.json")),
    ("/api/v1/pending", include_str!("../data/format-1/pending.json")),
    ("/api/v1/peers?ask=false", include_str!("../data/format-1/peers.json")),
    ("/api/v1/replacements", include_str!("../data/format-1/replacements.json")),
];

/// What it exported of its stale branches 1 and 2.
pub const STALE: [&str; 2] =
    [include_str!("../data/format-1/stale1.json"), include_str!("../data/format-1/stale2.json")];

/// SHA-256 of its answer to `/get_chain`.
const CHAIN: &str = "ae8ff1586a90682613fa7e8cfab000fdf1c486f2629e3bca6c992cca979cfb86";

/// Whether this is its answer to `/get_chain`.
pub fn is_chain(answer: &str) -> bool {
    hex::encode(Sha256::digest(answer)) == CHAIN
}

/// Whether this answer has everything that that program answered: fields are added to objects, and to nothing else.
///
/// # Panics
/// When one of them is no JSON.
pub fn is_contained(expected: &str, answer: &str) -> bool {
    let read = |text: &str| serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    has_all(&read(answer), &read(expected))
}

fn has_all(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => {
            expected.iter().all(|(key, expected)| answer.get(key).is_some_and(|answer| has_all(answer, expected)))
        }
        (Value::Array(answer), Value::Array(expected)) => {
            answer.len() == expected.len()
                && answer.iter().zip(expected).all(|(answer, expected)| has_all(answer, expected))
        }
        _ => answer == expected,
    }
}

/// Writes the folder, which must not exist yet.
///
/// # Panics
/// When it cannot be written.
pub fn write_folder(folder: &Path) {
    let mut data = Vec::new();
    let packed = include_bytes!("../data/format-1/chain.redb.gz");
    GzDecoder::new(&packed[..]).read_to_end(&mut data).expect("the data unpacks");
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("chain.redb"), data).expect("room for the data");
    fs::write(folder.join("format"), "B-Coin data, format 1\n").expect("room for its format");
}
