//! Asking peers how they are: whether they answer, how long their chains are, and where those part from the own one.
//!
//! A B-Coin peer is asked over `/api/v1`, a header at a time; a node of the listing has only `/get_chain`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use futures_util::future::join_all;
use serde::Deserialize;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};
use tracing::Instrument as _;

use super::{
    client::{PeerClient, PeerError},
    own_address::OwnAddress,
    reason::sentence,
};
use crate::{
    ledger::BlockHash,
    node::{NodeError, NodeHandle, View, now},
    wire::{
        PeerAddress,
        v1::{Headers, PREFIX, Peer, PeerKind, PeerState, Point, Relation},
    },
};

/// How many requests may wait for a round before their senders wait too.
const QUEUE: usize = 64;

type Reply = oneshot::Sender<Vec<Peer>>;

/// Asks for a round; cheap to clone.
#[derive(Clone)]
pub struct ProbeHandle {
    rounds: mpsc::Sender<Reply>,
    known: Known,
}

/// What was found out last.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<HashMap<PeerAddress, Peer>>>);

impl ProbeHandle {
    /// Asks all peers how they are. Whoever asks while a round is under way shares the next one.
    ///
    /// # Errors
    /// When the node stops.
    pub async fn ask_all(&self) -> Result<Vec<Peer>, NodeError> {
        let (reply, answer) = oneshot::channel();
        self.rounds.send(reply).await.map_err(|_| NodeError::Stopping)?;
        answer.await.map_err(|_| NodeError::Stopping)
    }

    /// What is known of `peers` without asking them.
    pub fn known(&self, peers: &[PeerAddress]) -> Vec<Peer> {
        let known = self.known.0.lock().unwrap_or_else(PoisonError::into_inner);
        peers.iter().map(|peer| known.get(peer).cloned().unwrap_or_else(|| unasked(peer))).collect()
    }
}

/// Starts the task that carries out the rounds. It ends when the last handle is dropped.
pub fn start(node: NodeHandle, client: PeerClient, own_address: OwnAddress) -> (ProbeHandle, JoinHandle<()>) {
    let (rounds, mut queue) = mpsc::channel::<Reply>(QUEUE);
    let known = Known::default();
    let probe = Probe { node, client, own_address };
    let handle = ProbeHandle { rounds, known: known.clone() };
    let work = async move {
        let mut waiting = Vec::new();
        while queue.recv_many(&mut waiting, QUEUE).await > 0 {
            let (addresses, peers) = probe.round().await;
            *known.0.lock().unwrap_or_else(PoisonError::into_inner) =
                addresses.iter().cloned().zip(peers.iter().cloned()).collect();
            for reply in waiting.drain(..) {
                // Who has gone away does not wait for the answer.
                let _ = reply.send(peers.clone());
            }
        }
    };
    (handle, tokio::spawn(work.in_current_span()))
}

fn unasked(address: &PeerAddress) -> Peer {
    Peer {
        address: address.to_string(),
        state: PeerState::Unasked,
        kind: None,
        length: None,
        tip_hash: None,
        relation: None,
        common: None,
        took_ms: None,
        error: None,
        asked_at: None,
    }
}

struct Probe {
    node: NodeHandle,
    client: PeerClient,
    own_address: OwnAddress,
}

/// What a B-Coin peer says of its chain.
#[derive(Deserialize)]
struct ChainStatus {
    length: u64,
    tip: Point,
}

impl ChainStatus {
    /// Whether it can be true.
    fn makes_sense(&self) -> bool {
        self.length >= 1 && self.tip.index == self.length && is_hash(&self.tip.hash)
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// A peer's chain beside the own one.
struct Compared {
    kind: PeerKind,
    length: u64,
    tip_hash: String,
    relation: Relation,
    common: Option<Point>,
}

impl Compared {
    /// `common` is the last block that both chains have.
    fn new(kind: PeerKind, own: u64, length: u64, tip_hash: String, common: Option<Point>) -> Self {
        let shared = common.as_ref().map_or(0, |point| point.index);
        let relation = match (shared == own, shared == length) {
            (true, true) => Relation::Same,
            (true, false) => Relation::Ahead,
            (false, true) => Relation::Behind,
            (false, false) => Relation::Parted,
        };
        Self { kind, length, tip_hash, relation, common }
    }
}

impl Probe {
    async fn round(&self) -> (Arc<[PeerAddress]>, Vec<Peer>) {
        let view = self.node.view();
        let peers = join_all(view.peers.iter().map(|peer| self.ask(peer, &view))).await;
        (view.peers.clone(), peers)
    }

    async fn ask(&self, address: &PeerAddress, view: &View) -> Peer {
        let began = Instant::now();
        let peer = Peer { asked_at: Some(now().to_utc()), ..unasked(address) };
        if self.own_address.is(address).await {
            return Peer { state: PeerState::Itself, ..peer };
        }
        let limit = self.client.longest();
        let compared = timeout(limit, self.compare(address, view)).await.unwrap_or(Err(PeerError::TooSlow(limit)));
        let took_ms = Some(began.elapsed().as_secs_f64() * 1000.0);
        match compared {
            Ok(Compared { kind, length, tip_hash, relation, common }) => Peer {
                state: PeerState::Answers,
                kind: Some(kind),
                length: Some(length),
                tip_hash: Some(tip_hash),
                relation: Some(relation),
                common,
                took_ms,
                ..peer
            },
            Err(error) => {
                tracing::debug!(peer = %address, reason = %error.to_string().escape_debug(), "does not answer as a node does");
                Peer { state: PeerState::Fails, took_ms, error: Some(sentence(&error)), ..peer }
            }
        }
    }

    async fn compare(&self, peer: &PeerAddress, view: &View) -> Result<Compared, PeerError> {
        let status: Option<ChainStatus> = self.client.fetch_json(peer, &format!("{PREFIX}/status")).await?;
        match status.filter(ChainStatus::makes_sense) {
            Some(status) => self.compare_headers(peer, view, status).await,
            None => self.compare_chains(peer, view).await,
        }
    }

    /// Finds the last common block of a B-Coin peer in as many steps as its chain's length has binary digits.
    async fn compare_headers(
        &self,
        peer: &PeerAddress,
        view: &View,
        status: ChainStatus,
    ) -> Result<Compared, PeerError> {
        let own = view.tip.index;
        let (mut shared, mut parted) = (0, own.min(status.length) + 1);
        let mut common = None;
        // The chains mostly agree as far as both go, so the last block that both could have is looked at first.
        let mut next = parted - 1;
        while shared + 1 < parted {
            let theirs = if next == status.length { status.tip.hash.clone() } else { self.hash_of(peer, next).await? };
            if self.own_hash(view, next).await?.is_some_and(|own| own.is_written(&theirs)) {
                shared = next;
                common = Some(Point { index: next, hash: theirs });
            } else {
                parted = next;
            }
            next = shared + (parted - shared) / 2;
        }
        Ok(Compared::new(PeerKind::BCoin, own, status.length, status.tip.hash, common))
    }

    async fn hash_of(&self, peer: &PeerAddress, index: u64) -> Result<String, PeerError> {
        let page: Option<Headers> =
            self.client.fetch_json(peer, &format!("{PREFIX}/headers?from={index}&limit=1")).await?;
        let header = page.and_then(|page| page.headers.into_iter().next());
        let header = header.filter(|header| header.index == index && is_hash(&header.hash));
        header.map(|header| header.hash).ok_or(PeerError::NoHeader { index })
    }

    async fn own_hash(&self, view: &View, index: u64) -> Result<Option<BlockHash>, PeerError> {
        if index == view.tip.index {
            return Ok(Some(view.tip.hash));
        }
        let read = self.node.read(move |reader| reader.snapshot()?.block(index)).await;
        let text = read.map_err(|error| PeerError::Candidate(error.into()))?;
        Ok(text.map(|text| BlockHash::of(&text)))
    }

    /// Reads the whole chain of a node of the listing.
    async fn compare_chains(&self, peer: &PeerAddress, view: &View) -> Result<Compared, PeerError> {
        let chain = self.client.fetch_chain(peer, view.reader.clone()).await?;
        let common = chain.fork_hash().map(|hash| Point { index: chain.fork(), hash: hash.to_string() });
        let tip = chain.tip();
        Ok(Compared::new(PeerKind::Listing, view.tip.index, tip.index, tip.hash.to_string(), common))
    }
}
