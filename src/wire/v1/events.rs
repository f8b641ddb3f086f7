//! The data of events, one line of JSON each.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    chain::{HeaderJson, TransactionJson},
    mining::MiningJson,
    peers::ReplacementJson,
};

/// The names of the events.
pub mod event {
    /// [`BlockEvent`](super::BlockEvent)
    pub const BLOCK: &str = "block";
    /// [`PaymentEvent`](super::PaymentEvent)
    pub const PAYMENT: &str = "payment";
    /// What waits no more; under the sound rules only.
    pub const LEFT: &str = "left";
    /// [`ReplacementEvent`](super::ReplacementEvent)
    pub const REPLACEMENT: &str = "replacement";
    /// [`PeersEvent`](super::PeersEvent)
    pub const PEERS: &str = "peers";
    /// [`MiningEvent`](super::MiningEvent)
    pub const MINING: &str = "mining";
    /// [`BeyondLimitEvent`](super::BeyondLimitEvent)
    pub const BEYOND_LIMIT: &str = "beyond_limit";
    /// [`NetworkJson`](super::super::NetworkJson); sent only when it is asked for.
    pub const NETWORK: &str = "network";
    /// [`ResetEvent`](super::ResetEvent)
    pub const RESET: &str = "reset";
}

/// A block was mined here.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BlockEvent {
    /// The block.
    pub header: HeaderJson,
    /// How many candidates were tried.
    pub tries: u64,
    /// How long the search took, in milliseconds.
    pub took_ms: f64,
    /// When.
    pub time: DateTime<Utc>,
}

/// A payment waits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaymentEvent {
    /// The payment.
    pub transaction: TransactionJson,
    /// Index of the block that will hold it.
    pub block: u64,
    /// How many payments wait with it.
    pub pending: usize,
    /// When.
    pub time: DateTime<Utc>,
}

/// The chain was replaced by a longer one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReplacementEvent {
    /// What was taken and what was given up.
    pub replacement: ReplacementJson,
    /// How many payments wait now.
    pub pending: usize,
    /// When.
    pub time: DateTime<Utc>,
}

/// Peers were added or removed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PeersEvent {
    /// Addresses that were added.
    pub added: Vec<String>,
    /// Addresses that were removed.
    pub removed: Vec<String>,
    /// How many are known now.
    pub peers: usize,
    /// When.
    pub time: DateTime<Utc>,
}

/// The node mines by itself in another way than before.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MiningEvent {
    /// The way.
    pub mining: MiningJson,
    /// When.
    pub time: DateTime<Utc>,
}

/// A peer's chain is longer, or may be, but is not taken because of a limit.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BeyondLimitEvent {
    /// The peer.
    pub peer: String,
    /// How many blocks its chain has, if that is known.
    pub length: Option<u64>,
    /// The limit: `max-chain`, `max-block` or `temporary-files`.
    pub limit: String,
    /// A sentence about it.
    pub reason: String,
    /// When.
    pub time: DateTime<Utc>,
}

/// Events between the one that was asked for and this one are not kept: read the status again.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResetEvent {
    /// When.
    pub time: DateTime<Utc>,
}
