//! What nodes say of blocks that are shown to them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Blocks to be judged.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownBlocks {
    /// Blocks that follow one another. The first is a first block, or follows a block of the node that judges. What is no block is
    /// refused in the answer.
    #[schema(value_type = Vec<Value>, min_items = 1)]
    pub blocks: Vec<Box<RawValue>>,
}

/// Whether a node would take a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Verdict)]
pub enum VerdictJson {
    /// A block breaks a rule.
    Refused,
    /// The blocks are valid, but the chain would not be longer than the one of the node that judges.
    NotLonger,
    /// The blocks are valid, and the chain would be longer.
    Longer,
}

/// Why a block is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Refusal)]
pub enum RefusalJson {
    /// The first block follows no block of the node that judges.
    UnknownParent,
    /// It is no block.
    Shape,
    /// It is no first block.
    Genesis,
    /// Its index is not the next one.
    Index,
    /// It does not name the hash of the block before.
    Link,
    /// Its proof does not solve the puzzle.
    Proof,
}

/// What a node says of blocks that were shown to it. Nothing changes by that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Judgement)]
pub struct JudgementJson {
    /// Whether it would take the chain.
    pub verdict: VerdictJson,
    /// Index of the block that is refused.
    pub block: Option<u64>,
    /// Why it is refused.
    pub code: Option<RefusalJson>,
    /// The same as a sentence.
    pub reason: String,
    /// How many blocks the chain would have; null when a block is refused.
    pub length: Option<u64>,
    /// How many blocks the chain of the node that judges has.
    pub own_length: u64,
}

/// What a node of the network says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = PeerJudgement)]
pub struct PeerJudgementJson {
    /// Its address; null for the node that is asked.
    pub address: Option<String>,
    /// How it is called.
    pub name: Option<String>,
    /// What it says; null when it cannot be asked.
    pub judgement: Option<JudgementJson>,
    /// Why it cannot be asked, as a word that does not change. `listing` is a node of the listing, or of an earlier program.
    pub error_code: Option<String>,
}

/// What the node that is asked and all its peers say.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Judgements)]
pub struct JudgementsJson {
    /// The node that is asked first, then its peers in the order they were added.
    pub judgements: Vec<PeerJudgementJson>,
}
