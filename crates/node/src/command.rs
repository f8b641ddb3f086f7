//! What a node can be asked, and what can come of it.

use std::{sync::Arc, time::Duration};

use bcoin_ledger::{BlockHash, Blockchain, Found, Rules, Tip};
use thiserror::Error;
use tokio::sync::oneshot;

use crate::{
    address::PeerAddress,
    candidate::Candidate,
    intake::SubmitOutcome,
    limits::MAX_PEERS,
    source::Source,
    store::{ReorganiseError, StoreError},
};

/// The node is stopping.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the node is stopping")]
pub struct Stopping;

/// A change could not be saved; nothing has changed then.
#[derive(Clone, Debug, Error)]
#[error("the node could not save this, so nothing was changed: {0}")]
pub struct SaveError(pub Arc<StoreError>);

/// Why a transaction does not wait.
#[derive(Clone, Debug, Error)]
pub enum AddTransactionError<E> {
    /// It may not.
    #[error(transparent)]
    Refused(E),
    /// It could not be saved, or not be judged.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The node is stopping.
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

/// Why addresses were not added.
#[derive(Clone, Debug, Error)]
pub enum AddPeersError {
    /// The addresses would make too many peers.
    #[error("a node knows at most {MAX_PEERS} other nodes; none of these addresses was added")]
    TooMany,
    /// They could not be saved.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The node is stopping.
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

/// Why an address was not removed.
#[derive(Clone, Debug, Error)]
pub enum RemovePeerError {
    /// That could not be saved.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The node is stopping.
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

/// Why no block was mined.
#[derive(Debug, Error)]
pub enum MineError<E> {
    /// The node does not know whom to pay.
    #[error("this node does not know who is paid for its blocks")]
    NoReceiver,
    /// The last block of the chain is ahead of this node's clock.
    #[error(
        "no block may follow the last one before {seconds} s have passed: its time is ahead of this clock, so set the clock or wait"
    )]
    ClockBehind {
        /// How many seconds it takes until a block may follow.
        seconds: i64,
    },
    /// The block that was made breaks a rule: a fault of this program.
    #[error("the node made a block that its own rules refuse: {0}")]
    Refused(E),
    /// The block could not be saved.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The node is stopping.
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

/// Why a better chain was not adopted.
#[derive(Debug, Error)]
pub enum AdoptError<E> {
    /// A block breaks a rule about accounts.
    #[error("block {height} is refused: {reason}")]
    Refused {
        /// The height of the block.
        height: u64,
        /// Its hash.
        hash: BlockHash,
        /// The rule.
        reason: Arc<E>,
    },
    /// The chain could not be saved.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The node is stopping.
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

/// Why a block was not put where it belongs.
#[derive(Clone, Debug, Error)]
pub(crate) enum PositionError<E> {
    /// It breaks a rule about accounts, or a block before it that is kept beside the chain does.
    #[error("block {height} is refused: {reason}")]
    Refused {
        /// The height of the block that breaks the rule.
        height: u64,
        /// Its hash.
        hash: BlockHash,
        /// The rule.
        reason: Arc<E>,
    },
    /// The block could not be saved, or it was not found where it belongs.
    #[error(transparent)]
    Save(#[from] SaveError),
}

/// Everyone who shared a round gets its error, whatever `E` is.
impl<E> Clone for AdoptError<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Refused { height, hash, reason } => {
                Self::Refused { height: *height, hash: *hash, reason: reason.clone() }
            }
            Self::Save(error) => Self::Save(error.clone()),
            Self::Stopping(stopping) => Self::Stopping(*stopping),
        }
    }
}

impl<E> From<ReorganiseError<E>> for PositionError<E> {
    fn from(error: ReorganiseError<E>) -> Self {
        match error {
            ReorganiseError::Refused { height, hash, reason } => Self::Refused { height, hash, reason: reason.into() },
            ReorganiseError::Store(error) => Self::Save(error.into()),
        }
    }
}

impl<E> From<ReorganiseError<E>> for MineError<E> {
    fn from(error: ReorganiseError<E>) -> Self {
        match error {
            ReorganiseError::Refused { reason, .. } => Self::Refused(reason),
            ReorganiseError::Store(error) => Self::Save(error.into()),
        }
    }
}

impl<E> From<ReorganiseError<E>> for AdoptError<E> {
    fn from(error: ReorganiseError<E>) -> Self {
        match error {
            ReorganiseError::Refused { height, hash, reason } => Self::Refused { height, hash, reason: reason.into() },
            ReorganiseError::Store(error) => Self::Save(error.into()),
        }
    }
}

impl From<StoreError> for SaveError {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

/// A block that was mined here.
#[derive(Clone, Debug)]
pub struct Mined<B> {
    /// The block.
    pub block: B,
    /// How many trials the search took.
    pub trials: u64,
    /// How long it took.
    pub took: Duration,
}

/// What became of a better chain that was offered. `S` and `T` are what is told of blocks and transactions.
#[derive(Clone, Debug)]
pub enum Adoption<S, T> {
    /// It is the node's chain now.
    Adopted {
        /// What was taken and what was disconnected for it.
        replacement: Arc<Replacement<S, T>>,
        /// How many transactions wait now.
        waiting: usize,
    },
    /// The node's own chain is as good by now, or no longer the one the offer was compared with.
    Outdated,
}

/// A chain that was replaced by a better one. `S` and `T` are what is told of blocks and transactions.
#[derive(Clone, Debug)]
pub struct Replacement<S, T> {
    /// The peer that had the better chain; none when it came from a file, or block by block.
    pub from: Option<PeerAddress>,
    /// Height of the last block that both chains have; 0 when they share none.
    pub fork: u64,
    /// The end of the chain now.
    pub tip: Tip,
    /// The blocks that were disconnected.
    pub stale: StaleBlocks<S>,
    /// The first 100 of the blocks that were connected in their place.
    pub connected: Vec<S>,
    /// The transactions that wait again.
    pub returned: Returned<T>,
    /// How many further transactions of the disconnected blocks may not wait and are gone.
    pub not_returned: usize,
}

/// The blocks that a replacement disconnected.
#[derive(Clone, Debug)]
pub struct StaleBlocks<S> {
    /// The number of the stale branch under which the chain that they end is kept; none when there are no such blocks, or more
    /// than are kept.
    pub branch: Option<u64>,
    /// How many there are.
    pub count: u64,
    /// The first 100 of them.
    pub first: Vec<S>,
}

/// The transactions that wait again because of a replacement.
#[derive(Clone, Debug)]
pub struct Returned<T> {
    /// How many there are.
    pub count: usize,
    /// The first 100 of them.
    pub first: Vec<T>,
}

/// Where an answer goes.
pub(crate) type Reply<T, E> = oneshot::Sender<Result<T, E>>;

/// Where the answer to a new transaction goes: the height of the block that may hold it.
pub(crate) type AddReply<E> = Reply<u64, AddTransactionError<E>>;

/// What looks at the state in memory.
pub(crate) type Inspection<R> = Box<dyn FnOnce(&Blockchain<R>) + Send>;

/// What the owner can be asked to do.
pub(crate) enum Command<R: Rules> {
    AddTransaction {
        transaction: R::Transaction,
        reply: AddReply<R::AdmitError>,
    },
    Control(Control),
    /// Reads the state in memory.
    Inspect(Inspection<R>),
    /// Puts a block that comes alone where it belongs.
    Place {
        block: Box<R::CheckedBlock>,
        source: Source,
        reply: Reply<SubmitOutcome, PositionError<R::BlockError>>,
    },
    Job {
        /// None when nobody is paid for blocks that are mined here.
        reply: oneshot::Sender<Option<R::Job>>,
    },
    Seal {
        solved: Solved<R::Job, R::Solution>,
        reply: Reply<Sealed<R::CheckedBlock>, MineError<R::BlockError>>,
    },
    Adopt {
        candidate: Box<Candidate<R>>,
        from: Option<PeerAddress>,
        reply: AdoptReply<R>,
    },
}

/// What the owner can be asked to do whatever the rules.
pub(crate) enum Control {
    AddPeers {
        addresses: Vec<PeerAddress>,
        reply: Reply<Arc<[PeerAddress]>, AddPeersError>,
    },
    RemovePeer {
        address: PeerAddress,
        reply: Reply<bool, RemovePeerError>,
    },
    Reopen {
        reply: oneshot::Sender<()>,
    },
    /// Tries to save again if the last attempt failed; answers why that fails.
    SaveAgain {
        reply: oneshot::Sender<Option<Arc<str>>>,
    },
}

/// What became of a better chain under these rules.
pub type AdoptionOf<R> = Adoption<<R as Rules>::Summary, <R as Rules>::Transaction>;

/// Where the answer to a better chain goes.
pub(crate) type AdoptReply<R> = Reply<AdoptionOf<R>, AdoptError<<R as Rules>::BlockError>>;

/// A job and its solution.
pub(crate) struct Solved<J, S> {
    pub(crate) job: J,
    pub(crate) found: Found<S>,
    pub(crate) took: Duration,
}

/// What became of a solution that the miner found.
pub(crate) enum Sealed<B> {
    /// It made a block.
    Block(Mined<B>),
    /// The chain has another tip by now, which asks for another search.
    Outdated,
}

/// Someone who wants the miner to mine a block.
pub(crate) type MineRequest<R> = Reply<Mined<<R as Rules>::CheckedBlock>, MineError<<R as Rules>::BlockError>>;
