//! What replacing a chain has changed, in words, under either rules.

use super::{sound_words, words};
use crate::wire::{sound, v1};

/// A replaced chain, with its blocks and transactions in words.
pub(super) struct Replaced {
    /// The peer that had the better chain.
    pub(super) from: Option<String>,
    /// What the better chain is, after "the chain" and after "chain replaced by".
    pub(super) better: &'static str,
    /// How many blocks the chain has now.
    pub(super) length: u64,
    /// Under which number the given-up chain is kept; 0 when it is not.
    pub(super) number: u64,
    fork: u64,
    /// How many blocks were given up.
    pub(super) given_up: u64,
    /// The first of them: index, hash, and how many transactions it holds.
    pub(super) blocks: Vec<(u64, String, u64)>,
    /// How many transactions wait again.
    pub(super) returned: u64,
    /// The first of them.
    pub(super) transactions: Vec<String>,
    /// How many transactions of the given-up blocks are gone.
    pub(super) not_returned: u64,
}

impl Replaced {
    /// Which blocks were given up; none when there were none.
    pub(super) fn disconnected(&self) -> Option<String> {
        let (first, last) = (self.fork.saturating_add(1), self.fork.saturating_add(self.given_up));
        match self.given_up {
            0 => None,
            1 => Some(format!("block {first}")),
            _ => Some(format!("blocks {first} to {last}")),
        }
    }
}

impl From<v1::ReplacementJson> for Replaced {
    fn from(replacement: v1::ReplacementJson) -> Self {
        let blocks = replacement.given_up.blocks.iter();
        Self {
            from: replacement.from,
            better: "longer one",
            length: replacement.length,
            number: replacement.given_up.number,
            fork: replacement.fork,
            given_up: replacement.given_up.count,
            blocks: blocks.map(|block| (block.index, block.hash.clone(), block.transactions as u64)).collect(),
            returned: replacement.returned.count,
            transactions: replacement.returned.transactions.iter().map(words::transaction).collect(),
            not_returned: replacement.not_returned,
        }
    }
}

impl From<sound::ReplacementJson> for Replaced {
    fn from(replacement: sound::ReplacementJson) -> Self {
        let blocks = replacement.given_up.blocks.iter();
        Self {
            from: replacement.from,
            better: "one with more work",
            length: replacement.length,
            number: replacement.given_up.number,
            fork: replacement.fork,
            given_up: replacement.given_up.count,
            blocks: blocks.map(|block| (block.index, block.hash.clone(), block.transactions as u64)).collect(),
            returned: replacement.returned.count,
            transactions: replacement.returned.transactions.iter().map(sound_words::transfer).collect(),
            not_returned: replacement.not_returned,
        }
    }
}
