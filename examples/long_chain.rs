//! Writes a long, valid chain as JSON, to try what a node does with one.
//!
//! `cargo run --release --example long_chain -- 1000000 > long.json`, then `bcoin import long.json --data-dir DIR`.
//! The proofs of the printed puzzle repeat, so no block beyond the 225th costs a search.

use std::{
    collections::HashMap,
    error::Error,
    io::{self, BufWriter, Write as _},
};

use bcoin::ledger::{Block, ITEM_SEPARATOR, Number, Scalar, Transaction, puzzle};

fn main() -> Result<(), Box<dyn Error>> {
    let length: u64 = match std::env::args().nth(1).map(|argument| argument.parse()) {
        Some(Ok(length)) if length >= 1 => length,
        _ => return Err("how many blocks? A number from 1 on is the one argument".into()),
    };
    let mut proofs = HashMap::new();
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    out.write_all(b"{\"chain\": [")?;
    let mut block = Block::genesis("2026-11-22 19:41:17.215595".into());
    loop {
        let text = block.canonical();
        out.write_all(text.as_bytes())?;
        if block.index == length {
            break;
        }
        out.write_all(ITEM_SEPARATOR.as_bytes())?;
        let index = block.index + 1;
        let proof = *proofs.entry(block.proof).or_insert_with_key(|previous| {
            puzzle::search(*previous, || false).expect("every proof of the sequence has a successor")
        });
        block = Block {
            index,
            previous_hash: bcoin::ledger::BlockHash::of(&text).to_string(),
            proof,
            timestamp: format!("2026-11-22 19:{:02}:{:02}.{:06}", index / 60 % 60, index % 60, index % 1_000_000),
            transactions: vec![payment(index), Transaction::reward("0123456789abcdef0123456789abcdef", "Bharathi")],
        };
    }
    writeln!(out, "], \"length\": {length}}}")?;
    Ok(out.flush()?)
}

fn payment(amount: u64) -> Transaction {
    let name = |text: &str| Scalar::Text(text.into());
    Transaction { sender: name("Alice"), receiver: name("Bob"), amount: Scalar::Number(Number::from(amount)) }
}
