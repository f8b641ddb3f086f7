//! The network as a node sees it: how its peers are, where their chains part from the own one, and all chains as one tree.

mod compare;
mod deep;
mod judging;
mod live;
mod rounds;
mod seer;
#[cfg(test)]
mod tests;
mod tree;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bcoin_ledger::{Tip, Work};
use bcoin_node::{AnyNode, MiningMode, PeerAddress, Stopping, now, store::StoreError};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use self::{
    compare::{BlockPoint, Relation},
    judging::{MAX_JUDGED, TooManyJudgements},
    live::NetworkListener,
    tree::Branch,
};
use self::{judging::Judging, live::Live, rounds::Rounds, seer::Seer};
pub use super::observer::LastBlock;
use super::{
    client::PeerClient, error::PeerError, observer::Observer, own_address::OwnAddress, own_network::OwnNetwork,
};
use crate::wire::v1::{MinedPoint, MiningJson, PeerJudgementJson};

/// How long what is known of peers counts as that of now while nobody follows them.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// The network at a moment.
#[derive(Debug)]
pub struct Network {
    /// The own node.
    pub own: OwnStatus,
    /// Its peers in the order in which they were added; one of them may be the own node again.
    pub peers: Vec<PeerStatus>,
    /// All chains as one tree; the own one is the first branch.
    pub branches: Vec<Branch>,
    rendered: OnceLock<Bytes>,
}

impl Network {
    /// Whether every peer was asked, and not long ago unless the peers are followed.
    pub fn is_fresh(&self, is_followed: bool) -> bool {
        let limit = now().to_utc() - FRESH;
        self.peers.iter().all(|peer| match peer.known.state {
            PeerState::Itself => true,
            PeerState::Unasked => false,
            _ => is_followed || peer.asked_at.is_some_and(|asked_at| asked_at > limit),
        })
    }

    /// The network in the form in which listeners send it on; made once, by the first of them, and shared by all.
    pub fn rendered(&self, render: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.rendered.get_or_init(|| render(self)).clone()
    }
}

/// The own node.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnStatus {
    /// The end of its chain.
    pub tip: Tip,
    /// Whether its rules give blocks different work, so that it is told.
    pub tells_work: bool,
    /// What is told of its last block.
    pub last_block: LastBlock,
    /// The last block that it mined.
    pub last_mined: Option<MinedPoint>,
    /// When it mines by itself.
    pub mining: MiningMode,
    /// How many transactions wait.
    pub waiting: usize,
}

/// A peer.
#[derive(Clone, Debug)]
pub struct PeerStatus {
    /// Its address.
    pub address: PeerAddress,
    /// What is known of it.
    pub known: KnownPeer,
    /// How long it took to find this out.
    pub took: Option<Duration>,
    /// When it was asked last.
    pub asked_at: Option<DateTime<Utc>>,
}

/// What is known of a peer: what it said the last time that it answered. What is not known is none.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownPeer {
    /// Whether it answers.
    pub state: PeerState,
    /// Which program it is.
    pub kind: Option<PeerKind>,
    /// How it is called.
    pub name: Option<String>,
    /// The sender of the rewards for the blocks that it mines.
    pub node_address: Option<String>,
    /// The receiver of these rewards.
    pub miner: Option<String>,
    /// When it mines by itself.
    pub mining: Option<MiningJson>,
    /// The last block that it mined.
    pub last_mined: Option<MinedPoint>,
    /// The end of its chain.
    pub tip: Option<BlockPoint>,
    /// The work of its chain, as far as it tells that.
    pub work: Option<Work>,
    /// What is told of its last block.
    pub last_block: Option<LastBlock>,
    /// How its chain stands to the own one.
    pub relation: Option<Relation>,
    /// The last block that both have.
    pub common: Option<BlockPoint>,
    /// The branch on which its last block lies, as a place in the list.
    pub branch: Option<usize>,
    /// When it answered last, if it does not answer any more.
    pub gone_since: Option<DateTime<Utc>>,
}

/// Whether a peer answers.
#[derive(Clone, Debug)]
pub enum PeerState {
    /// The address is this node's own.
    Itself,
    /// It was not asked yet.
    Unasked,
    /// It answers.
    Answers,
    /// It does not answer, or not as a node does.
    Fails(Arc<PeerError>),
}

impl PartialEq for PeerState {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fails(error), Self::Fails(other)) => error.told() == other.told(),
            (Self::Itself, Self::Itself) | (Self::Unasked, Self::Unasked) | (Self::Answers, Self::Answers) => true,
            _ => false,
        }
    }
}

/// Which program a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerKind {
    /// A node that has `/api/v1`.
    BCoin,
    /// A node of the printed listing.
    Listing,
}

/// Sees the network; cheap to clone.
#[derive(Clone)]
pub struct NetworkHandle {
    seer: Arc<Seer>,
    live: Live,
    rounds: Rounds,
    judging: Arc<Judging>,
}

impl NetworkHandle {
    /// What each peer says of the blocks in this body of a request.
    ///
    /// # Errors
    /// When peers are asked for too many callers already.
    pub async fn judge(&self, blocks: Bytes) -> Result<Vec<PeerJudgementJson>, TooManyJudgements> {
        self.judging.ask_all(&self.seer, blocks).await
    }

    /// Asks all peers, and returns what is known then. A call during a round shares the next round with all other such calls.
    ///
    /// # Errors
    /// When the node stops.
    pub async fn ask_all(&self) -> Result<Result<Arc<Network>, Arc<StoreError>>, Stopping> {
        self.rounds.ask_all().await
    }

    /// What is known without asking anybody.
    ///
    /// # Errors
    /// When the own chain cannot be read.
    pub async fn known(&self) -> Result<Network, StoreError> {
        self.seer.see().await
    }

    /// Whether the peers are followed, because somebody listens.
    pub fn is_followed(&self) -> bool {
        self.live.is_followed()
    }

    /// Listens to changes. As long as somebody does, the peers are followed.
    pub fn listen(&self) -> NetworkListener {
        self.live.listen()
    }
}

/// Starts the tasks that follow and ask the peers of a node. They end when `stop` is cancelled.
pub fn start(
    node: AnyNode,
    network: OwnNetwork,
    client: PeerClient,
    observer: Observer,
    own_address: OwnAddress,
    stop: CancellationToken,
) -> (NetworkHandle, [JoinHandle<()>; 2]) {
    let judging = Arc::new(Judging::new(client.clone()));
    let seer = Arc::new(Seer::new(node, network, client, observer, own_address));
    let (live, following) = live::start(seer.clone(), stop.clone());
    let (rounds, asking) = rounds::start(seer.clone(), stop);
    (NetworkHandle { seer, live, rounds, judging }, [following, asking])
}
