//! Transfers: one peer is asked for its chain, and answers in its own time. A round does not wait for one that is slow.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bcoin_node::{PeerAddress, View};
use tokio::{
    task::{self, JoinSet},
    time::Instant,
};
use tracing::Instrument as _;

use super::{
    client::PeerClient,
    error::PeerError,
    fetch::{Fetched, fetch},
    own_address::OwnAddress,
};
use crate::node::Node;

/// What a peer answered, and how long that took.
pub(super) struct Answer {
    pub(super) peer: PeerAddress,
    pub(super) took: Duration,
    /// None when the peer is this node itself.
    pub(super) chain: Result<Option<Fetched>, PeerError>,
}

/// The transfers that are under way, at most one for each peer.
pub(super) struct Transfers {
    node: Node,
    client: PeerClient,
    own_address: OwnAddress,
    tasks: JoinSet<Answer>,
    /// What each task does.
    asked: HashMap<task::Id, Asked>,
}

/// A peer that is being asked.
struct Asked {
    peer: PeerAddress,
    /// Whether its chain has begun to arrive.
    is_arriving: Arc<AtomicBool>,
    /// Whether the round has ended that asked it.
    is_alone: bool,
}

impl Transfers {
    pub(super) fn new(node: Node, client: PeerClient, own_address: OwnAddress) -> Self {
        Self { node, client, own_address, tasks: JoinSet::new(), asked: HashMap::new() }
    }

    /// Asks a peer for its chain, unless it has not answered the last time yet.
    pub(super) fn ask(&mut self, peer: &PeerAddress, view: &Arc<View>) {
        if self.asked.values().any(|asked| asked.peer == *peer) {
            return;
        }
        let (node, client, own_address) = (self.node.clone(), self.client.clone(), self.own_address);
        let asked = Asked { peer: peer.clone(), is_arriving: Arc::default(), is_alone: false };
        let (peer, view, delivering) = (peer.clone(), view.clone(), asked.is_arriving.clone());
        let transfer = async move {
            let began = Instant::now();
            let chain = match own_address.is(&peer).await {
                true => Ok(None),
                false => fetch(&client, &node, &peer, &view, &delivering).await.map(Some),
            };
            Answer { peer, took: began.elapsed(), chain }
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
    pub(super) async fn next(&mut self) -> Option<Answer> {
        let ended = self.tasks.join_next_with_id().await?;
        let id = ended.as_ref().map_or_else(task::JoinError::id, |(id, _)| *id);
        let asked = self.asked.remove(&id);
        match ended {
            Ok((_, answer)) => Some(answer),
            Err(error) => {
                tracing::error!(%error, "asking a peer ended with a panic");
                let peer = asked?.peer;
                Some(Answer { peer, took: Duration::ZERO, chain: Err(PeerError::Interrupted) })
            }
        }
    }
}
