//! What everyone but the owner sees of a node.

use std::sync::Arc;

use bcoin_ledger::Tip;
use chrono::{DateTime, Utc};

use crate::{address::PeerAddress, store::Reader};

/// The state of a node after its latest change; it is on disk already. Never changes: the next change makes another one.
#[derive(Clone)]
pub struct View {
    /// The end of the chain.
    pub tip: Tip,
    /// The target of its last block in Bitcoin's compact form; 0 where blocks have no targets.
    pub bits: u32,
    /// How many bytes the encodings of the chain's blocks have together.
    pub chain_bytes: u64,
    /// How many transactions wait.
    pub waiting: usize,
    /// How many bytes their encodings have together.
    pub waiting_bytes: usize,
    /// How many groups of transactions have entered the mempool since the node was started.
    pub mempool_changes: u64,
    /// The last block that the node has mined since it was started, and when.
    pub last_mined: Option<(Tip, DateTime<Utc>)>,
    /// The peers, in the order they were added.
    pub peers: Arc<[PeerAddress]>,
    /// Where the blocks are read.
    pub reader: Reader,
}
