//! The network as it changes. While somebody listens, the peers are followed, and each change is told.

use std::{sync::Arc, time::Duration};

use bcoin_node::{PeerAddress, store::StoreError};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{super::observer::Watched, Network, seer::Seer};

/// How long changes are gathered before they are told.
const PAUSE: Duration = Duration::from_millis(200);
/// After how long the network is looked at although nothing seems to have changed.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long the peers are followed when nobody listens any more: a page that is loaded anew finds them as they are.
const LINGER: Duration = Duration::from_secs(10);

/// Lets others listen; cheap to clone.
#[derive(Clone)]
pub(super) struct Live(Arc<Shared>);

struct Shared {
    /// The latest network; none while nobody is interested.
    latest: watch::Sender<Option<Arc<Network>>>,
    /// One receiver for each listener.
    listeners: watch::Sender<()>,
    arrived: Notify,
}

/// A listener. While there is one, the peers are followed.
pub struct NetworkListener {
    latest: watch::Receiver<Option<Arc<Network>>>,
    _listens: watch::Receiver<()>,
}

impl NetworkListener {
    /// The network when it has changed; at first as it is. None when the node stops.
    pub async fn next(&mut self) -> Option<Arc<Network>> {
        loop {
            self.latest.changed().await.ok()?;
            if let Some(network) = self.latest.borrow_and_update().clone() {
                return Some(network);
            }
        }
    }
}

impl Live {
    pub(super) fn is_followed(&self) -> bool {
        self.0.latest.borrow().is_some()
    }

    pub(super) fn listen(&self) -> NetworkListener {
        let mut latest = self.0.latest.subscribe();
        latest.mark_changed();
        let listener = NetworkListener { latest, _listens: self.0.listeners.subscribe() };
        self.0.arrived.notify_one();
        listener
    }
}

pub(super) fn start(seer: Arc<Seer>, stop: CancellationToken) -> (Live, JoinHandle<()>) {
    let shared = Arc::new(Shared {
        latest: watch::Sender::new(None),
        listeners: watch::Sender::new(()),
        arrived: Notify::new(),
    });
    let live = Live(shared.clone());
    let work = async move {
        let follow_whenever_asked = async {
            loop {
                shared.arrived.notified().await;
                while shared.listeners.receiver_count() > 0 {
                    follow(&seer, &shared).await;
                }
                shared.latest.send_replace(None);
            }
        };
        stop.run_until_cancelled(follow_whenever_asked).await;
    };
    (live, tokio::spawn(work.in_current_span()))
}

/// Follows the peers, and tells each change, until nobody listens any more.
async fn follow(seer: &Arc<Seer>, shared: &Shared) {
    let (mut views, mut changes) = (seer.node.watch_view(), seer.observer.changes());
    let mut watched: Option<(Arc<[PeerAddress]>, Watched)> = None;
    let mut last_listened = Instant::now();
    let mut searching: Option<(Instant, AbortOnDrop)> = None;
    while last_listened.elapsed() < LINGER {
        if shared.listeners.receiver_count() > 0 {
            last_listened = Instant::now();
        }
        views.mark_unchanged();
        changes.mark_unchanged();
        let peers = seer.node.view().peers.clone();
        if watched.as_ref().is_none_or(|(known, _)| *known != peers) {
            watched = Some((peers.clone(), seer.observer.watch(&seer.others(&peers).await)));
        }
        let is_open = tell(seer, shared).await;
        if is_open
            && searching.as_ref().is_none_or(|(began, task)| task.0.is_finished() && began.elapsed() > LONGEST_PAUSE)
        {
            let seer = seer.clone();
            let task = tokio::spawn(async move { seer.search().await }.in_current_span());
            searching = Some((Instant::now(), AbortOnDrop(task)));
        }
        sleep(PAUSE).await;
        let changed = async {
            tokio::select! {
                _ = views.changed() => {}
                _ = changes.changed() => {}
            }
        };
        // Nothing has changed for a while, or whether it has does not matter.
        let _ = timeout(LONGEST_PAUSE, changed).await;
    }
}

/// A task that ends when this is dropped.
struct AbortOnDrop(JoinHandle<Result<(), StoreError>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Tells how the network is, if it has changed. Returns whether there are peers that have to be asked where their chains part.
async fn tell(seer: &Seer, shared: &Shared) -> bool {
    match seer.see().await {
        Ok(network) => {
            let is_open = network.peers.iter().any(|peer| peer.known.parts_earlier());
            let network = Arc::new(network);
            shared.latest.send_if_modified(|latest| {
                let changed = latest.as_deref().is_none_or(|latest| *latest != *network);
                if changed {
                    *latest = Some(network.clone());
                }
                changed
            });
            is_open
        }
        Err(error) => {
            tracing::warn!(%error, "the network cannot be compared with the own chain");
            false
        }
    }
}

impl PartialEq for Network {
    /// Whether both say the same, however long it took to find it out.
    fn eq(&self, other: &Self) -> bool {
        let known = |network: &Self| -> Vec<_> {
            network.peers.iter().map(|peer| (peer.address.clone(), peer.known.clone())).collect()
        };
        self.own == other.own && self.branches == other.branches && known(self) == known(other)
    }
}
