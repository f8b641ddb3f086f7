//! Valid chains of any length. The proofs of the printed puzzle repeat, so no block beyond the 225th costs a search.

use std::{collections::HashMap, iter};

use bcoin::ledger::{Block, BlockHash, ITEM_SEPARATOR, Number, Scalar, Transaction, puzzle};

/// The canonical texts of the blocks of a chain: each but the first with one payment and a reward.
pub fn texts(length: u64) -> impl Iterator<Item = String> {
    let mut proofs = HashMap::new();
    let mut next = Block::genesis("2026-11-22 19:41:17.215595".into());
    iter::repeat_with(move || {
        let text = next.canonical();
        let index = next.index + 1;
        let proof = *proofs.entry(next.proof).or_insert_with_key(|previous| {
            puzzle::search(*previous, || false).expect("every proof of the sequence has a successor")
        });
        next = Block {
            index,
            previous_hash: BlockHash::of(&text).to_string(),
            proof,
            timestamp: format!("2026-11-22 19:{:02}:{:02}.{:06}", index / 60 % 60, index % 60, index % 1_000_000),
            transactions: vec![payment(index), Transaction::reward("0123456789abcdef0123456789abcdef", "Bharathi")],
        };
        text
    })
    .take(length as usize)
}

/// The chain as `/get_chain` serves it.
pub fn body(length: u64) -> String {
    let mut body = String::from("{\"chain\": [");
    for (before, text) in texts(length).enumerate() {
        if before > 0 {
            body.push_str(ITEM_SEPARATOR);
        }
        body.push_str(&text);
    }
    body.push_str(&format!("], \"length\": {length}}}"));
    body
}

/// A payment as the chapter's clients send them.
pub fn payment(amount: u64) -> Transaction {
    let name = |text: &str| Scalar::Text(text.into());
    Transaction { sender: name("Alice"), receiver: name("Bob"), amount: Scalar::Number(Number::from(amount)) }
}
