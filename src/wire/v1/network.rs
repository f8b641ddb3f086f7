//! The network as one node sees it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    mining::MiningJson,
    peers::{MinedPoint, PeerKindJson, Point, RelationJson},
};

/// Whether a node of the network answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NodeState)]
pub enum NodeStateJson {
    /// It is the node that is asked.
    Here,
    /// It answers.
    Answers,
    /// It does not answer, or not as a node does. What is told of it is what it said the last time.
    Fails,
    /// It was not asked yet.
    Unasked,
}

/// A node of the network. What is not known of it is null.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkNode)]
pub struct NetworkNodeJson {
    /// Its address; null for the node that is asked.
    pub address: Option<String>,
    /// How it is called.
    pub name: Option<String>,
    /// Whether it answers.
    pub state: NodeStateJson,
    /// Which program it is.
    pub kind: Option<PeerKindJson>,
    /// The sender of the rewards for the blocks that it mines.
    pub node_address: Option<String>,
    /// The receiver of these rewards.
    pub miner: Option<String>,
    /// When it mines by itself.
    pub mining: Option<MiningJson>,
    /// How many blocks its chain has.
    pub length: Option<u64>,
    /// Hash of its last block.
    pub tip_hash: Option<String>,
    /// The work of its chain, 64 hexadecimal digits: of two chains that part, a node takes the one with more of it. Only under rules
    /// whose blocks have different work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    /// When its last block was made, by the clock of its miner: the first 40 characters of that text.
    pub timestamp: Option<String>,
    /// How many transactions its last block holds, the reward among them.
    pub transactions: Option<u64>,
    /// The last block that it mined since it was started.
    pub last_mined: Option<MinedPoint>,
    /// How its chain stands to that of the node that is asked.
    pub relation: Option<RelationJson>,
    /// The last block that both chains have.
    pub common: Option<Point>,
    /// The branch on which its last block lies, as a place in `branches`, from 0.
    pub branch: Option<usize>,
    /// Why it fails, as a word that does not change.
    pub error_code: Option<String>,
    /// When it answered last, if it fails.
    pub seen_at: Option<DateTime<Utc>>,
}

/// A part of the tree of blocks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Branch)]
pub struct BranchJson {
    /// The branch from which it parts, as a place in `branches`, from 0; null when it has a first block of its own.
    pub parent: Option<usize>,
    /// Index of the last block that it shares with its parent; 0 without a parent.
    pub fork: u64,
    /// Index of its last block.
    pub length: u64,
    /// Hash of its last block.
    pub tip_hash: String,
}

/// All nodes in one tree of blocks. The first branch is the chain of the node that is asked. A branch may begin where its parent ends.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Network)]
pub struct NetworkJson {
    /// The node that is asked, then its peers in the order they were added.
    pub nodes: Vec<NetworkNodeJson>,
    /// The tree.
    pub branches: Vec<BranchJson>,
}
