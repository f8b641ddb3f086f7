//! The search for the longest chain. It asks all peers at once, and adopts the longest valid chain that is longer than the own
//! one (docs/contract.md section 4, `/replace_chain`).

use std::sync::Arc;

use bcoin_ledger::chapter::{BlockError, BlockSummary, Chapter, Transaction};
use bcoin_node::{AdoptError, Adoption, Candidate, PeerAddress, Replacement, Stopping};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::sleep_until,
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{
    client::PeerClient,
    error::PeerError,
    fetch::Fetched,
    limits::ClientLimits,
    observer::Observer,
    own_address::OwnAddress,
    round::{OpenRound, Round},
    transfer::{Answer, Transfers},
};
use crate::node::Node;

/// How many requests the queue holds. Further senders wait.
const QUEUE: usize = 64;

/// Why a round failed.
type RoundError = AdoptError<BlockError>;

type Reply = oneshot::Sender<Result<Arc<Round>, RoundError>>;

/// Asks for a round; cheap to clone.
#[derive(Clone)]
pub struct SyncHandle(mpsc::Sender<Reply>);

impl SyncHandle {
    /// Asks the peers for a longer chain, and returns what each of them offered. A call during a round shares the next round with
    /// all other such calls: many callers cause no more work than one.
    ///
    /// # Errors
    /// When a longer chain could not be saved, or the node stops.
    pub async fn replace_chain(&self) -> Result<Arc<Round>, RoundError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(reply).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)?
    }
}

/// Starts the task that runs the rounds. It ends when the last handle is dropped; rounds wait for no peer once `stop` is cancelled.
pub fn start(
    node: Node,
    client: PeerClient,
    observer: Observer,
    own_address: OwnAddress,
    stop: CancellationToken,
) -> (SyncHandle, JoinHandle<()>) {
    let (requests, queue) = mpsc::channel::<Reply>(QUEUE);
    let limits = client.limits;
    let transfers = Transfers::new(node.clone(), client, own_address);
    let sync = Sync { node, limits, transfers, observer, stop };
    (SyncHandle(requests), tokio::spawn(sync.run(queue).in_current_span()))
}

struct Sync {
    node: Node,
    limits: ClientLimits,
    transfers: Transfers,
    /// Told of the chains of peers that do not tell of them themselves.
    observer: Observer,
    stop: CancellationToken,
}

impl Sync {
    async fn run(mut self, mut queue: mpsc::Receiver<Reply>) {
        let mut callers = Vec::new();
        loop {
            tokio::select! {
                count = queue.recv_many(&mut callers, QUEUE) => match count {
                    0 => return,
                    _ => {
                        let result = self.round().await;
                        for caller in callers.drain(..) {
                            // The caller may have gone away.
                            let _ = caller.send(result.clone());
                        }
                    }
                },
                Some(answer) = self.transfers.next() => self.take_alone(answer).await,
            }
        }
    }

    /// Asks all peers. A peer that has not answered an earlier round yet is not asked again: its answer counts when it comes.
    async fn round(&mut self) -> Result<Arc<Round>, RoundError> {
        let mut round = OpenRound::new(self.node.view());
        let view = round.view().clone();
        view.peers.iter().for_each(|peer| self.transfers.ask(peer, &view));
        while !round.is_complete() {
            let deadline = round.deadline(self.transfers.any_is_arriving(), &self.limits);
            tokio::select! {
                Some(answer) = self.transfers.next() => {
                    self.note(&answer).await;
                    if let Some(of_no_peer) = round.record(answer) {
                        tracing::debug!(peer = %of_no_peer.peer, "is no peer any more");
                    }
                }
                () = self.stop.cancelled() => break,
                () = sleep_until(deadline) => {
                    // A chain may have begun to arrive meanwhile.
                    if round.deadline(self.transfers.any_is_arriving(), &self.limits) <= deadline {
                        break;
                    }
                }
            }
        }
        self.transfers.go_on_alone();
        let (replacement, best) = match round.take_best() {
            None => (None, None),
            Some((candidate, peer, best)) => (self.adopt(candidate, &peer).await?, Some(best)),
        };
        Ok(Arc::new(round.end(best, replacement, self.node.view().tip)))
    }

    /// Takes the answer of a peer for which no round is waiting any more.
    async fn take_alone(&self, answer: Answer) {
        self.note(&answer).await;
        let view = self.node.view();
        if let Ok(Some(Fetched::Chain { candidate, .. })) = answer.chain
            && view.peers.contains(&answer.peer)
            && candidate.tip().has_more_work_than(&view.tip)
            && let Err(error) = self.adopt(candidate, &answer.peer).await
        {
            tracing::warn!(peer = %answer.peer, reason = %error.to_string().escape_debug(), "its chain is not adopted");
        }
    }

    /// Makes a peer's chain the node's own.
    async fn adopt(
        &self,
        candidate: Box<Candidate<Chapter>>,
        peer: &PeerAddress,
    ) -> Result<Option<Arc<Replacement<BlockSummary, Transaction>>>, RoundError> {
        let length = candidate.tip().height;
        match self.node.adopt(*candidate, Some(peer.clone())).await? {
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

    /// Tells the observer and the operator what a peer answered, and everyone when a longer chain is beyond a limit.
    async fn note(&self, answer: &Answer) {
        let peer = &answer.peer;
        match &answer.chain {
            Ok(None) => {}
            Ok(Some(Fetched::NotLonger { length })) => tracing::debug!(%peer, length, "has no longer chain"),
            Ok(Some(Fetched::Chain { candidate, is_listing })) => {
                tracing::debug!(%peer, length = candidate.tip().height, "has a valid chain");
                if *is_listing {
                    self.observer.learn_chain(peer, candidate.tip()).await;
                }
            }
            Err(error) => {
                if let PeerError::BeyondLimit { length, limit } = error {
                    self.node.tell_beyond_limit(peer.clone(), *length, *limit);
                }
                let reason = error.to_string();
                tracing::warn!(%peer, reason = %reason.escape_debug(), "passed over");
            }
        }
    }
}
