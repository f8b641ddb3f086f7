//! The state of a node.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    mining::MiningJson,
    peers::{MinedPoint, Point},
};

/// Where a node keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataKind {
    /// In a folder; it survives the node.
    Folder,
    /// In memory; it is gone when the node stops.
    Memory,
}

/// A node at a glance.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The node's address, which sends the rewards: 32 hexadecimal digits.
    pub node_address: String,
    /// Version of the program.
    pub version: String,
    /// Who receives the rewards.
    pub miner: String,
    /// How many blocks the chain has.
    pub length: u64,
    /// The last block.
    pub tip: Point,
    /// How many bytes the canonical texts of the blocks have together.
    #[serde(default)]
    pub chain_bytes: u64,
    /// How many payments wait.
    pub pending: usize,
    /// How many other nodes are known.
    pub peers: usize,
    /// Where the data is kept.
    pub data: DataKind,
    /// When the node started.
    pub started_at: DateTime<Utc>,
    /// How long it has been running.
    pub uptime_seconds: f64,
    /// Whether and when it mines by itself.
    pub mining: MiningJson,
    /// The last block that it has mined since it was started.
    #[serde(default)]
    pub last_mined: Option<MinedPoint>,
    /// Id of the latest event: `/events` resumes after it.
    pub last_event: String,
}
