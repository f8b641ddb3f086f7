//! Blocks as they are read and hashed, before any rule has looked at them.

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::{
    canonical,
    header::Header,
    json::Object,
    transaction::{self, Transaction, TransactionError},
};
use crate::hash::BlockHash;

/// The largest index and the largest proof a block may carry: 2^63-1 (docs/contract.md section 3).
pub const MAX_INTEGER: u64 = i64::MAX as u64;

/// A block that nobody has checked yet: well formed, but it may link to nothing and prove nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Position in the chain, from 1.
    pub index: u64,
    /// Hash of the block before, in hexadecimal; `"0"` in the first block.
    pub previous_hash: String,
    /// Solution of the puzzle that the proof of the block before sets.
    pub proof: u64,
    /// When the block was made, by its miner's clock; any text.
    pub timestamp: String,
    /// Transactions in the order they arrived, the coinbase last.
    pub transactions: Vec<Transaction>,
}

/// Why bytes are no block.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// The bytes are no text.
    #[error("a block is JSON in UTF-8, and this is not UTF-8")]
    NotUtf8,
    /// A stored block is not in the form in which blocks are stored.
    #[error("its text is not in the canonical form")]
    NotCanonical,
    /// Not JSON, or not an object with exactly the five fields, each once and of its type.
    #[error("not a block (an object with index, previous_hash, proof, timestamp and transactions): {0}")]
    Shape(#[from] serde_json::Error),
    /// The index or the proof is outside 1 to 2^63-1.
    #[error("`{field}` has to be an integer from 1 to 2^63-1")]
    OutOfRange {
        /// `index` or `proof`.
        field: &'static str,
    },
    /// One of the transactions cannot be read.
    #[error("transaction {position}: {source}")]
    Transaction {
        /// Which one, from 1.
        position: usize,
        /// What is wrong with it.
        source: TransactionError,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBlock<'a> {
    index: u64,
    previous_hash: String,
    proof: u64,
    timestamp: String,
    #[serde(borrow)]
    transactions: Vec<&'a RawValue>,
}

impl Block {
    /// The first block of a node's own chain.
    pub fn genesis(timestamp: String) -> Self {
        Self { index: 1, previous_hash: "0".into(), proof: 1, timestamp, transactions: Vec::new() }
    }

    /// Reads a block from JSON text.
    ///
    /// # Errors
    /// When the text is not a block as docs/contract.md section 3 describes it.
    pub fn from_json(json: &str) -> Result<Self, DecodeError> {
        let block = Self::from_stored_json(json)?;
        for (position, transaction) in (1..).zip(&block.transactions) {
            transaction.check_digits().map_err(|source| DecodeError::Transaction { position, source })?;
        }
        Ok(block)
    }

    /// As [`Block::from_json`], for a block that this node has stored: earlier programs took integers of any length.
    ///
    /// # Errors
    /// As [`Block::from_json`], integers with too many digits aside.
    pub fn from_stored_json(json: &str) -> Result<Self, DecodeError> {
        let Object(raw) = serde_json::from_str::<Object<RawBlock<'_>>>(json)?;
        for (field, value) in [("index", raw.index), ("proof", raw.proof)] {
            if !(1..=MAX_INTEGER).contains(&value) {
                return Err(DecodeError::OutOfRange { field });
            }
        }
        let transactions = (1..)
            .zip(raw.transactions)
            .map(|(position, raw)| {
                Transaction::from_raw(raw).map_err(|source| DecodeError::Transaction { position, source })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            index: raw.index,
            previous_hash: raw.previous_hash,
            proof: raw.proof,
            timestamp: raw.timestamp,
            transactions,
        })
    }

    /// As [`Block::from_json`], from bytes.
    ///
    /// # Errors
    /// As [`Block::from_json`], and when the bytes are not UTF-8.
    pub fn from_json_bytes(json: &[u8]) -> Result<Self, DecodeError> {
        Self::from_json(std::str::from_utf8(json).map_err(|_| DecodeError::NotUtf8)?)
    }

    /// As [`Block::from_stored_json`], from bytes.
    ///
    /// # Errors
    /// As [`Block::from_stored_json`], and when the bytes are not UTF-8.
    pub fn from_stored_json_bytes(json: &[u8]) -> Result<Self, DecodeError> {
        Self::from_stored_json(std::str::from_utf8(json).map_err(|_| DecodeError::NotUtf8)?)
    }

    /// The part that the rules look at.
    pub fn header(&self) -> Header {
        let previous = BlockHash::from_lower_hex(self.previous_hash.as_bytes());
        Header { index: self.index, previous, proof: self.proof }
    }

    /// The canonical text: the JSON that is hashed, stored and served.
    pub fn canonical(&self) -> String {
        use std::fmt::Write as _;

        let mut text = String::with_capacity(self.canonical_len());
        // Writing into a String cannot fail.
        let _ = write!(text, "{{\"index\": {}, \"previous_hash\": ", self.index);
        canonical::write_string(&mut text, &self.previous_hash);
        let _ = write!(text, ", \"proof\": {}, \"timestamp\": ", self.proof);
        canonical::write_string(&mut text, &self.timestamp);
        text.push_str(", \"transactions\": ");
        transaction::write_list(&self.transactions, &mut text);
        text.push('}');
        text
    }

    /// How many bytes the canonical text has; known without writing it.
    pub fn canonical_len(&self) -> usize {
        const KEYS: usize = r#"{"index": , "previous_hash": , "proof": , "timestamp": , "transactions": []}"#.len();
        let digits = |number: u64| number.checked_ilog10().unwrap_or(0) as usize + 1;
        let transactions: usize = self.transactions.iter().map(Transaction::canonical_len).sum();
        let separators = self.transactions.len().saturating_sub(1) * canonical::ITEM_SEPARATOR.len();
        let strings = canonical::string_len(&self.previous_hash) + canonical::string_len(&self.timestamp);
        KEYS + digits(self.index) + digits(self.proof) + strings + transactions + separators
    }

    /// The hash that the next block has to carry.
    pub fn hash(&self) -> BlockHash {
        BlockHash::sha256(self.canonical())
    }

    /// The coinbase: the last transaction, when its amount is 1. Nothing else in the printed format marks it.
    pub fn coinbase(&self) -> Option<&Transaction> {
        self.transactions.last().filter(|last| last.has_coinbase_amount())
    }

    /// The transactions without the coinbase.
    pub fn non_coinbase(&self) -> &[Transaction] {
        &self.transactions[..self.transactions.len() - usize::from(self.coinbase().is_some())]
    }

    /// As [`Block::non_coinbase`], but takes the block.
    pub fn into_non_coinbase(mut self) -> Vec<Transaction> {
        let count = self.non_coinbase().len();
        self.transactions.truncate(count);
        self.transactions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_text_of_a_genesis_block_is_what_cpython_writes() {
        let genesis = Block::genesis("2026-11-22 19:41:17.215595".into());
        assert_eq!(
            genesis.canonical(),
            "{\"index\": 1, \"previous_hash\": \"0\", \"proof\": 1, \"timestamp\": \"2026-11-22 19:41:17.215595\", \"transactions\": []}"
        );
        assert_eq!(genesis.hash().to_string(), "0e10d103307ffa3ad0ab4a6d8d902afae717102f8c51406d472cbfe68dfda1ef");
    }

    #[test]
    fn the_length_of_the_canonical_text_is_known_before_writing() {
        for (index, proof) in [(1, 9), (10, 99), (u64::MAX, MAX_INTEGER)] {
            for count in 0..3 {
                let transactions = vec![Transaction::coinbase("é", "\u{7f}"); count];
                let block = Block { index, proof, transactions, ..Block::genesis("\n".into()) };
                assert_eq!(block.canonical_len(), block.canonical().len());
            }
        }
    }

    #[test]
    fn the_coinbase_is_the_last_transaction_and_has_amount_1() {
        let json = |transactions: &str| {
            format!(r#"{{"index":2,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[{transactions}]}}"#)
        };
        let others = |transactions: &str| Block::from_json(&json(transactions)).unwrap().into_non_coinbase().len();
        let (one, two) = (r#"{"amount":1,"receiver":"b","sender":"a"}"#, r#"{"amount":2,"receiver":"b","sender":"a"}"#);
        assert_eq!(others(""), 0);
        assert_eq!(others(one), 0);
        assert_eq!(others(&format!("{one},{one}")), 1);
        assert_eq!(others(two), 1);
    }

    #[test]
    fn a_longer_integer_than_cpython_reads_is_read_from_the_store_alone() {
        for field in ["amount", "receiver", "sender"] {
            for (digits, taken) in [(4_300, true), (4_301, false)] {
                let transaction = r#"{"amount":0,"receiver":0,"sender":0}"#;
                let long = format!("\"{field}\":-{}", "1".repeat(digits));
                let transaction = transaction.replace(&format!("\"{field}\":0"), &long);
                let json = format!(
                    r#"{{"index":2,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[{transaction}]}}"#
                );
                assert_eq!(Block::from_json(&json).is_ok(), taken, "{digits} digits in {field}");
                assert!(Block::from_stored_json(&json).is_ok(), "{digits} digits in {field}");
            }
        }
    }

    #[test]
    fn a_list_of_five_values_is_no_block() {
        assert!(Block::from_json(r#"[2,"0",1,"t",[]]"#).is_err());
    }
}
