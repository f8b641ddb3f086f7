//! The questions one can ask a node.

use std::{io, sync::Arc};

use tokio::{
    sync::{mpsc, oneshot, watch},
    task::spawn_blocking,
};

use super::{
    candidate::Candidate,
    clock::now,
    command::{Adoption, Command, MineRequest, Mined, NodeError},
    counters::Counters,
    events::{EventKind, EventLog},
    view::View,
};
use crate::{
    ledger::Transaction,
    store::{Reader, StoreError},
    wire::{
        PeerAddress,
        v1::{Mining, MiningEvent},
    },
};

/// A node, as those see it who are not its owner thread; cheap to clone.
#[derive(Clone)]
pub struct NodeHandle {
    node_address: Arc<str>,
    commands: mpsc::Sender<Command>,
    requests: mpsc::Sender<MineRequest>,
    view: watch::Receiver<Arc<View>>,
    told: Arc<Told>,
}

/// What a node tells beside its state.
pub(super) struct Told {
    pub(super) events: Arc<EventLog>,
    pub(super) counters: Arc<Counters>,
    pub(super) mining: watch::Sender<Mining>,
}

impl NodeHandle {
    pub(super) fn new(
        node_address: String,
        commands: mpsc::Sender<Command>,
        requests: mpsc::Sender<MineRequest>,
        view: watch::Receiver<Arc<View>>,
        told: Told,
    ) -> Self {
        Self { node_address: node_address.into(), commands, requests, view, told: told.into() }
    }

    /// What happened and happens.
    pub fn events(&self) -> &Arc<EventLog> {
        &self.told.events
    }

    /// What the node has done since it started.
    pub fn counters(&self) -> &Counters {
        &self.told.counters
    }

    /// Whether and when the node mines by itself.
    pub fn mining(&self) -> Mining {
        *self.told.mining.borrow()
    }

    /// Sets whether and when the node mines by itself, until it stops.
    pub fn set_mining(&self, mining: Mining) {
        let changed = self.told.mining.send_if_modified(|setting| {
            let changed = *setting != mining;
            *setting = mining;
            changed
        });
        if changed {
            let event = MiningEvent { mining, time: now().to_utc() };
            self.told.events.publish([EventKind::Mining(event)]);
        }
    }

    pub(super) fn watch_mining(&self) -> watch::Receiver<Mining> {
        self.told.mining.subscribe()
    }

    pub(super) fn watch_view(&self) -> watch::Receiver<Arc<View>> {
        self.view.clone()
    }

    /// Whether the node can still change: its owner takes commands.
    pub fn is_alive(&self) -> bool {
        !self.commands.is_closed()
    }

    /// The node's address, which sends the rewards.
    pub fn node_address(&self) -> &str {
        &self.node_address
    }

    /// The node's state after its latest change.
    pub fn view(&self) -> Arc<View> {
        self.view.borrow().clone()
    }

    /// Lets a payment wait for the next block; returns that block's index.
    ///
    /// # Errors
    /// When too many wait already, or the payment could not be saved.
    pub async fn add_transaction(&self, transaction: Transaction) -> Result<u64, NodeError> {
        self.ask(|reply| Command::AddTransaction { transaction, reply }).await?
    }

    /// Makes other nodes known to this one; an address that is known already changes nothing. Returns all that are known.
    ///
    /// # Errors
    /// When there would be too many, or they could not be saved.
    pub async fn add_peers(&self, addresses: Vec<PeerAddress>) -> Result<Arc<[PeerAddress]>, NodeError> {
        self.ask(|reply| Command::AddPeers { addresses, reply }).await?
    }

    /// Forgets another node; returns whether it was known.
    ///
    /// # Errors
    /// When that could not be saved.
    pub async fn remove_peer(&self, address: PeerAddress) -> Result<bool, NodeError> {
        self.ask(|reply| Command::RemovePeer { address, reply }).await?
    }

    /// Mines one block. Many may ask at once: each gets a block of its own.
    ///
    /// # Errors
    /// When the block could not be saved, or the node stops.
    pub async fn mine(&self) -> Result<Mined, NodeError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(reply).await.map_err(|_| NodeError::Stopping)?;
        answer.await.map_err(|_| NodeError::Stopping)?
    }

    /// Replaces the node's chain by a longer one, which came `from` a peer or from a file.
    ///
    /// # Errors
    /// When it could not be saved.
    pub async fn adopt(&self, candidate: Candidate, from: Option<PeerAddress>) -> Result<Adoption, NodeError> {
        self.ask(|reply| Command::Adopt { candidate, from, reply }).await?
    }

    /// Reads the chain on a thread that may block. When the database has failed, the owner opens it again, and this
    /// reads once more.
    ///
    /// # Errors
    /// When reading fails, or fails again.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl Fn(&Reader) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        match self.read_once(read.clone()).await {
            Err(error) if error.is_failure_of_the_database() => {
                // Whether that helped shows when reading again.
                let _ = self.ask(|reply| Command::Restore { reply }).await;
                self.read_once(read).await
            }
            result => result,
        }
    }

    async fn read_once<T: Send + 'static>(
        &self,
        read: impl Fn(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = self.view().reader.clone();
        let reading = spawn_blocking(move || read(&reader));
        reading.await.map_err(|error| StoreError::Io(io::Error::other(error)))?
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, NodeError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| NodeError::Stopping)?;
        answer.await.map_err(|_| NodeError::Stopping)
    }
}
