//! What a better chain has replaced, and what came of asking for one.

use bcoin_ledger::sound::{BlockSummary, CheckedTransfer};
use bcoin_node::Replacement;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{blocks::HeaderJson, transactions::TransferJson};
use crate::wire::v1::{OfferJson, Point};

/// Stands for the number of a branch that is not kept; they are counted from 1.
const NOT_KEPT: u64 = 0;

/// The blocks that a replacement has disconnected.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GivenUpBlocks {
    /// Number under which they are kept: `bcoin export --given-up` reads it. 0 when they are not kept.
    pub number: u64,
    /// How many blocks were disconnected.
    pub count: u64,
    /// The first 100 of them.
    pub blocks: Vec<HeaderJson>,
}

/// The blocks that a replacement has connected.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConnectedBlocks {
    /// How many blocks were connected.
    pub count: u64,
    /// The first 100 of them.
    pub blocks: Vec<HeaderJson>,
}

/// The transfers that wait again because of a replacement.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Returned)]
pub struct ReturnedJson {
    /// How many.
    pub count: u64,
    /// The first 100 of them.
    pub transactions: Vec<TransferJson>,
}

/// A chain that was replaced by one with more work.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Replacement)]
pub struct ReplacementJson {
    /// The peer that had the better chain, where it came from one.
    pub from: Option<String>,
    /// Index of the last block that both chains have.
    pub fork: u64,
    /// How many blocks the chain has.
    pub length: u64,
    /// Hash of its last block.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub tip_hash: String,
    /// The blocks that were disconnected.
    pub given_up: GivenUpBlocks,
    /// The blocks that came in their place.
    pub connected: ConnectedBlocks,
    /// The transfers of disconnected blocks that wait again.
    pub returned: ReturnedJson,
    /// How many further transfers of disconnected blocks are neither in the chain nor wait.
    pub not_returned: u64,
}

impl From<&Replacement<BlockSummary, CheckedTransfer>> for ReplacementJson {
    fn from(replacement: &Replacement<BlockSummary, CheckedTransfer>) -> Self {
        let Replacement { from, fork, tip, stale, connected, returned, not_returned } = replacement;
        Self {
            from: from.as_ref().map(ToString::to_string),
            fork: *fork,
            length: tip.height,
            tip_hash: tip.hash.to_string(),
            given_up: GivenUpBlocks {
                number: stale.branch.unwrap_or(NOT_KEPT),
                count: stale.count,
                blocks: stale.first.iter().map(Into::into).collect(),
            },
            connected: ConnectedBlocks {
                count: tip.height.saturating_sub(*fork),
                blocks: connected.iter().map(Into::into).collect(),
            },
            returned: ReturnedJson {
                count: returned.count as u64,
                transactions: returned.first.iter().map(Into::into).collect(),
            },
            not_returned: *not_returned as u64,
        }
    }
}

/// What came of asking all peers for a better chain.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Round)]
pub struct RoundJson {
    /// Whether the chain was replaced.
    pub replaced: bool,
    /// How many blocks the chain has.
    pub length: u64,
    /// Its last block.
    pub tip: Point,
    /// What was given up, when the chain was replaced.
    pub replacement: Option<ReplacementJson>,
    /// What each peer offered, in the order they were added.
    pub offers: Vec<OfferJson>,
}
