//! Writes a long, valid chain as JSON, to try what a node does with one.
//!
//! `cargo run --release --example long_chain -- 1000000 > long.json`, then `bcoin import long.json --data-dir DIR`.
//! The proofs of the printed puzzle repeat, so no block beyond the 225th costs a search.

use std::{
    error::Error,
    io::{self, BufWriter, Write as _},
};

use bcoin_testkit::chain;

fn main() -> Result<(), Box<dyn Error>> {
    let length: u64 = match std::env::args().nth(1).map(|argument| argument.parse()) {
        Some(Ok(length)) if length >= 1 => length,
        _ => return Err("how many blocks? A number from 1 on is the one argument".into()),
    };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    chain::write_body(chain::texts(length), &mut out)?;
    writeln!(out)?;
    Ok(out.flush()?)
}
