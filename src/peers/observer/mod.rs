//! Looks at peers, for all nodes of a process together: one look at an address serves every node that has it as a peer.
//!
//! Somebody has to be interested: a peer is followed as long as a node watches it, and nobody is asked otherwise.

mod follow;
mod look;
mod observation;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use bcoin_ledger::Tip;
use bcoin_node::PeerAddress;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tracing::Instrument as _;

pub use self::observation::LastBlock;
pub(super) use self::observation::{BCoinReport, Observation, Report, Trail};
use self::{follow::follow, look::look, observation::ListingReport};
use super::client::PeerClient;

/// How many peers are followed by their streams of events; the others are asked again and again.
pub const MAX_STREAMS: usize = 32;
/// Of how many addresses something is known, beside those that are followed.
const MAX_KNOWN: usize = 1024;

/// Looks at peers; cheap to clone. All nodes of a process share one.
#[derive(Clone)]
pub struct Observer(Arc<Shared>);

struct Shared {
    client: PeerClient,
    streams: Arc<Semaphore>,
    peers: Mutex<HashMap<PeerAddress, Known>>,
    /// Counts the changes, and wakes those who wait for one.
    changes: watch::Sender<u64>,
}

/// What is known of a peer, and whether it is followed.
struct Known {
    observed: Arc<Observed>,
    followed: Weak<Followed>,
}

/// The latest observation of a peer.
struct Observed {
    peer: PeerAddress,
    latest: Mutex<Arc<Observation>>,
    /// Held by who makes the next observation from the latest one.
    changing: tokio::sync::Mutex<()>,
}

/// A peer that is followed until this is dropped.
struct Followed(JoinHandle<()>);

impl Drop for Followed {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Peers that are followed until this is dropped.
pub(super) struct Watched {
    _peers: Vec<Arc<Followed>>,
}

impl std::fmt::Debug for Observer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}

impl Observer {
    /// Looks at nobody yet.
    pub fn new(client: PeerClient) -> Self {
        Self(Arc::new(Shared {
            client,
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            peers: Mutex::default(),
            changes: watch::Sender::new(0),
        }))
    }

    /// Follows these peers.
    pub(super) fn watch<'a>(&self, peers: impl IntoIterator<Item = &'a PeerAddress>) -> Watched {
        let mut known = self.known();
        let followed = |peer: &PeerAddress| {
            let entry = entry(&mut known, peer);
            entry.followed.upgrade().unwrap_or_else(|| {
                let (observer, observed) = (self.clone(), entry.observed.clone());
                let task = tokio::spawn(async move { follow(&observer, &observed).await }.in_current_span());
                let followed = Arc::new(Followed(task));
                entry.followed = Arc::downgrade(&followed);
                followed
            })
        };
        Watched { _peers: peers.into_iter().map(followed).collect() }
    }

    /// Looks at a peer now.
    pub(super) async fn look(&self, peer: &PeerAddress) -> Arc<Observation> {
        let observed = entry(&mut self.known(), peer).observed.clone();
        self.look_at(&observed).await
    }

    /// What is known of a peer.
    pub(super) fn latest(&self, peer: &PeerAddress) -> Arc<Observation> {
        self.known().get(peer).map(|known| known.observed.latest()).unwrap_or_default()
    }

    /// Takes note of the chain of a node of the listing, which was fetched for another reason.
    pub(super) async fn learn_chain(&self, peer: &PeerAddress, tip: Tip) {
        let observed = entry(&mut self.known(), peer).observed.clone();
        let learn = |observation: &mut Observation| {
            let is_listing = !matches!(observation.report, Some(Report::BCoin(_)));
            if is_listing {
                let trail = Some(Trail::new(tip.height, tip.hash));
                observation.report = Some(Report::Listing(ListingReport { body_bytes: None, trail }));
            }
            is_listing
        };
        self.change(&observed, learn).await;
    }

    /// Wakes whoever waits when something about a peer has changed.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    async fn look_at(&self, observed: &Observed) -> Arc<Observation> {
        let _changing = observed.changing.lock().await;
        let before = observed.latest();
        let observation = look(&self.0.client, &observed.peer, &before).await;
        self.publish(observed, observation)
    }

    /// Changes what is known of a peer. Nothing changes when `change` returns false, which is returned then.
    async fn change(&self, observed: &Observed, change: impl FnOnce(&mut Observation) -> bool) -> bool {
        let _changing = observed.changing.lock().await;
        let mut observation = (*observed.latest()).clone();
        let changed = change(&mut observation);
        if changed {
            self.publish(observed, observation);
        }
        changed
    }

    fn publish(&self, observed: &Observed, observation: Observation) -> Arc<Observation> {
        let observation = Arc::new(observation);
        *observed.lock() = observation.clone();
        self.0.changes.send_modify(|count| *count += 1);
        observation
    }

    fn known(&self) -> MutexGuard<'_, HashMap<PeerAddress, Known>> {
        self.0.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entry of a peer. When there are too many, those that nobody follows are forgotten.
fn entry<'k>(known: &'k mut HashMap<PeerAddress, Known>, peer: &PeerAddress) -> &'k mut Known {
    if known.len() >= MAX_KNOWN && !known.contains_key(peer) {
        known.retain(|_, known| known.followed.strong_count() > 0);
    }
    known.entry(peer.clone()).or_insert_with(|| Known {
        observed: Arc::new(Observed { peer: peer.clone(), latest: Mutex::default(), changing: Default::default() }),
        followed: Weak::new(),
    })
}

impl Observed {
    fn latest(&self) -> Arc<Observation> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Observation>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
