//! The state of a node.

use bcoin_ledger::{Rules as _, chapter::Chapter};
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

/// What a machine may do on a node. Each includes the ones before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It may read.
    Read,
    /// It may also mine, pay, connect nodes and replace the chain.
    Use,
    /// It may do everything, the settings among it. A node of an earlier program grants this to everyone.
    #[default]
    All,
}

/// A node at a glance.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The node's address, which sends the rewards: 32 hexadecimal digits.
    pub node_address: String,
    /// Version of the program.
    pub version: String,
    /// The rules that the node follows: `chapter` or `sound`. A node of an earlier program follows those of the chapter.
    #[serde(default = "chapter")]
    pub rules: String,
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
    /// How the node is called.
    #[serde(default)]
    pub name: String,
    /// URLs by which other machines reach the node, the best first; none when it listens to this machine alone.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// What the machine that asks may do.
    #[serde(default)]
    pub access: Access,
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

/// The rules of a node that does not say which.
fn chapter() -> String {
    Chapter::NAME.to_owned()
}
