//! The search for the longest chain: asks all peers at once, takes the longest valid chain that is longer than the own one
//! (contract section 4, `/replace_chain`).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use tracing::Instrument as _;

use super::{
    client::{PeerClient, PeerError},
    own_address::OwnAddress,
    reason::sentence,
};
use crate::{
    node::{Adoption, Candidate, NodeError, NodeHandle, View},
    wire::{
        PeerAddress,
        v1::{Offer, Outcome, Point, Replacement, Round},
    },
};

/// How many requests may wait for a round before their senders wait too.
const QUEUE: usize = 64;

type Reply = oneshot::Sender<Result<Arc<Round>, NodeError>>;

/// Asks for a round; cheap to clone.
#[derive(Clone)]
pub struct SyncHandle(mpsc::Sender<Reply>);

impl SyncHandle {
    /// Asks the peers for a longer chain, and tells what each of them offered. Whoever asks while a round is under way shares
    /// the next one, so that every answer is newer than its question and no crowd of callers multiplies the work.
    ///
    /// # Errors
    /// When a longer chain could not be saved, or the node stops.
    pub async fn replace_chain(&self) -> Result<Arc<Round>, NodeError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(reply).await.map_err(|_| NodeError::Stopping)?;
        answer.await.map_err(|_| NodeError::Stopping)?
    }
}

/// Starts the task that carries out the rounds. It ends when the last handle is dropped.
pub fn start(node: NodeHandle, client: PeerClient, own_address: OwnAddress) -> (SyncHandle, JoinHandle<()>) {
    let (requests, mut queue) = mpsc::channel::<Reply>(QUEUE);
    let sync = Sync { node, client, own_address };
    let rounds = async move {
        let mut waiting = Vec::new();
        while queue.recv_many(&mut waiting, QUEUE).await > 0 {
            let result = sync.round().await;
            for reply in waiting.drain(..) {
                // Who has gone away does not wait for the answer.
                let _ = reply.send(result.clone());
            }
        }
    };
    (SyncHandle(requests), tokio::spawn(rounds.in_current_span()))
}

struct Sync {
    node: NodeHandle,
    client: PeerClient,
    own_address: OwnAddress,
}

/// What a peer answered, and how long that took.
struct Answer {
    order: usize,
    took: Duration,
    chain: Result<Option<Candidate>, PeerError>,
}

/// What came from a peer.
enum Offered {
    /// The peer is this node itself.
    Itself,
    /// No valid chain, for this reason.
    Nothing(String),
    /// A valid chain.
    Chain { length: u64 },
}

/// The chain that was the best.
#[derive(Clone, Copy)]
struct Taken {
    order: usize,
    length: u64,
    /// Whether it is the node's chain.
    adopted: bool,
}

impl Offered {
    /// Tells what became of it, when `own` was the length of the node's chain.
    fn told(self, peer: &PeerAddress, took: Duration, own: u64, order: usize, taken: Option<Taken>) -> Offer {
        let passed_over = |reason: String| (Outcome::PassedOver, reason);
        let length = if let Self::Chain { length } = self { Some(length) } else { None };
        let (outcome, reason) = match (self, taken) {
            (Self::Itself, _) => {
                (Outcome::Itself, "This is the node's own address; a node does not ask itself.".into())
            }
            (Self::Nothing(reason), _) => passed_over(reason),
            (Self::Chain { length }, _) if length <= own => {
                passed_over(format!("Its chain of length {length} is not longer than the one here, of length {own}."))
            }
            (Self::Chain { .. }, Some(taken)) if taken.order == order && taken.adopted => {
                (Outcome::Taken, "It has the longest valid chain, and is longer than the one that was here.".into())
            }
            (Self::Chain { .. }, Some(taken)) if taken.order == order => {
                passed_over("The chain here has grown meanwhile and is kept.".into())
            }
            (Self::Chain { length }, Some(taken)) if length == taken.length => {
                passed_over("Another node, which was connected earlier, has a chain of the same length.".into())
            }
            (Self::Chain { .. }, _) => passed_over("Another node has a longer chain still.".into()),
        };
        Offer { address: peer.to_string(), outcome, length, reason, took_ms: took.as_secs_f64() * 1000.0 }
    }
}

impl Sync {
    async fn round(&self) -> Result<Arc<Round>, NodeError> {
        let view = self.node.view();
        let own = view.tip.index;
        let mut best: Option<(usize, Candidate)> = None;
        let mut offers: Vec<Option<(Offered, Duration)>> = view.peers.iter().map(|_| None).collect();
        let mut answers: FuturesUnordered<_> =
            view.peers.iter().enumerate().map(|(order, peer)| self.ask(order, peer, &view)).collect();
        while let Some(Answer { order, took, chain }) = answers.next().await {
            let offered = match chain {
                Ok(None) => Offered::Itself,
                Err(error) => Offered::Nothing(sentence(&error)),
                Ok(Some(candidate)) => {
                    let length = candidate.tip().index;
                    let better = best.as_ref().is_none_or(|(best_order, best)| {
                        length > best.tip().index || (length == best.tip().index && order < *best_order)
                    });
                    if length > own && better {
                        best = Some((order, candidate));
                    }
                    Offered::Chain { length }
                }
            };
            offers[order] = Some((offered, took));
        }
        let taken = best.as_ref().map(|(order, candidate)| (*order, candidate.tip().index));
        let replacement = self.adopt(&view, best).await?;
        let taken = taken.map(|(order, length)| Taken { order, length, adopted: replacement.is_some() });
        let offers = view.peers.iter().zip(offers).enumerate().filter_map(|(order, (peer, offer))| {
            offer.map(|(offered, took)| offered.told(peer, took, own, order, taken))
        });
        let tip = self.node.view().tip;
        Ok(Arc::new(Round {
            replaced: replacement.is_some(),
            length: tip.index,
            tip: Point { index: tip.index, hash: tip.hash.to_string() },
            replacement,
            offers: offers.collect(),
        }))
    }

    /// Makes the best chain the node's own.
    async fn adopt(&self, view: &View, best: Option<(usize, Candidate)>) -> Result<Option<Replacement>, NodeError> {
        let Some((order, candidate)) = best else { return Ok(None) };
        let (peer, length) = (&view.peers[order], candidate.tip().index);
        match self.node.adopt(candidate, Some(peer.clone())).await? {
            Adoption::Adopted { replacement, waiting } => {
                let given_up = replacement.given_up.count;
                tracing::info!(%peer, length, given_up, waiting, "replaced the chain");
                Ok(Some(*replacement))
            }
            Adoption::Outdated => {
                tracing::info!(%peer, length, "the own chain has grown meanwhile and is kept");
                Ok(None)
            }
        }
    }

    /// Asks one peer for its chain; none when the peer is this node itself.
    async fn ask(&self, order: usize, peer: &PeerAddress, view: &View) -> Answer {
        let began = Instant::now();
        let chain = if self.own_address.is(peer).await {
            Ok(None)
        } else {
            self.client.fetch_chain(peer, view.reader.clone()).await.map(Some)
        };
        match &chain {
            Ok(None) => {}
            Ok(Some(candidate)) => tracing::debug!(%peer, length = candidate.tip().index, "has a valid chain"),
            Err(error) => {
                let reason = error.to_string();
                tracing::warn!(%peer, reason = %reason.escape_debug(), "passed over");
            }
        }
        Answer { order, took: began.elapsed(), chain }
    }
}
