//! The state of a node.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::v1::Status;

/// What waits for a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Mempool)]
pub struct MempoolJson {
    /// How many transfers wait.
    pub count: usize,
    /// How many bytes their encodings have together.
    pub bytes: usize,
}

/// A node at a glance.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SoundStatus {
    /// What every node tells.
    #[serde(flatten)]
    pub status: Status,
    /// How the difficulty of the network follows its power: `classroom` or `instant`.
    pub profile: String,
    /// The name of the network.
    pub room: String,
    /// Hash of the network's first block.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub genesis: String,
    /// The work of all blocks of the chain.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub work: String,
    /// The target of the last block in compact form.
    #[schema(pattern = "^[0-9a-f]{8}$")]
    pub bits: String,
    /// What waits for a block.
    pub mempool: MempoolJson,
}
