//! What a node can be asked, and what can come of it.

use std::sync::Arc;

use thiserror::Error;
use tokio::sync::oneshot;

use super::{MOST_PEERS, candidate::Candidate};
use crate::{
    ledger::{BlockHash, CheckedBlock, PendingFull, Transaction},
    store::StoreError,
    wire::PeerAddress,
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

/// What became of a longer chain that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// It is the node's chain now.
    Adopted {
        /// How many blocks were given up.
        given_up: u64,
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
    Seal { parent: BlockHash, proof: u64, reward: Transaction, reply: Reply<Sealed> },
    Adopt { candidate: Candidate, reply: Reply<Adoption> },
    Restore { reply: Reply<()> },
}

/// What became of a proof that the miner found.
pub(super) enum Sealed {
    /// It made a block.
    Block(CheckedBlock),
    /// The chain has another tip by now, which sets another puzzle.
    Outdated,
}

/// Someone who wants the miner to mine a block.
pub(super) type MineRequest = Reply<CheckedBlock>;
