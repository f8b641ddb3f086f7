//! The printed rules: a block's JSON is the block, and any node that has `/get_chain` can be a peer.

use bcoin_ledger::chapter::{Block, BlockSummary, Chapter};

use super::{Exchange, Fetch, Goal, OwnNetwork};
use crate::peers::{
    error::{BrokenRule, PeerError},
    observer::LastBlock,
    peer_status::PeerTip,
};

impl Exchange for Chapter {
    // Twice what an encoding may have, since others may put blanks between the members.
    const MAX_BLOCK_TEXT: u64 = 64 << 20;
    const MEETS_LISTINGS: bool = true;
    const TELLS_WORK: bool = false;

    fn own_network(&self) -> OwnNetwork {
        OwnNetwork::of(self, None, read_last_block)
    }

    fn read_block(&self, json: &str) -> Result<Block, BrokenRule> {
        Block::from_json(json).map_err(BrokenRule::new)
    }

    /// Work is a chain's length, and headers show no more than the blocks.
    async fn goal(_: &Fetch<'_, Self>, theirs: PeerTip, _: u64) -> Result<Goal, PeerError> {
        Ok(Goal::End(theirs.length))
    }
}

fn read_last_block(encoding: &[u8]) -> Result<LastBlock, BrokenRule> {
    let text = std::str::from_utf8(encoding).map_err(BrokenRule::new)?;
    let BlockSummary { timestamp, transactions, .. } = BlockSummary::from_canonical(text).map_err(BrokenRule::new)?;
    Ok(LastBlock::new(&timestamp, transactions as u64))
}
