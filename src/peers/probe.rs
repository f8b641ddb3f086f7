//! Asks peers for their states: whether they answer, how long their chains are, and where those fork from the own one.
//!
//! A B-Coin peer is asked over `/api/v1` for hashes of blocks. A node of the listing has only `/get_chain`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    time::{Duration, Instant},
};

use bcoin_ledger::BlockHash;
use bcoin_node::{PeerAddress, Stopping, View, now};
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};
use tracing::Instrument as _;

use super::{client::PeerClient, common_block::last_common_block, error::PeerError, own_address::OwnAddress};
use crate::node::Node;

/// How many requests the queue holds. Further senders wait.
const QUEUE: usize = 64;

type Reply = oneshot::Sender<Vec<PeerStatus>>;

/// What is known of a peer.
#[derive(Clone, Debug)]
pub struct PeerStatus {
    /// Its address.
    pub address: PeerAddress,
    /// Whether it answers, and with which chain.
    pub state: PeerState,
    /// How long it took to find this out.
    pub took: Option<Duration>,
    /// When it was asked.
    pub asked_at: Option<DateTime<Utc>>,
}

/// Whether a peer answers.
#[derive(Clone, Debug)]
pub enum PeerState {
    /// It was not asked yet.
    Unasked,
    /// The address is this node's own.
    Itself,
    /// It answers, and its chain is well formed.
    Answers(PeerChain),
    /// It does not answer, or not as a node does.
    Fails(Arc<PeerError>),
}

/// Which program a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerKind {
    /// A node that has `/api/v1`.
    BCoin,
    /// A node of the printed listing.
    Listing,
}

/// The relation of a peer's chain to this node's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are the same.
    Same,
    /// The peer's chain extends this one.
    Ahead,
    /// This chain extends the peer's.
    Behind,
    /// They fork: each has blocks that the other lacks.
    Parted,
}

/// A peer's chain, compared with the own one.
#[derive(Clone, Debug)]
pub struct PeerChain {
    /// Which program the peer is.
    pub kind: PeerKind,
    /// How many blocks its chain has.
    pub length: u64,
    /// Hash of its last block.
    pub tip_hash: BlockHash,
    /// The relation of its chain to this node's.
    pub relation: Relation,
    /// Height and hash of the last block that both chains have; none when they share none.
    pub common: Option<(u64, BlockHash)>,
}

impl PeerChain {
    fn new(kind: PeerKind, own: u64, length: u64, tip_hash: BlockHash, common: Option<(u64, BlockHash)>) -> Self {
        let shared = common.map_or(0, |(height, _)| height);
        let relation = match (shared == own, shared == length) {
            (true, true) => Relation::Same,
            (true, false) => Relation::Ahead,
            (false, true) => Relation::Behind,
            (false, false) => Relation::Parted,
        };
        Self { kind, length, tip_hash, relation, common }
    }
}

/// Asks for a round; cheap to clone.
#[derive(Clone)]
pub struct ProbeHandle {
    rounds: mpsc::Sender<Reply>,
    known: Known,
}

/// The results of the latest round.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<HashMap<PeerAddress, PeerStatus>>>);

impl ProbeHandle {
    /// Asks all peers. A call during a round shares the next round with all other such calls.
    ///
    /// # Errors
    /// When the node stops.
    pub async fn ask_all(&self) -> Result<Vec<PeerStatus>, Stopping> {
        let (reply, answer) = oneshot::channel();
        self.rounds.send(reply).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)
    }

    /// What is known of `peers` without asking them.
    pub fn known(&self, peers: &[PeerAddress]) -> Vec<PeerStatus> {
        let known = self.known.0.lock().unwrap_or_else(PoisonError::into_inner);
        peers.iter().map(|peer| known.get(peer).cloned().unwrap_or_else(|| unasked(peer))).collect()
    }
}

/// Starts the task that runs the rounds. It ends when the last handle is dropped.
pub fn start(node: Node, client: PeerClient, own_address: OwnAddress) -> (ProbeHandle, JoinHandle<()>) {
    let (rounds, mut queue) = mpsc::channel::<Reply>(QUEUE);
    let known = Known::default();
    let probe = Probe { node, client, own_address };
    let handle = ProbeHandle { rounds, known: known.clone() };
    let work = async move {
        let mut replies = Vec::new();
        while queue.recv_many(&mut replies, QUEUE).await > 0 {
            let (addresses, peers) = probe.round().await;
            *known.0.lock().unwrap_or_else(PoisonError::into_inner) =
                addresses.iter().cloned().zip(peers.iter().cloned()).collect();
            for reply in replies.drain(..) {
                // The caller may have gone away.
                let _ = reply.send(peers.clone());
            }
        }
    };
    (handle, tokio::spawn(work.in_current_span()))
}

fn unasked(address: &PeerAddress) -> PeerStatus {
    PeerStatus { address: address.clone(), state: PeerState::Unasked, took: None, asked_at: None }
}

struct Probe {
    node: Node,
    client: PeerClient,
    own_address: OwnAddress,
}

impl Probe {
    async fn round(&self) -> (Arc<[PeerAddress]>, Vec<PeerStatus>) {
        let view = self.node.view();
        let peers = join_all(view.peers.iter().map(|peer| self.ask(peer, &view))).await;
        (view.peers.clone(), peers)
    }

    async fn ask(&self, address: &PeerAddress, view: &View) -> PeerStatus {
        let began = Instant::now();
        let status = PeerStatus { asked_at: Some(now().to_utc()), ..unasked(address) };
        if self.own_address.is(address).await {
            return PeerStatus { state: PeerState::Itself, ..status };
        }
        let limit = self.client.limits.document;
        let too_slow = || PeerError::TooSlow(format!("not known within {} s", limit.as_secs_f64()));
        let compared = timeout(limit, self.compare(address, view)).await.unwrap_or_else(|_| Err(too_slow()));
        let state = match compared {
            Ok(chain) => PeerState::Answers(chain),
            Err(error) => {
                tracing::debug!(peer = %address, reason = %error.to_string().escape_debug(), "does not answer as a node does");
                PeerState::Fails(error.into())
            }
        };
        PeerStatus { state, took: Some(began.elapsed()), ..status }
    }

    async fn compare(&self, peer: &PeerAddress, view: &View) -> Result<PeerChain, PeerError> {
        let own = view.tip.height;
        let Some(theirs) = self.client.tip(peer).await? else { return self.compare_chains(peer, view).await };
        let common = last_common_block(&self.client, &self.node, peer, view, theirs).await?;
        Ok(PeerChain::new(PeerKind::BCoin, own, theirs.length, theirs.hash, common))
    }

    /// Finds the last common block with a node of the listing, which has to send its whole chain.
    async fn compare_chains(&self, peer: &PeerAddress, view: &View) -> Result<PeerChain, PeerError> {
        let chain = self.client.fetch_chain(peer, view, &AtomicBool::default()).await?;
        let common = chain.fork_hash().map(|hash| (chain.fork(), hash));
        let tip = chain.tip();
        Ok(PeerChain::new(PeerKind::Listing, view.tip.height, tip.height, tip.hash, common))
    }
}
