//! The data of the events that tell of blocks and transfers, one line of JSON each. The others are those of `v1`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    blocks::HeaderJson,
    replacements::ReplacementJson,
    transactions::{DepartureJson, TransferJson},
};

/// The names of the events that only these rules have.
pub mod event {
    /// [`TransactionEvent`](super::TransactionEvent)
    pub const TRANSACTION: &str = "transaction";
    /// [`LeftEvent`](super::LeftEvent)
    pub const LEFT: &str = "left";
}

/// A block follows the chain: it was mined here, or came from elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BlockEvent {
    /// The block.
    pub header: HeaderJson,
    /// Whether this node has mined it.
    pub mined_here: bool,
    /// How many headers were hashed until the proof was found; null when it was not mined here.
    pub tries: Option<u64>,
    /// How long the search took, in milliseconds; null when it was not mined here.
    pub took_ms: Option<f64>,
    /// How many transfers wait now; null when it was mined here.
    pub pending: Option<usize>,
    /// When.
    pub time: DateTime<Utc>,
}

/// A transfer waits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TransactionEvent {
    /// The transfer.
    pub transaction: TransferJson,
    /// Index of the next block, which may hold it.
    pub block: u64,
    /// How many transfers wait with it.
    pub pending: usize,
    /// When.
    pub time: DateTime<Utc>,
}

/// Transfers wait no more, although no block of the chain holds them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LeftEvent {
    /// Why.
    pub why: DepartureJson,
    /// The ids of the transfers, at most 100.
    pub ids: Vec<String>,
    /// When.
    pub time: DateTime<Utc>,
}

/// The chain was replaced by one with more work.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReplacementEvent {
    /// What was connected and what was disconnected.
    pub replacement: ReplacementJson,
    /// How many transfers wait now.
    pub pending: usize,
    /// When.
    pub time: DateTime<Utc>,
}
