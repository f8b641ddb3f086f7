//! Hashing headers, compared with the limit of the processor and with OpenSSL, and on two cores.

use std::{hint::black_box, process::Command, sync::Arc};

use bcoin_ledger::{
    Workers, compress_ready_made,
    sound::{
        CompactTarget, HEADER_BYTES, Header, Target,
        search::{HeaderSource, Start, search},
    },
};

use crate::{
    rounds::{Measure, medians, rate},
    table::{Rate, Row},
};

const ROUNDS: usize = 9;
/// How many bytes OpenSSL hashes at a time. With their padding they are two blocks, as a header after its first 64 bytes is.
const OPENSSL_BYTES: u32 = 64;

pub fn rows() -> Vec<Row> {
    let has_ceiling = compress_ready_made(1).is_some();
    let has_openssl = openssl().is_some();
    let [one, ceiling, openssl] = medians(
        ROUNDS,
        [
            Some(Box::new(|| rate(4, || search_on(1)))),
            has_ceiling.then_some(Box::new(|| rate(40, two_compressions)) as Measure<'_>),
            has_openssl.then_some(Box::new(|| openssl().expect("it ran before")) as Measure<'_>),
        ],
    );
    let [alone, two] = medians(ROUNDS, [1, 2].map(|cores| Some(Box::new(move || rate(4, || search_on(cores))) as _)));

    let hashes = |rate: f64| Rate::new(rate, "hashes");
    let one = hashes(one.unwrap_or_default());
    vec![
        Row::rates(
            "header hashes on one core",
            one,
            "bare two-lane compressions, two for each",
            ceiling.map(hashes),
            0.9,
        ),
        Row::rates("the same", one, "`openssl speed`, 64 bytes, as many compressions", openssl.map(hashes), 2.0),
        Row::rates(
            "header hashes on two cores",
            hashes(two.unwrap_or_default()),
            "on one core",
            alone.map(hashes),
            1.8,
        ),
    ]
}

/// A header that one nonce in about a million completes, so that starting the second core costs little in comparison.
struct Sample;

impl HeaderSource for Sample {
    fn header(&self, _: u64, _: u32) -> Header {
        Header::decode(&[7; HEADER_BYTES])
    }

    fn target(&self) -> Target {
        CompactTarget::from_consensus(0x1e0f_ffff).decode().expect("a target")
    }
}

fn search_on(cores: usize) -> u64 {
    let found = search(Arc::new(Sample), black_box(Start::default()), Workers::on(cores), || false);
    found.expect("a solution").trials
}

/// As many headers, in pairs, as two compressions for each would make.
fn two_compressions() -> u64 {
    let headers = 1 << 17;
    black_box(compress_ready_made(black_box(headers)));
    headers
}

/// OpenSSL's own measurement, in messages per second; `None` where the program is missing.
fn openssl() -> Option<f64> {
    let bytes = OPENSSL_BYTES.to_string();
    let output =
        Command::new("openssl").args(["speed", "-mr", "-evp", "sha256", "-seconds", "1", "-bytes", &bytes]).output();
    // Such as `+F:25:sha256:385072768.00`, the bytes per second.
    let printed = String::from_utf8(output.ok()?.stdout).ok()?;
    let line = printed.lines().find(|line| line.starts_with("+F:"))?;
    let rate: f64 = line.rsplit(':').next()?.parse().ok()?;
    Some(rate / f64::from(OPENSSL_BYTES))
}
