//! What is read of a B-Coin peer's headers and block events, under whichever rules it is.

use bcoin_ledger::{BlockHash, Work, chapter::MAX_INTEGER};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::observer::LastBlock;

/// A header, as far as all rules tell the same. Nothing in it is checked.
#[derive(Deserialize)]
pub(super) struct SeenHeader {
    /// Place in the chain, from 1.
    pub(super) index: u64,
    /// Hash of the block.
    pub(super) hash: String,
    /// Hash of the block before.
    pub(super) previous_hash: String,
    timestamp: Timestamp,
    transactions: u64,
    work: Option<String>,
}

/// When a block was made: a text under the printed rules, and Unix time in seconds under the sound ones.
#[derive(Deserialize)]
#[serde(untagged)]
enum Timestamp {
    Seconds(u32),
    Text(String),
}

/// A page of headers.
#[derive(Deserialize)]
pub(super) struct SeenHeaders {
    pub(super) headers: Vec<SeenHeader>,
}

/// A block has become the last one of a peer's chain.
#[derive(Deserialize)]
pub(super) struct SeenBlock {
    pub(super) header: SeenHeader,
    /// Whether the peer has mined it. Under the printed rules there is no event for other blocks.
    #[serde(default = "mined_here")]
    pub(super) mined_here: bool,
    pub(super) time: DateTime<Utc>,
}

fn mined_here() -> bool {
    true
}

impl SeenHeader {
    /// Hash of the block; none when place or hash cannot be.
    pub(super) fn hash(&self) -> Option<BlockHash> {
        let is_height = (1..=MAX_INTEGER).contains(&self.index);
        BlockHash::from_lower_hex(self.hash.as_bytes()).filter(|_| is_height)
    }

    /// Work of the chain up to this block, if it is told.
    pub(super) fn work(&self) -> Option<Work> {
        self.work.as_deref().and_then(read_work)
    }

    /// What is told of the block as the last one.
    pub(super) fn last_block(&self) -> LastBlock {
        match &self.timestamp {
            Timestamp::Seconds(seconds) => LastBlock::at((*seconds).into(), self.transactions),
            Timestamp::Text(text) => LastBlock::new(text, self.transactions),
        }
    }
}

/// Work as it is told: 64 hexadecimal digits.
pub(super) fn read_work(digits: &str) -> Option<Work> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(Work::from_be_bytes(bytes))
}
