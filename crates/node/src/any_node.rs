//! A node as those see it who need not know its rules: its state, its peers, its data.

use std::{pin::Pin, sync::Arc};

use tokio::sync::{oneshot, watch};

use crate::{
    address::PeerAddress,
    clock::now,
    command::{AddPeersError, Control, RemovePeerError, Stopping},
    counters::Counters,
    event_log::EventId,
    events::{BeyondLimit, NodeEvent},
    limits::ChainLimit,
    mining_mode::MiningMode,
    reading::ReadingThreads,
    shared::Shared,
    store::{Reader, StoreError},
    view::View,
};

/// A node under whatever rules; cheap to clone.
#[derive(Clone)]
pub struct AnyNode {
    link: Arc<dyn Link>,
    view: watch::Receiver<Arc<View>>,
    shared: Arc<Shared>,
}

/// Asking the owner: it may have to wait for a place in the queue.
pub(crate) type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), Stopping>> + Send + 'a>>;

/// The way to the owner and to the events, which know the rules.
pub(crate) trait Link: Send + Sync {
    /// Asks the owner for something.
    fn send(&self, control: Control) -> Sending<'_>;

    /// Whether the owner takes commands.
    fn is_alive(&self) -> bool;

    /// Tells whoever listens what has happened.
    fn publish(&self, event: NodeEvent);

    /// The id of the latest event.
    fn latest_event(&self) -> EventId;

    /// How many listen to the events.
    fn listeners(&self) -> usize;
}

impl AnyNode {
    pub(crate) fn new(link: Arc<dyn Link>, view: watch::Receiver<Arc<View>>, shared: Arc<Shared>) -> Self {
        Self { link, view, shared }
    }

    /// What the node has done since it started.
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// Whether and when the node mines by itself.
    pub fn mining(&self) -> MiningMode {
        *self.shared.mining.borrow()
    }

    /// Sets whether and when the node mines by itself, until it stops.
    pub fn set_mining(&self, mode: MiningMode) {
        let changed = self.shared.mining.send_if_modified(|setting| {
            let changed = *setting != mode;
            *setting = mode;
            changed
        });
        if changed {
            self.link.publish(NodeEvent::Mining { mode, time: now().to_utc() });
        }
    }

    pub(crate) fn watch_mining(&self) -> watch::Receiver<MiningMode> {
        self.shared.mining.subscribe()
    }

    /// Tells whoever listens that a peer has a better chain that is not taken because of a limit.
    pub fn tell_beyond_limit(&self, peer: PeerAddress, length: Option<u64>, limit: ChainLimit) {
        let beyond = BeyondLimit { peer, length, limit, time: now().to_utc() };
        self.link.publish(NodeEvent::BeyondLimit(beyond));
    }

    /// The id of the latest event; its count is 0 when there is none yet.
    pub fn latest_event(&self) -> EventId {
        self.link.latest_event()
    }

    /// How many listen to the events.
    pub fn listeners(&self) -> usize {
        self.link.listeners()
    }

    /// The node's state, and a way to wait until it changes.
    pub fn watch_view(&self) -> watch::Receiver<Arc<View>> {
        self.view.clone()
    }

    /// Whether the node can still change: its owner takes commands.
    pub fn is_alive(&self) -> bool {
        self.link.is_alive()
    }

    /// The node's address, a name that it keeps with its data.
    pub fn node_address(&self) -> &str {
        &self.shared.node_address
    }

    /// The node's state after its latest change.
    pub fn view(&self) -> Arc<View> {
        self.view.borrow().clone()
    }

    /// Makes other nodes known to this one; an address that is known already changes nothing. Returns all that are known.
    ///
    /// # Errors
    /// When there would be too many, or they could not be saved.
    pub async fn add_peers(&self, addresses: Vec<PeerAddress>) -> Result<Arc<[PeerAddress]>, AddPeersError> {
        self.ask(|reply| Control::AddPeers { addresses, reply }).await?
    }

    /// Forgets another node; returns whether it was known.
    ///
    /// # Errors
    /// When that could not be saved.
    pub async fn remove_peer(&self, address: PeerAddress) -> Result<bool, RemovePeerError> {
        self.ask(|reply| Control::RemovePeer { address, reply }).await?
    }

    /// Reads the data on a thread that may block. When the database has failed, the owner opens it again, and this reads once
    /// more.
    ///
    /// # Errors
    /// When reading fails, or fails again.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl Fn(&Reader) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        self.read_on(&self.shared.reading, read).await
    }

    /// As [`AnyNode::read`], on other threads: what takes long must not hold up what is short.
    ///
    /// # Errors
    /// When reading fails, or fails again.
    pub async fn read_on<T: Send + 'static>(
        &self,
        threads: &ReadingThreads,
        read: impl Fn(&Reader) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.read_once(threads, read.clone()).await {
            Err(error) if error.is_failure_of_the_database() => {
                // Whether that helped shows when reading again.
                let _ = self.ask(|reply| Control::Reopen { reply }).await;
                self.read_once(threads, read).await
            }
            result => result,
        }
    }

    /// Why nothing can be saved, if the last attempt failed. The owner tries again first, once a second at most.
    ///
    /// # Errors
    /// When the node stops.
    pub async fn save_failure(&self) -> Result<Option<Arc<str>>, Stopping> {
        if self.shared.failed_save.borrow().is_none() {
            return Ok(None);
        }
        self.ask(|reply| Control::SaveAgain { reply }).await
    }

    async fn read_once<T: Send + 'static>(
        &self,
        threads: &ReadingThreads,
        read: impl Fn(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = self.view().reader.clone();
        threads.run(move || read(&reader)).await?
    }

    async fn ask<T>(&self, control: impl FnOnce(oneshot::Sender<T>) -> Control) -> Result<T, Stopping> {
        let (reply, answer) = oneshot::channel();
        self.link.send(control(reply)).await?;
        answer.await.map_err(|_| Stopping)
    }
}
