//! The search for the longest chain. It asks all peers at once, and adopts the longest valid chain that is longer than the own
//! one (docs/contract.md section 4, `/replace_chain`).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bcoin_ledger::{
    Tip,
    chapter::{BlockError, BlockSummary, Chapter, Transaction},
};
use bcoin_node::{AdoptError, Adoption, Candidate, PeerAddress, Replacement, Stopping, View};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tracing::Instrument as _;

use super::{
    client::{PeerClient, PeerError},
    own_address::OwnAddress,
};
use crate::node::Node;

/// How many requests the queue holds. Further senders wait.
const QUEUE: usize = 64;

/// Why a round failed.
type RoundError = AdoptError<BlockError>;

type Reply = oneshot::Sender<Result<Arc<Round>, RoundError>>;

/// The result of asking all peers for a longer chain.
#[derive(Debug)]
pub struct Round {
    /// The end of the chain after it.
    pub tip: Tip,
    /// What was taken and what was disconnected, when the chain was replaced.
    pub replacement: Option<Arc<Replacement<BlockSummary, Transaction>>>,
    /// What each peer offered, in the order they were added.
    pub offers: Vec<Offer>,
}

/// A peer's answer to the question for a longer chain.
#[derive(Debug)]
pub struct Offer {
    /// The peer.
    pub peer: PeerAddress,
    /// How many blocks its chain has, if it could be read.
    pub length: Option<u64>,
    /// Whether its chain was adopted, and why not.
    pub outcome: Outcome,
    /// How long its answer took.
    pub took: Duration,
}

/// Whether a peer's chain was adopted, and why not.
#[derive(Debug)]
pub enum Outcome {
    /// The address is this node's own, and was not asked.
    Itself,
    /// There was no valid chain.
    Failed(PeerError),
    /// The chain is not longer than this node's.
    NotLonger {
        /// How many blocks it has.
        length: u64,
        /// How many blocks this node's chain had.
        own: u64,
    },
    /// It is this node's chain now.
    Adopted,
    /// It was the best, but this node's own chain has become as long meanwhile.
    Outdated,
    /// A peer that was connected earlier has a chain that is as long.
    Tie,
    /// Another peer has a longer chain.
    Outdone,
}

/// Asks for a round; cheap to clone.
#[derive(Clone)]
pub struct SyncHandle(mpsc::Sender<Reply>);

impl SyncHandle {
    /// Asks the peers for a longer chain, and returns what each of them offered. A call during a round shares the next round with
    /// all other such calls: so every result is newer than its call, and many callers cause no more work than one.
    ///
    /// # Errors
    /// When a longer chain could not be saved, or the node stops.
    pub async fn replace_chain(&self) -> Result<Arc<Round>, RoundError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(reply).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)?
    }
}

/// Starts the task that runs the rounds. It ends when the last handle is dropped.
pub fn start(node: Node, client: PeerClient, own_address: OwnAddress) -> (SyncHandle, JoinHandle<()>) {
    let (requests, mut queue) = mpsc::channel::<Reply>(QUEUE);
    let sync = Sync { node, client, own_address };
    let rounds = async move {
        let mut replies = Vec::new();
        while queue.recv_many(&mut replies, QUEUE).await > 0 {
            let result = sync.round().await;
            for reply in replies.drain(..) {
                // The caller may have gone away.
                let _ = reply.send(result.clone());
            }
        }
    };
    (SyncHandle(requests), tokio::spawn(rounds.in_current_span()))
}

struct Sync {
    node: Node,
    client: PeerClient,
    own_address: OwnAddress,
}

/// What a peer answered, and how long that took.
struct Answer {
    order: usize,
    took: Duration,
    chain: Result<Option<Candidate<Chapter>>, PeerError>,
}

/// A peer's answer, before the best chain is known.
enum Answered {
    Itself,
    Failed(PeerError),
    Chain(Tip),
}

/// The chain that was the best.
#[derive(Clone, Copy)]
struct Best {
    order: usize,
    tip: Tip,
    adopted: bool,
}

impl Answered {
    /// What became of it, when `own` was the end of the node's chain.
    fn outcome(self, order: usize, own: &Tip, best: Option<Best>) -> Outcome {
        match (self, best) {
            (Self::Itself, _) => Outcome::Itself,
            (Self::Failed(error), _) => Outcome::Failed(error),
            (Self::Chain(tip), _) if !tip.has_more_work_than(own) => {
                Outcome::NotLonger { length: tip.height, own: own.height }
            }
            (Self::Chain(_), Some(best)) if best.order == order && best.adopted => Outcome::Adopted,
            (Self::Chain(_), Some(best)) if best.order == order => Outcome::Outdated,
            (Self::Chain(tip), Some(best)) if !best.tip.has_more_work_than(&tip) => Outcome::Tie,
            (Self::Chain(_), _) => Outcome::Outdone,
        }
    }

    fn length(&self) -> Option<u64> {
        if let Self::Chain(tip) = self { Some(tip.height) } else { None }
    }
}

/// Whether a peer's chain is better than the best one so far. On a tie the peer that was added earlier wins.
fn is_better((order, tip): (usize, &Tip), best: Option<(usize, &Tip)>) -> bool {
    best.is_none_or(|(best_order, best)| {
        tip.has_more_work_than(best) || (!best.has_more_work_than(tip) && order < best_order)
    })
}

impl Sync {
    async fn round(&self) -> Result<Arc<Round>, RoundError> {
        let view = self.node.view();
        let mut best: Option<(usize, Candidate<Chapter>)> = None;
        let mut answered: Vec<Option<(Answered, Duration)>> = view.peers.iter().map(|_| None).collect();
        let mut answers: FuturesUnordered<_> =
            view.peers.iter().enumerate().map(|(order, peer)| self.ask(order, peer, &view)).collect();
        while let Some(Answer { order, took, chain }) = answers.next().await {
            let answer = match chain {
                Ok(None) => Answered::Itself,
                Err(error) => Answered::Failed(error),
                Ok(Some(candidate)) => {
                    let tip = candidate.tip();
                    let best_so_far = best.as_ref().map(|(order, best)| (*order, best.tip()));
                    let best_so_far = best_so_far.as_ref().map(|(order, tip)| (*order, tip));
                    if tip.has_more_work_than(&view.tip) && is_better((order, &tip), best_so_far) {
                        best = Some((order, candidate));
                    }
                    Answered::Chain(tip)
                }
            };
            answered[order] = Some((answer, took));
        }
        let offered = best.as_ref().map(|(order, candidate)| (*order, candidate.tip()));
        let replacement = self.adopt(&view, best).await?;
        let best = offered.map(|(order, tip)| Best { order, tip, adopted: replacement.is_some() });
        let offers = view.peers.iter().zip(answered).enumerate().filter_map(|(order, (peer, answered))| {
            let (answer, took) = answered?;
            let (peer, length) = (peer.clone(), answer.length());
            Some(Offer { peer, length, outcome: answer.outcome(order, &view.tip, best), took })
        });
        Ok(Arc::new(Round { offers: offers.collect(), tip: self.node.view().tip, replacement }))
    }

    /// Makes the best chain the node's own.
    async fn adopt(
        &self,
        view: &View,
        best: Option<(usize, Candidate<Chapter>)>,
    ) -> Result<Option<Arc<Replacement<BlockSummary, Transaction>>>, RoundError> {
        let Some((order, candidate)) = best else { return Ok(None) };
        let (peer, length) = (&view.peers[order], candidate.tip().height);
        match self.node.adopt(candidate, Some(peer.clone())).await? {
            Adoption::Adopted { replacement, waiting } => {
                tracing::info!(%peer, length, disconnected = replacement.stale.count, waiting, "replaced the chain");
                Ok(Some(replacement))
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
            Ok(Some(candidate)) => tracing::debug!(%peer, length = candidate.tip().height, "has a valid chain"),
            Err(error) => {
                let reason = error.to_string();
                tracing::warn!(%peer, reason = %reason.escape_debug(), "passed over");
            }
        }
        Answer { order, took: began.elapsed(), chain }
    }
}
