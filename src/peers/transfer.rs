//! Transfers: one peer is asked for its chain, and answers in its own time. A round does not wait for one that is slow.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bcoin_node::{NodeHandle, PeerAddress, View};
use tokio::{
    task::{self, JoinSet},
    time::Instant,
};
use tracing::Instrument as _;

use super::{
    client::PeerClient,
    error::PeerError,
    exchange::Exchange,
    fetch::{Fetch, Fetched},
    own_address::OwnAddress,
};

/// What a peer answered, and how long that took.
pub(super) struct Answer<R> {
    pub(super) peer: PeerAddress,
    pub(super) took: Duration,
    /// None when the peer is this node itself.
    pub(super) chain: Result<Option<Fetched<R>>, PeerError>,
    /// What that shows of a peer that told of more work.
    pub(super) shows: Shows,
}

/// What an answer shows of a peer that told of more work than the own chain had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// It has more work.
    MoreWork,
    /// It has not.
    NoMoreWork,
    /// Neither, and the peer is not to blame: it is too early for the next block, or the chain has changed meanwhile.
    Nothing,
}

/// The transfers that are under way, at most one for each peer.
pub(super) struct Transfers<R: Exchange> {
    rules: R,
    node: NodeHandle<R>,
    client: PeerClient,
    own_address: OwnAddress,
    tasks: JoinSet<Answer<R>>,
    /// What each task does.
    asked: HashMap<task::Id, Asked>,
}

/// A peer that is being asked.
struct Asked {
    peer: PeerAddress,
    /// Whether its chain has begun to arrive.
    is_arriving: Arc<AtomicBool>,
    /// Whether no round waits for it: the one that asked it has ended, or none has.
    is_alone: bool,
}

impl<R: Exchange> Transfers<R> {
    pub(super) fn new(rules: R, node: NodeHandle<R>, client: PeerClient, own_address: OwnAddress) -> Self {
        Self { rules, node, client, own_address, tasks: JoinSet::new(), asked: HashMap::new() }
    }

    /// Asks a peer for its chain, unless it has not answered the last time yet.
    pub(super) fn ask(&mut self, peer: &PeerAddress, view: &Arc<View>) {
        self.begin(peer, view, false);
    }

    /// As [`Transfers::ask`], without a round.
    pub(super) fn ask_alone(&mut self, peer: &PeerAddress, view: &Arc<View>) {
        self.begin(peer, view, true);
    }

    fn begin(&mut self, peer: &PeerAddress, view: &Arc<View>, is_alone: bool) {
        if self.asked.values().any(|asked| asked.peer == *peer) {
            return;
        }
        let (rules, node) = (self.rules.clone(), self.node.clone());
        let (client, own_address) = (self.client.clone(), self.own_address);
        let asked = Asked { peer: peer.clone(), is_arriving: Arc::default(), is_alone };
        let (peer, view, delivering) = (peer.clone(), view.clone(), asked.is_arriving.clone());
        let transfer = async move {
            let began = Instant::now();
            let chain = match own_address.is(&peer).await {
                true => Ok(None),
                false => {
                    let (rules, client, node, peer) = (&rules, &client, &node, &peer);
                    Fetch { rules, client, node, peer, view: &view, delivering: &delivering }.run().await.map(Some)
                }
            };
            let shows = match &chain {
                Ok(Some(Fetched::Chain { candidate, .. })) if candidate.tip().has_more_work_than(&view.tip) => {
                    Shows::MoreWork
                }
                Ok(Some(Fetched::NotLonger { is_early: true, .. })) | Err(PeerError::Changed) => Shows::Nothing,
                _ => Shows::NoMoreWork,
            };
            Answer { peer, took: began.elapsed(), chain, shows }
        };
        let task = self.tasks.spawn(transfer.in_current_span());
        self.asked.insert(task.id(), asked);
    }

    /// Whether a chain is arriving from a peer that was asked since the last round ended.
    pub(super) fn any_is_arriving(&self) -> bool {
        self.asked.values().any(|asked| !asked.is_alone && asked.is_arriving.load(Ordering::Relaxed))
    }

    /// A round has ended: who has not answered goes on alone, and no later round is longer because of that peer.
    pub(super) fn go_on_alone(&mut self) {
        self.asked.values_mut().for_each(|asked| asked.is_alone = true);
    }

    /// The next answer; none when nobody is being asked. Cancelling the wait loses nothing.
    pub(super) async fn next(&mut self) -> Option<Answer<R>> {
        let ended = self.tasks.join_next_with_id().await?;
        let id = ended.as_ref().map_or_else(task::JoinError::id, |(id, _)| *id);
        let asked = self.asked.remove(&id);
        match ended {
            Ok((_, answer)) => Some(answer),
            Err(error) => {
                tracing::error!(%error, "asking a peer ended with a panic");
                let peer = asked?.peer;
                let chain = Err(PeerError::Interrupted);
                Some(Answer { peer, took: Duration::ZERO, chain, shows: Shows::NoMoreWork })
            }
        }
    }
}
