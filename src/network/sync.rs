//! The search for the longest chain: asks all peers at once, takes the longest valid chain that is longer than the own one
//! (contract section 4, `/replace_chain`).

use std::sync::Arc;

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use tracing::Instrument as _;

use super::{client::PeerClient, own_address::OwnAddress};
use crate::{
    node::{Adoption, Candidate, NodeError, NodeHandle, View},
    wire::PeerAddress,
};

/// How many requests may wait for a round before their senders wait too.
const QUEUE: usize = 64;

type Reply = oneshot::Sender<Result<Synced, NodeError>>;

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synced {
    /// A peer's chain was longer; it is the node's chain now.
    Replaced,
    /// None was.
    Kept,
}

/// Asks for a round; cheap to clone.
#[derive(Clone)]
pub struct SyncHandle(mpsc::Sender<Reply>);

impl SyncHandle {
    /// Asks the peers for a longer chain. Whoever asks while a round is under way shares the next one, so that every
    /// answer is newer than its question and no crowd of callers multiplies the work.
    ///
    /// # Errors
    /// When a longer chain could not be saved, or the node stops.
    pub async fn replace_chain(&self) -> Result<Synced, NodeError> {
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

impl Sync {
    async fn round(&self) -> Result<Synced, NodeError> {
        let view = self.node.view();
        let Some((peer, candidate)) = self.longest(&view).await else { return Ok(Synced::Kept) };
        let length = candidate.tip().index;
        match self.node.adopt(candidate).await? {
            Adoption::Adopted { given_up, waiting } => {
                tracing::info!(%peer, length, given_up, waiting, "replaced the chain");
                Ok(Synced::Replaced)
            }
            Adoption::Outdated => {
                tracing::info!(%peer, length, "the own chain has grown meanwhile and is kept");
                Ok(Synced::Kept)
            }
        }
    }

    /// The longest chain that is longer than the own one; among equals the one of the peer that was added first.
    async fn longest(&self, view: &Arc<View>) -> Option<(PeerAddress, Candidate)> {
        let mut answers: FuturesUnordered<_> =
            view.peers.iter().enumerate().map(|(order, peer)| self.ask(order, peer, view)).collect();
        let mut best: Option<(usize, Candidate)> = None;
        while let Some(answer) = answers.next().await {
            let Some((order, candidate)) = answer else { continue };
            let length = candidate.tip().index;
            let better = best.as_ref().is_none_or(|(best_order, best)| {
                length > best.tip().index || (length == best.tip().index && order < *best_order)
            });
            if length > view.tip.index && better {
                best = Some((order, candidate));
            }
        }
        best.map(|(order, candidate)| (view.peers[order].clone(), candidate))
    }

    async fn ask(&self, order: usize, peer: &PeerAddress, view: &View) -> Option<(usize, Candidate)> {
        if self.own_address.is(peer).await {
            return None;
        }
        match self.client.fetch_chain(peer, view.reader.clone()).await {
            Ok(candidate) => {
                tracing::debug!(%peer, length = candidate.tip().index, "has a valid chain");
                Some((order, candidate))
            }
            Err(error) => {
                let reason = error.to_string();
                tracing::warn!(%peer, reason = %reason.escape_debug(), "passed over");
                None
            }
        }
    }
}
