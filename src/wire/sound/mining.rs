//! Templates: what an outside miner searches for.

use bcoin_ledger::{
    Tip,
    sound::{Block, Template, search::HeaderSource as _},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who is to be paid for a block.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TemplateRequest {
    /// The address.
    #[schema(pattern = "^bco1[02-9ac-hj-np-z]{59}$")]
    pub receiver: String,
}

/// A whole block but for its nonce. Whoever finds a nonce with which the hash of the header, as a number whose first byte is the
/// lowest, is at most the target, writes it into the last four bytes of the header, lowest byte first, and submits the block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Template)]
pub struct TemplateJson {
    /// The encoding of the block with nonce 0.
    #[schema(pattern = "^([0-9a-f]{2})+$")]
    pub raw: String,
    /// The 80 bytes of its header, with which the encoding begins.
    #[schema(pattern = "^[0-9a-f]{160}$")]
    pub header: String,
    /// The largest number that the hash may be.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub target: String,
    /// The target in Bitcoin's compact form, as in the header.
    #[schema(pattern = "^[0-9a-f]{8}$")]
    pub bits: String,
    /// Place that the block will have in the chain.
    #[schema(minimum = 2)]
    pub index: u64,
    /// How many units the receiver gets.
    #[schema(maximum = 2_100_000_000_000_000_u64)]
    pub reward: u64,
    /// Hash of the block before: when the chain has another last block, a new template is needed.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub previous_hash: String,
    /// How many transactions the block holds, the reward among them.
    #[schema(minimum = 1)]
    pub transactions: usize,
}

impl From<&Template> for TemplateJson {
    fn from(template: &Template) -> Self {
        let block: Block = template.unsolved();
        let parent: &Tip = template.as_ref();
        Self {
            raw: hex::encode(block.encode()),
            header: hex::encode(block.header.encode()),
            target: template.target().to_string(),
            bits: block.header.bits.to_string(),
            index: parent.height + 1,
            reward: template.reward().units(),
            previous_hash: parent.hash.to_string(),
            transactions: block.transactions.len(),
        }
    }
}
