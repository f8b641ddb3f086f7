//! The example programs, as far as they judge what they are given.

use std::{env, fs, path::PathBuf, process::Command};

/// Where Cargo puts an example: beside the folder of this test program. `cargo test` builds all examples before it runs tests.
fn example(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let built = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = built.join("examples").join(name).with_extension(env::consts::EXE_EXTENSION);
    assert!(program.exists(), "run this first: cargo build --example {name}");
    program
}

/// Runs `bitcoin_headers` on files: its exit code, what it prints, and what it says is wrong.
fn judge(files: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(example("bitcoin_headers")).args(files).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Judges a file with this content: its exit code, and what is wrong.
fn judge_bytes(bytes: &[u8]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("headers.bin");
    fs::write(&file, bytes).unwrap();
    let (code, printed, wrong) = judge(&[file.to_str().unwrap()]);
    assert_eq!(printed, "");
    (code, wrong)
}

const REAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/sound/bitcoin-headers-0-2100.bin");

#[test]
fn real_headers_of_bitcoin_pass() {
    let (code, printed, wrong) = judge(&[REAL]);
    assert_eq!((code, wrong.as_str()), (Some(0), ""));
    let tip = "00000000d5092034c3a92473d42f28e3fd279f0652e2d5b0049c7d40fcbc990b";
    assert_eq!(printed, format!("all right up to height 2100, work {:064x}, tip {tip}\n", 2101 * 0x1_0001_0001_u64));
}

#[test]
fn the_first_header_that_breaks_a_rule_is_named_with_the_rule() {
    let real = fs::read(REAL).unwrap();
    for (at, sentence) in [
        (0, "height 0: the hash is "),
        (4, "height 0: the hash is "),
        (1000 * 80 + 4, "height 1000: the previous hash is "),
        (1000 * 80 + 36, "height 1000: the hash "),
        (1000 * 80 + 72, "height 1000: the bits are "),
        (2100 * 80 + 79, "height 2100: the hash "),
    ] {
        let mut changed = real.clone();
        changed[at] ^= 1;
        let (code, wrong) = judge_bytes(&changed);
        assert_eq!(code, Some(1), "byte {at}");
        assert!(wrong.starts_with(sentence), "byte {at}: {wrong}");
    }
}

#[test]
fn a_file_that_ends_within_a_header_or_holds_none_is_no_chain() {
    let real = fs::read(REAL).unwrap();
    let cut = "height 2: the file ends after byte 79 of the header, which has 80\n";
    assert_eq!(judge_bytes(&real[..3 * 80 - 1]), (Some(1), cut.into()));
    let empty = "the file is empty: it has to hold headers of 80 bytes each\n";
    assert_eq!(judge_bytes(&[]), (Some(1), empty.into()));
}

#[test]
fn a_file_that_is_not_there_cannot_be_read() {
    let (code, _, wrong) = judge(&["no such file"]);
    assert_eq!(code, Some(1));
    assert!(wrong.starts_with("the file cannot be read: "), "{wrong}");
}

#[test]
fn without_exactly_one_file_the_usage_is_shown() {
    for files in [&[][..], &[REAL, REAL]] {
        let usage = "usage: cargo run --example bitcoin_headers -- FILE\n";
        assert_eq!(judge(files), (Some(2), String::new(), usage.into()));
    }
}
