//! What nodes of each set of rules exchange over HTTP, and with whom.

mod chapter;
pub(super) mod sound;

use bcoin_ledger::{BlockHash, Rules};
use bcoin_node::{CandidateBuilder, NodeHandle};

use super::{
    chain_decoder::ChainError,
    error::{BrokenRule, PeerError},
    peer_status::PeerTip,
};
use super::{fetch::Fetch, own_network::OwnNetwork};

/// Rules under which nodes fetch chains from each other.
///
/// A piece of a chain is `{"chain": [block...], "length": n}` under all rules. What a block is in it, and what is asked before
/// blocks are, is said here.
pub trait Exchange: Rules {
    /// How many bytes the text of a block may have.
    const MAX_BLOCK_TEXT: u64;
    /// Whether a node that has the printed routes alone can be a peer.
    const MEETS_LISTINGS: bool;
    /// Whether blocks have different work, so that a chain's is told beside its length.
    const TELLS_WORK: bool;

    /// The network that a node under these rules belongs to.
    fn own_network(&self) -> OwnNetwork;

    /// Reads a block from its JSON.
    ///
    /// # Errors
    /// When it is no block.
    fn read_block(&self, json: &str) -> Result<Self::Block, BrokenRule>;

    /// Adds the next block to a chain that came from elsewhere. Rules under which invalid blocks are remembered tell `node` of one.
    ///
    /// # Errors
    /// When the block breaks a rule or a limit, or could not be kept.
    fn take(
        &self,
        builder: &mut CandidateBuilder<Self>,
        block: Self::Block,
        _node: Option<&NodeHandle<Self>>,
    ) -> Result<(), ChainError> {
        builder.push(block).map_err(ChainError::from_candidate)
    }

    /// Lets `node` remember a block that was refused when its chain was adopted, under rules under which invalid blocks are
    /// remembered.
    fn note_refusal(_node: &NodeHandle<Self>, _hash: BlockHash, _error: &Self::BlockError) {}

    /// Up to where the blocks of a peer's chain are worth fetching, whose last common block has the height `common`.
    fn goal(
        fetch: &Fetch<'_, Self>,
        theirs: PeerTip,
        common: u64,
    ) -> impl Future<Output = Result<Goal, PeerError>> + Send;
}

/// Up to where the blocks of a peer's chain are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To its end, which has at least this height.
    End(u64),
    /// To this block, whose header was judged.
    Block {
        /// Its height.
        height: u64,
        /// Its hash.
        hash: BlockHash,
    },
    /// They are not: what its headers show is no more work than that of the own chain.
    Nothing {
        /// How many blocks were looked at.
        height: u64,
        /// Whether the next header is ahead of the clock, so that it may be another matter later.
        is_early: bool,
    },
}
