//! What can happen in a node.

use std::{sync::Arc, time::Duration};

use bcoin_ledger::{Departure, Rules, Size};
use chrono::{DateTime, Utc};

use crate::{address::PeerAddress, command::Replacement, limits::ChainLimit, mining_mode::MiningMode, source::Source};

/// What an event takes beside the texts in it, in bytes, about.
const EVENT_BYTES: usize = 512;

/// What happened. `S` and `T` are what is told of blocks and transactions.
#[derive(Clone, Debug)]
pub enum Event<S, T> {
    /// A block was mined here.
    Mined {
        /// The block without its transactions.
        block: S,
        /// How many trials the search took.
        trials: u64,
        /// How long it took.
        took: Duration,
        /// When.
        time: DateTime<Utc>,
    },
    /// A block from elsewhere follows the chain.
    Received {
        /// The block without its transactions.
        block: S,
        /// Who has sent it.
        source: Source,
        /// How many transactions wait now.
        waiting: usize,
        /// When.
        time: DateTime<Utc>,
    },
    /// Transactions wait no more, although no block of the chain holds them.
    Left {
        /// The transactions, at most 100.
        transactions: Vec<T>,
        /// Why.
        why: Departure,
        /// When.
        time: DateTime<Utc>,
    },
    /// A transaction waits.
    Waiting {
        /// The transaction.
        transaction: T,
        /// Height of the next block.
        block: u64,
        /// How many transactions wait with it.
        waiting: usize,
        /// When.
        time: DateTime<Utc>,
    },
    /// The chain was replaced by a better one.
    Replaced {
        /// What was taken and what was disconnected.
        replacement: Arc<Replacement<S, T>>,
        /// How many transactions wait now.
        waiting: usize,
        /// When.
        time: DateTime<Utc>,
    },
    /// Something that has nothing to do with blocks or transactions.
    Node(NodeEvent),
}

/// What can happen in a node whatever its rules.
#[derive(Clone, Debug)]
pub enum NodeEvent {
    /// Peers were added or removed.
    Peers(PeersChange),
    /// The node mines by itself in another way.
    Mining {
        /// The way.
        mode: MiningMode,
        /// When.
        time: DateTime<Utc>,
    },
    /// A peer has a better chain, which is not taken because of a limit.
    BeyondLimit(BeyondLimit),
}

/// What can happen under these rules.
pub type EventOf<R> = Event<<R as Rules>::Summary, <R as Rules>::Transaction>;

/// Peers that were added or removed.
#[derive(Clone, Debug)]
pub struct PeersChange {
    /// Addresses that were added.
    pub added: Vec<PeerAddress>,
    /// Addresses that were removed.
    pub removed: Vec<PeerAddress>,
    /// How many are known now.
    pub total: usize,
    /// When.
    pub time: DateTime<Utc>,
}

/// A peer's longer chain that is beyond a limit.
#[derive(Clone, Debug)]
pub struct BeyondLimit {
    /// The peer.
    pub peer: PeerAddress,
    /// How many blocks its chain has, if that is known.
    pub length: Option<u64>,
    /// The limit.
    pub limit: ChainLimit,
    /// When.
    pub time: DateTime<Utc>,
}

/// An event is kept beside the form in which it was sent on.
impl<S: Size, T: Size> Size for Event<S, T> {
    fn size(&self) -> usize {
        let content = match self {
            Self::Mined { block, .. } | Self::Received { block, .. } => 2 * block.size(),
            Self::Left { transactions, .. } => 2 * transactions.iter().map(Size::size).sum::<usize>(),
            Self::Waiting { transaction, .. } => 2 * transaction.size(),
            Self::Replaced { replacement, .. } => {
                let returned: usize = replacement.returned.first.iter().map(Size::size).sum();
                let stale: usize = replacement.stale.first.iter().map(|block| EVENT_BYTES + block.size()).sum();
                let connected: usize = replacement.connected.iter().map(|block| EVENT_BYTES + block.size()).sum();
                2 * (returned + stale + connected)
            }
            Self::Node(NodeEvent::Peers(change)) => (change.added.len() + change.removed.len()) * EVENT_BYTES,
            Self::Node(NodeEvent::Mining { .. }) => 0,
            Self::Node(NodeEvent::BeyondLimit(_)) => EVENT_BYTES,
        };
        EVENT_BYTES + content
    }
}
