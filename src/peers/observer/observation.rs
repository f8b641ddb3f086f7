//! What is known of a peer by itself, whichever node looks at it.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bcoin_ledger::{BlockHash, Work};
use chrono::{DateTime, Local, Utc};

use super::super::{error::PeerError, own_network::TheirNetwork, peer_status::PeerTip};
use crate::wire::v1::{MinedPoint, MiningJson};

/// How many of a peer's last blocks are known by their hashes.
pub(in crate::peers) const TRAIL_BLOCKS: usize = 64;

/// The result of looking at a peer. What it said the last time it answered is kept when it is gone.
#[derive(Clone, Debug, Default)]
pub(in crate::peers) struct Observation {
    /// Whether it answered, and why not; none when it was not asked yet.
    pub(in crate::peers) outcome: Option<Result<(), Arc<PeerError>>>,
    /// What it said the last time it answered.
    pub(in crate::peers) report: Option<Report>,
    /// When it answered last.
    pub(in crate::peers) seen_at: Option<DateTime<Utc>>,
    /// How long the last question took.
    pub(in crate::peers) took: Option<Duration>,
    /// When it was asked last.
    pub(in crate::peers) asked_at: Option<DateTime<Utc>>,
}

impl Observation {
    /// The end of its chain, as far as it is known.
    pub(in crate::peers) fn trail(&self) -> Option<&Trail> {
        match self.report.as_ref()? {
            Report::BCoin(report) => Some(&report.trail),
            Report::Listing(report) => report.trail.as_ref(),
        }
    }
}

/// What a peer says of itself.
#[derive(Clone, Debug)]
pub(in crate::peers) enum Report {
    /// It has `/api/v1`.
    BCoin(Box<BCoinReport>),
    /// It has `/get_chain` alone.
    Listing(ListingReport),
}

/// What a B-Coin peer says of itself. Nothing of it is checked, except that it fits itself.
#[derive(Clone, Debug)]
pub(in crate::peers) struct BCoinReport {
    pub(in crate::peers) network: TheirNetwork,
    /// The work of its chain, if it tells that.
    pub(in crate::peers) work: Option<Work>,
    pub(in crate::peers) name: Option<String>,
    pub(in crate::peers) node_address: Option<String>,
    pub(in crate::peers) miner: Option<String>,
    pub(in crate::peers) mining: Option<MiningJson>,
    pub(in crate::peers) last_mined: Option<MinedPoint>,
    /// Of the last block, if its header was read.
    pub(in crate::peers) last_block: Option<LastBlock>,
    pub(in crate::peers) trail: Trail,
}

impl BCoinReport {
    /// The end of its chain.
    pub(in crate::peers) fn tip(&self) -> PeerTip {
        PeerTip { length: self.trail.height(), hash: self.trail.hash(), bytes: None, work: self.work }
    }
}

/// What is told of the last block of a chain beside its place and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastBlock {
    /// When it was made, by its miner's clock; any text, shortened.
    pub timestamp: String,
    /// How many transactions it holds.
    pub transactions: u64,
}

impl LastBlock {
    /// How many characters of a block's time are kept: those of the printed form, and some more.
    const MAX_TIMESTAMP: usize = 40;

    pub(in crate::peers) fn new(timestamp: &str, transactions: u64) -> Self {
        Self { timestamp: timestamp.chars().take(Self::MAX_TIMESTAMP).collect(), transactions }
    }

    /// Of a block that tells its time in Unix seconds, which is shown in the local time of this machine.
    pub(in crate::peers) fn at(seconds: i64, transactions: u64) -> Self {
        let time = DateTime::from_timestamp(seconds, 0).unwrap_or_default().with_timezone(&Local);
        Self { timestamp: time.format("%Y-%m-%d %H:%M:%S").to_string(), transactions }
    }
}

/// What is known of a node of the listing. Its chain is read when it is short, and otherwise only when it is fetched anyway.
#[derive(Clone, Debug, Default)]
pub(in crate::peers) struct ListingReport {
    /// How many bytes its answer to `/get_chain` has.
    pub(in crate::peers) body_bytes: Option<u64>,
    /// The end of its chain, when the answer had that many bytes.
    pub(in crate::peers) trail: Option<Trail>,
}

/// The hashes of the last blocks of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::peers) struct Trail {
    /// The same for a chain and for what it has grown to; another one after any other change.
    chain: u64,
    height: u64,
    /// The last one is that of the tip. Never empty.
    hashes: VecDeque<BlockHash>,
}

impl Trail {
    /// A chain of which only the last block is known. `height` is at least 1.
    pub(in crate::peers) fn new(height: u64, hash: BlockHash) -> Self {
        static CHAINS: AtomicU64 = AtomicU64::new(0);
        Self { chain: CHAINS.fetch_add(1, Ordering::Relaxed), height, hashes: [hash].into() }
    }

    /// The next block.
    pub(in crate::peers) fn push(&mut self, hash: BlockHash) {
        self.height += 1;
        self.hashes.push_back(hash);
        if self.hashes.len() > TRAIL_BLOCKS {
            self.hashes.pop_front();
        }
    }

    /// Names the chain: equal for two states of it only if one has grown to the other.
    pub(in crate::peers) fn chain(&self) -> u64 {
        self.chain
    }

    /// Height of the last block.
    pub(in crate::peers) fn height(&self) -> u64 {
        self.height
    }

    /// Hash of the last block.
    pub(in crate::peers) fn hash(&self) -> BlockHash {
        self.hashes[self.hashes.len() - 1]
    }

    /// Whether all blocks are known, from the first one.
    pub(in crate::peers) fn is_whole(&self) -> bool {
        self.hashes.len() as u64 == self.height
    }

    /// Heights and hashes, from the last block down.
    pub(in crate::peers) fn newest_first(&self) -> impl Iterator<Item = (u64, BlockHash)> {
        (0..).map(|below| self.height - below).zip(self.hashes.iter().rev().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u64) -> BlockHash {
        BlockHash::sha256(number.to_string())
    }

    #[test]
    fn a_trail_keeps_the_last_blocks_of_a_chain_that_grows() {
        let mut trail = Trail::new(1, hash(1));
        assert!(trail.is_whole());
        for height in 2..=100 {
            trail.push(hash(height));
        }
        assert_eq!((trail.height(), trail.hash(), trail.is_whole()), (100, hash(100), false));
        let blocks: Vec<_> = trail.newest_first().collect();
        let expected: Vec<_> = (37..=100).rev().map(|height| (height, hash(height))).collect();
        assert_eq!(blocks, expected);
        assert_ne!(Trail::new(1, hash(1)).chain(), Trail::new(1, hash(1)).chain());
    }
}
