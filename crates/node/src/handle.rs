//! The questions one can ask a node.

use std::sync::Arc;

use bcoin_ledger::Rules;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    address::PeerAddress,
    candidate::Candidate,
    clock::now,
    command::{
        AddPeersError, AddTransactionError, AdoptError, AdoptionOf, Command, MineError, MineRequest, Mined,
        RemovePeerError, Stopping,
    },
    counters::Counters,
    event_log::EventLog,
    events::{BeyondLimit, Event, EventOf},
    limits::ChainLimit,
    mining_mode::MiningMode,
    reading::ReadingThreads,
    store::{Reader, StoreError},
    view::View,
};

/// A node, as those see it who are not its owner thread; cheap to clone.
#[derive(Clone)]
pub struct NodeHandle<R: Rules> {
    node_address: Arc<str>,
    commands: mpsc::Sender<Command<R>>,
    requests: mpsc::Sender<MineRequest<R>>,
    view: watch::Receiver<Arc<View>>,
    shared: Arc<Shared<EventOf<R>>>,
}

/// What the owner and the handles share beside the view.
pub(crate) struct Shared<E> {
    pub(crate) events: Arc<EventLog<E>>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) mining: watch::Sender<MiningMode>,
    /// Why the last attempt to save failed, if it did.
    pub(crate) failed_save: watch::Sender<Option<Arc<str>>>,
    pub(crate) reading: ReadingThreads,
}

impl<R: Rules> NodeHandle<R> {
    pub(crate) fn new(
        node_address: String,
        commands: mpsc::Sender<Command<R>>,
        requests: mpsc::Sender<MineRequest<R>>,
        view: watch::Receiver<Arc<View>>,
        shared: Shared<EventOf<R>>,
    ) -> Self {
        Self { node_address: node_address.into(), commands, requests, view, shared: shared.into() }
    }

    /// What happened and happens.
    pub fn events(&self) -> &Arc<EventLog<EventOf<R>>> {
        &self.shared.events
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
            self.shared.events.publish([Event::Mining { mode, time: now().to_utc() }]);
        }
    }

    /// Tells whoever listens that a peer has a longer chain that is not taken because of a limit.
    pub fn tell_beyond_limit(&self, peer: PeerAddress, length: Option<u64>, limit: ChainLimit) {
        let beyond = BeyondLimit { peer, length, limit, time: now().to_utc() };
        self.shared.events.publish([Event::BeyondLimit(beyond)]);
    }

    pub(crate) fn watch_mining(&self) -> watch::Receiver<MiningMode> {
        self.shared.mining.subscribe()
    }

    /// The node's state, and a way to wait until it changes.
    pub fn watch_view(&self) -> watch::Receiver<Arc<View>> {
        self.view.clone()
    }

    /// Whether the node can still change: its owner takes commands.
    pub fn is_alive(&self) -> bool {
        !self.commands.is_closed()
    }

    /// The node's address, a name that it keeps with its data.
    pub fn node_address(&self) -> &str {
        &self.node_address
    }

    /// The node's state after its latest change.
    pub fn view(&self) -> Arc<View> {
        self.view.borrow().clone()
    }

    /// Lets a transaction wait for the next block; returns that block's height.
    ///
    /// # Errors
    /// When it may not wait, or could not be saved.
    pub async fn add_transaction(
        &self,
        transaction: R::Transaction,
    ) -> Result<u64, AddTransactionError<R::AdmitError>> {
        self.ask(|reply| Command::AddTransaction { transaction, reply }).await?
    }

    /// Makes other nodes known to this one; an address that is known already changes nothing. Returns all that are known.
    ///
    /// # Errors
    /// When there would be too many, or they could not be saved.
    pub async fn add_peers(&self, addresses: Vec<PeerAddress>) -> Result<Arc<[PeerAddress]>, AddPeersError> {
        self.ask(|reply| Command::AddPeers { addresses, reply }).await?
    }

    /// Forgets another node; returns whether it was known.
    ///
    /// # Errors
    /// When that could not be saved.
    pub async fn remove_peer(&self, address: PeerAddress) -> Result<bool, RemovePeerError> {
        self.ask(|reply| Command::RemovePeer { address, reply }).await?
    }

    /// Mines one block. Many may ask at once: each gets a block of its own.
    ///
    /// # Errors
    /// When the block could not be saved, or the node stops.
    pub async fn mine(&self) -> Result<Mined<R::CheckedBlock>, MineError<R::BlockError>> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(reply).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)?
    }

    /// Replaces the node's chain by a better one, which came `from` a peer or from a file.
    ///
    /// # Errors
    /// When a block is refused, or it could not be saved.
    pub async fn adopt(
        &self,
        candidate: Candidate<R>,
        from: Option<PeerAddress>,
    ) -> Result<AdoptionOf<R>, AdoptError<R::BlockError>> {
        let candidate = Box::new(candidate);
        self.ask(|reply| Command::Adopt { candidate, from, reply }).await?
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

    /// As [`NodeHandle::read`], on other threads: what takes long must not hold up what is short.
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
                let _ = self.ask(|reply| Command::Reopen { reply }).await;
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
        self.ask(|reply| Command::SaveAgain { reply }).await
    }

    async fn read_once<T: Send + 'static>(
        &self,
        threads: &ReadingThreads,
        read: impl Fn(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = self.view().reader.clone();
        threads.run(move || read(&reader)).await?
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command<R>) -> Result<T, Stopping> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)
    }
}
