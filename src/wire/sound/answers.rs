//! The answers of the six routes, one line of JSON each, and their shapes for the OpenAPI document.

use serde::Serialize;
use utoipa::ToSchema;

use super::blocks::BlockJson;

/// The answer to `/mine_block`: the message, then the fields of the block, which the node has added to its chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct MinedAnswer {
    /// A text of the chapter.
    pub message: &'static str,
    /// The block.
    #[serde(flatten)]
    pub block: BlockJson,
}

/// The answer to `/add_transaction`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedAnswer {
    /// A text of the chapter.
    pub message: String,
    /// The id of the transfer.
    pub id: String,
}

/// The answer to `/get_chain`, which is written block by block.
#[derive(Debug, ToSchema)]
pub struct ChainAnswer {
    /// All blocks.
    #[schema(min_items = 1)]
    pub chain: Vec<BlockJson>,
    /// How many blocks the chain has.
    #[schema(minimum = 1)]
    pub length: u64,
}

/// The answer to `/replace_chain`, which is written block by block.
#[derive(Debug, ToSchema)]
pub struct ReplacedAnswer {
    /// A text of the chapter: whether the chain was replaced.
    pub message: String,
    /// All blocks of the chain as it is now.
    #[schema(min_items = 1)]
    pub new_chain: Vec<BlockJson>,
}
