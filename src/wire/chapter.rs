//! The shapes of what the six routes answer, for the OpenAPI document. The texts themselves are written in [`super::answers`].

use utoipa::ToSchema;

use super::v1::{PlainBlock, TransactionJson};

/// The answer to `/is_valid` and to `/add_transaction`.
#[derive(Debug, ToSchema)]
#[schema(as = ChapterMessage)]
pub struct MessageShape {
    /// A text of the chapter.
    pub message: String,
}

/// The answer to `/mine_block`: the block, which the node has added to its chain.
#[derive(Debug, ToSchema)]
#[schema(as = ChapterMined)]
pub struct MinedShape {
    /// A text of the chapter.
    pub message: String,
    /// Place in the chain, from 1.
    #[schema(minimum = 1)]
    pub index: u64,
    /// Hash of the block before.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub previous_hash: String,
    /// Solution of the puzzle.
    #[schema(minimum = 1)]
    pub proof: u64,
    /// When the block was made: the node's local time, as Python writes it.
    pub timestamp: String,
    /// Payments in the order they arrived, the miner's reward last.
    #[schema(min_items = 1)]
    pub transactions: Vec<TransactionJson>,
}

/// The answer to `/connect_node`.
#[derive(Debug, ToSchema)]
#[schema(as = ChapterConnected)]
pub struct ConnectedShape {
    /// A text of the chapter.
    pub message: String,
    /// All addresses that the node knows, in the order in which they were added.
    pub total_nodes: Vec<String>,
}

/// The answer to `/get_chain`.
#[derive(Debug, ToSchema)]
#[schema(as = ChapterChain)]
pub struct ChainShape {
    /// All blocks.
    #[schema(min_items = 1)]
    pub chain: Vec<PlainBlock>,
    /// How many blocks the chain has.
    #[schema(minimum = 1)]
    pub length: u64,
}

/// The answer to `/replace_chain`.
#[derive(Debug, ToSchema)]
#[schema(as = ChapterReplaced)]
pub struct ReplacedShape {
    /// A text of the chapter: whether the chain was replaced.
    pub message: String,
    /// All blocks of the chain as it is now.
    #[schema(min_items = 1)]
    pub new_chain: Vec<PlainBlock>,
}
