//! Valid chains of any length. The proofs of the printed puzzle repeat, so no block beyond the 225th costs a search.

use std::{
    collections::HashMap,
    io::{self, Write},
    iter,
};

use bcoin_ledger::{
    BlockHash,
    chapter::{Block, ITEM_SEPARATOR, Number, Scalar, Transaction, puzzle},
};

/// The canonical texts of the blocks of a chain: each but the first with one transaction and a reward.
pub fn texts(length: u64) -> impl Iterator<Item = String> {
    texts_with(length, |index| {
        (
            format!("2026-11-22 19:{:02}:{:02}.{:06}", index / 60 % 60, index % 60, index % 1_000_000),
            vec![transaction(index), Transaction::coinbase("0123456789abcdef0123456789abcdef", "Bharathi")],
        )
    })
}

/// The canonical texts of the blocks of a chain. `content` makes the time and the transactions of each block but the first,
/// from its index.
pub fn texts_with(length: u64, content: impl Fn(u64) -> (String, Vec<Transaction>)) -> impl Iterator<Item = String> {
    let mut proofs = HashMap::new();
    let mut next = Block::genesis("2026-11-22 19:41:17.215595".into());
    let length = usize::try_from(length).expect("a length that can be counted");
    iter::repeat_with(move || {
        let text = next.canonical();
        let index = next.index + 1;
        let proof = *proofs.entry(next.proof).or_insert_with_key(|previous| {
            puzzle::search(*previous, || false).expect("every proof of the sequence has a successor")
        });
        let (timestamp, transactions) = content(index);
        next = Block { index, previous_hash: BlockHash::sha256(&text).to_string(), proof, timestamp, transactions };
        text
    })
    .take(length)
}

/// Writes a chain of these blocks as `/get_chain` serves it.
///
/// # Errors
/// When writing fails.
pub fn write_body(texts: impl IntoIterator<Item = String>, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"{\"chain\": [")?;
    let mut length = 0_u64;
    for text in texts {
        if length > 0 {
            out.write_all(ITEM_SEPARATOR.as_bytes())?;
        }
        out.write_all(text.as_bytes())?;
        length += 1;
    }
    write!(out, "], \"length\": {length}}}")
}

/// A chain of these blocks as `/get_chain` serves it.
pub fn body(texts: impl IntoIterator<Item = String>) -> String {
    let mut body = Vec::new();
    write_body(texts, &mut body).expect("memory takes everything");
    String::from_utf8(body).expect("blocks are text")
}

/// A transaction as the chapter's clients send it.
pub fn transaction(amount: u64) -> Transaction {
    let name = |text: &str| Scalar::Text(text.into());
    Transaction { sender: name("Alice"), receiver: name("Bob"), amount: Scalar::Number(Number::from(amount)) }
}

#[cfg(test)]
mod tests {
    use bcoin_ledger::chapter::ChainCheck;
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_chains_keep_the_rules() {
        let empty = |_| ("t".into(), vec![]);
        for texts in [texts(300).collect::<Vec<_>>(), texts_with(300, empty).collect()] {
            assert_eq!(texts.len(), 300);
            let mut check = ChainCheck::default();
            for text in texts {
                check.push(Block::from_json(&text).unwrap(), DateTime::default()).unwrap();
            }
        }
    }

    #[test]
    fn a_body_has_all_blocks_and_their_number() {
        let body: serde_json::Value = serde_json::from_str(&body(texts(3))).unwrap();
        assert_eq!((body["chain"].as_array().unwrap().len(), &body["length"]), (3, &3.into()));
        assert_eq!(body["chain"][2]["index"], 3);
    }
}
