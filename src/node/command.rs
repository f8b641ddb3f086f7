//! What a node can be asked, and what can come of it.

use std::{sync::Arc, time::Duration};

use thiserror::Error;
use tokio::sync::oneshot;

use super::{MOST_PEERS, candidate::Candidate};
use crate::{
    ledger::{BlockHash, CheckedBlock, PendingFull, Transaction},
    store::StoreError,
    wire::{PeerAddress, v1::Replacement},
};

/// Why a node did not do what it was asked; nothing has changed then.
#[derive(Clone, Debug, Error)]
pub enum NodeError {
    /// As many payments wait as may wait.
    #[error(transparent)]
    PendingFull(#[from] PendingFull),
    /// The addresses would make too many peers.
    #[error("a node knows at most {MOST_PEERS} other nodes; none of these addresses was added")]
    TooManyPeers,
    /// The change could not be saved.
    #[error("the node could not save this, so nothing was changed: {0}")]
    Store(Arc<StoreError>),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

/// A block that was mined here.
#[derive(Clone, Debug)]
pub struct Mined {
    /// The block.
    pub block: CheckedBlock,
    /// How many candidates were tried: all up to the proof.
    pub tries: u64,
    /// How long the search took.
    pub took: Duration,
}

/// What became of a longer chain that was offered.
#[derive(Clone, Debug)]
pub enum Adoption {
    /// It is the node's chain now.
    Adopted {
        /// What was taken and what was given up for it.
        replacement: Box<Replacement>,
        /// How many payments wait now.
        waiting: usize,
    },
    /// The node's own chain is as long by now, or no longer the one the offer was compared with.
    Outdated,
}

/// Where an answer goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, NodeError>>;

/// What the owner can be asked to do.
pub(super) enum Command {
    AddTransaction { transaction: Transaction, reply: Reply<u64> },
    AddPeers { addresses: Vec<PeerAddress>, reply: Reply<Arc<[PeerAddress]>> },
    RemovePeer { address: PeerAddress, reply: Reply<bool> },
    Seal { parent: BlockHash, proof: u64, took: Duration, reward: Transaction, reply: Reply<Sealed> },
    Adopt { candidate: Candidate, from: Option<PeerAddress>, reply: Reply<Adoption> },
    Restore { reply: Reply<()> },
}

/// What became of a proof that the miner found.
pub(super) enum Sealed {
    /// It made a block.
    Block(Mined),
    /// The chain has another tip by now, which sets another puzzle.
    Outdated,
}

/// Someone who wants the miner to mine a block.
pub(super) type MineRequest = Reply<Mined>;
