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
    /// The peer that each task asks, and whether a chain is arriving from it.
    asked: HashMap<task::Id, (PeerAddress, Arc<AtomicBool>)>,
}

impl Transfers {
    pub(super) fn new(node: Node, client: PeerClient, own_address: OwnAddress) -> Self {
        Self { node, client, own_address, tasks: JoinSet::new(), asked: HashMap::new() }
    }

    /// Asks a peer for its chain, unless it has not answered the last time yet.
    pub(super) fn ask(&mut self, peer: &PeerAddress, view: &Arc<View>) {
        if self.asked.values().any(|(asked, _)| asked == peer) {
            return;
        }
        let (node, client, own_address) = (self.node.clone(), self.client.clone(), self.own_address);
        let (to_ask, view, delivering) = (peer.clone(), view.clone(), Arc::<AtomicBool>::default());
        let arriving = delivering.clone();
        let transfer = async move {
            let peer = to_ask;
            let began = Instant::now();
            let chain = match own_address.is(&peer).await {
                true => Ok(None),
                false => fetch(&client, &node, &peer, &view, &delivering).await.map(Some),
            };
            Answer { peer, took: began.elapsed(), chain }
        };
        let task = self.tasks.spawn(transfer.in_current_span());
        self.asked.insert(task.id(), (peer.clone(), arriving));
    }

    /// Whether a chain is arriving from any peer.
    pub(super) fn any_is_arriving(&self) -> bool {
        self.asked.values().any(|(_, arriving)| arriving.load(Ordering::Relaxed))
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
                let (peer, _) = asked?;
                Some(Answer { peer, took: Duration::ZERO, chain: Err(PeerError::Interrupted) })
            }
        }
    }
}
