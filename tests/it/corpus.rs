//! Runs the checks of the fuzz targets on the kept inputs: the corpus, and the regressions. `fuzz/README.md` describes how
//! new ones are found.

use std::{fs, panic, path::Path};

use crate::{checks, support::vectors};

/// Calls `check` with every file in a folder of `fuzz/`; returns how many there are, and in how many something is taken.
fn replay(folder: &str, target: &str, check: fn(&[u8]) -> bool) -> (usize, usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder).join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let (mut inputs, mut taken) = (0, 0);
    for entry in entries {
        let file = entry.unwrap().path();
        let data = fs::read(&file).unwrap();
        let verdict = panic::catch_unwind(|| check(&data));
        taken += usize::from(verdict.unwrap_or_else(|_| panic!("{} fails, as told above", file.display())));
        inputs += 1;
    }
    (inputs, taken)
}

/// Replays both folders of a target. The numbers are the fewest inputs that the corpus has to hold, the fewest of these that
/// are taken, and the fewest regressions: a corpus that is too small, or that is all refused, proves nothing.
fn replay_all(target: &str, check: fn(&[u8]) -> bool, [inputs, taken, regressions]: [usize; 3]) {
    let found = replay("corpus", target, check);
    assert!(found.0 >= inputs && found.1 >= taken, "{target}: of {} inputs {} are taken", found.0, found.1);
    let found = replay("regressions", target, check);
    assert!(found.0 >= regressions, "{target}: only {} regressions", found.0);
}

#[test]
fn block_reader() {
    replay_all("block_reader", checks::block_reader, [60, 15, 3]);
}

#[test]
fn canonical_writer() {
    replay_all("canonical_writer", checks::canonical_writer, [60, 50, 3]);
}

#[test]
fn requests() {
    replay_all("requests", checks::requests, [60, 20, 8]);
}

#[test]
fn peer_chain() {
    replay_all("peer_chain", checks::peer_chain, [60, 7, 2]);
}

#[test]
fn sound_decoders() {
    replay_all("sound_decoders", checks::sound_decoders, [60, 20, 25]);
}

#[test]
fn sound_texts() {
    replay_all("sound_texts", checks::sound_texts, [60, 20, 19]);
}

#[test]
fn sound_headers() {
    replay_all("sound_headers", checks::sound_headers, [40, 20, 8]);
}

#[test]
fn sound_connect() {
    replay_all("sound_connect", checks::sound_connect, [30, 20, 9]);
}

/// The plain writer may serve as a reference only while it agrees with CPython.
#[test]
fn the_plain_writer_writes_what_cpython_writes() {
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    for case in vectors("encoding").as_array().unwrap() {
        let canonical = text(&case["json"]).and_then(|json| checks::plain_canonical_block(&json));
        assert_eq!(canonical, text(&case["canonical"]), "{}", case["name"]);
    }
    for case in vectors("refused").as_array().unwrap() {
        let canonical = text(&case["json"]).and_then(|json| checks::plain_canonical_block(&json));
        assert_eq!(canonical, None, "{}", case["name"]);
    }
}
