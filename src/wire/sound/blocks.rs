//! Blocks, their headers, and what becomes of blocks that are sent.

use bcoin_ledger::{
    CheckedBlock as _,
    sound::{BlockSummary, CheckedBlock, Header},
};
use bcoin_node::{SubmitOutcome, Submitted};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::transactions::{TransactionJson, receiver};

/// A block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Block)]
pub struct BlockJson {
    /// Place in the chain, from 1.
    #[schema(minimum = 1)]
    pub index: u64,
    /// Hash of the header.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub hash: String,
    /// Hash of the block before; zeros in the first block.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub previous_hash: String,
    /// Root of the Merkle tree over the ids of the transactions.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub merkle_root: String,
    /// When the block was made, by its miner's clock: Unix time in seconds, as it is hashed.
    pub timestamp: u32,
    /// The target that the hash meets, in Bitcoin's compact form.
    #[schema(pattern = "^[0-9a-f]{8}$")]
    pub bits: String,
    /// The nonce that the miner has found.
    pub proof: u32,
    /// Any number; this program writes 536870912.
    pub version: i32,
    /// The reward, then the transfers.
    #[schema(min_items = 1)]
    pub transactions: Vec<TransactionJson>,
}

/// A block with the question whether the chain has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundBlock {
    /// The block.
    #[serde(flatten)]
    pub block: BlockJson,
    /// Whether the chain has it; otherwise it stands on a branch beside the chain.
    pub active: bool,
}

/// What a block is without its transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Header)]
pub struct HeaderJson {
    /// Place in the chain, from 1.
    #[schema(minimum = 1)]
    pub index: u64,
    /// Hash of the header.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub hash: String,
    /// Hash of the block before; zeros in the first block.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub previous_hash: String,
    /// Root of the Merkle tree over the ids of the transactions.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub merkle_root: String,
    /// When the block was made, by its miner's clock: Unix time in seconds, as it is hashed.
    pub timestamp: u32,
    /// The target that the hash meets, in Bitcoin's compact form.
    #[schema(pattern = "^[0-9a-f]{8}$")]
    pub bits: String,
    /// The nonce that the miner has found.
    pub proof: u32,
    /// Any number; this program writes 536870912.
    pub version: i32,
    /// How many transactions the block holds, the reward among them.
    #[schema(minimum = 1)]
    pub transactions: usize,
    /// How many bytes its encoding has.
    #[schema(minimum = 166, maximum = 1_000_000)]
    pub bytes: usize,
    /// How many units the miner gets.
    #[schema(maximum = 2_100_000_000_000_000_u64)]
    pub reward: u64,
    /// Address of who gets them; null in the first block.
    #[schema(pattern = "^bco1[02-9ac-hj-np-z]{59}$")]
    pub receiver: Option<String>,
    /// The work of all blocks up to this one.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub work: String,
}

impl From<&CheckedBlock> for BlockJson {
    fn from(block: &CheckedBlock) -> Self {
        let Header { version, previous, merkle_root, time, bits, nonce } = *block.header().header();
        let reward = std::iter::once(block.coinbase().into());
        Self {
            index: block.tip().height,
            hash: block.tip().hash.to_string(),
            previous_hash: previous.to_string(),
            merkle_root: merkle_root.to_string(),
            timestamp: time,
            bits: bits.to_string(),
            proof: nonce,
            version,
            transactions: reward.chain(block.transfers().iter().map(Into::into)).collect(),
        }
    }
}

impl From<&BlockSummary> for HeaderJson {
    fn from(summary: &BlockSummary) -> Self {
        let Header { version, previous, merkle_root, time, bits, nonce } = summary.header;
        Self {
            index: summary.index,
            hash: summary.hash.to_string(),
            previous_hash: previous.to_string(),
            merkle_root: merkle_root.to_string(),
            timestamp: time,
            bits: bits.to_string(),
            proof: nonce,
            version,
            transactions: summary.transactions,
            bytes: summary.bytes,
            reward: summary.reward.units(),
            receiver: receiver(summary.receiver),
            work: summary.work.to_string(),
        }
    }
}

/// A page of the chain.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Blocks {
    /// The blocks, by rising index.
    #[schema(value_type = Vec<BlockJson>)]
    pub blocks: Vec<Box<RawValue>>,
    /// How many blocks the chain has.
    pub length: u64,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A page of headers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Headers {
    /// The headers, by rising index.
    pub headers: Vec<HeaderJson>,
    /// How many blocks the chain has.
    pub length: u64,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A block that was mined on request.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Mined)]
pub struct MinedJson {
    /// The block.
    pub block: BlockJson,
    /// How many headers were hashed until the proof was found.
    pub tries: u64,
    /// How long the search took, in milliseconds.
    pub took_ms: f64,
}

/// An encoding in hexadecimal digits: of a block, or of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Raw)]
pub struct RawJson {
    /// All bytes of it.
    #[schema(pattern = "^([0-9a-f]{2})+$")]
    pub raw: String,
}

/// The header of a block as it is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RawHeader)]
pub struct RawHeaderJson {
    /// Its 80 bytes.
    #[schema(pattern = "^[0-9a-f]{160}$")]
    pub header: String,
}

/// The schema of a piece of the chain, which is written from the stored encodings.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChainPiece {
    /// The encodings of the blocks in hexadecimal digits, by rising index.
    pub chain: Vec<String>,
    /// How many blocks the piece has.
    pub length: u64,
}

/// How many headers a piece of the chain's headers has at most.
pub const MAX_HEADERS: usize = 10_000;

/// The schema of a piece of the chain's headers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HeaderPiece {
    /// The 80 bytes of each header in hexadecimal digits, by rising index.
    pub headers: Vec<String>,
    /// How many headers the piece has.
    pub length: u64,
}

/// What becomes of a block that breaks no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Outcome)]
pub enum OutcomeJson {
    /// It is the last block of the chain now.
    Connected,
    /// It ends a branch that has more work, which is the chain now.
    Reorganised,
    /// It is on a branch that is kept.
    Branch,
    /// It is on a branch that has so much less work that its blocks are not kept.
    TooLittleWork,
    /// It was here before.
    Known,
    /// It is kept aside: its parent is not here.
    Orphan,
    /// It is kept aside: its time is ahead of this node's clock.
    Early,
    /// Its parent is not here, or its time too far ahead, and there is no place to keep it.
    NotKept,
}

impl From<SubmitOutcome> for OutcomeJson {
    fn from(outcome: SubmitOutcome) -> Self {
        match outcome {
            SubmitOutcome::Connected => Self::Connected,
            SubmitOutcome::Reorganised => Self::Reorganised,
            SubmitOutcome::Branch => Self::Branch,
            SubmitOutcome::TooLittleWork => Self::TooLittleWork,
            SubmitOutcome::Known => Self::Known,
            SubmitOutcome::Orphan => Self::Orphan,
            SubmitOutcome::Early => Self::Early,
            SubmitOutcome::NotKept => Self::NotKept,
        }
    }
}

/// What became of a block that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Submitted)]
pub struct SubmittedJson {
    /// What became of it.
    pub outcome: OutcomeJson,
    /// Its place in its chain, from 1; null where that is not known.
    #[schema(minimum = 1)]
    pub index: Option<u64>,
    /// Its hash.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub hash: String,
}

impl From<&Submitted> for SubmittedJson {
    fn from(submitted: &Submitted) -> Self {
        Self { outcome: submitted.outcome.into(), index: submitted.height, hash: submitted.hash.to_string() }
    }
}
