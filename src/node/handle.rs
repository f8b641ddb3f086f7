//! The questions one can ask a node.

use std::{io, sync::Arc};

use tokio::{
    sync::{mpsc, oneshot, watch},
    task::spawn_blocking,
};

use super::{
    candidate::Candidate,
    command::{Adoption, Command, MineRequest, NodeError},
    view::View,
};
use crate::{
    ledger::{CheckedBlock, Transaction},
    store::{Reader, StoreError},
    wire::PeerAddress,
};

/// A node, as those see it who are not its owner thread; cheap to clone.
#[derive(Clone)]
pub struct NodeHandle {
    node_address: Arc<str>,
    commands: mpsc::Sender<Command>,
    requests: mpsc::Sender<MineRequest>,
    view: watch::Receiver<Arc<View>>,
}

impl NodeHandle {
    pub(super) fn new(
        node_address: String,
        commands: mpsc::Sender<Command>,
        requests: mpsc::Sender<MineRequest>,
        view: watch::Receiver<Arc<View>>,
    ) -> Self {
        Self { node_address: node_address.into(), commands, requests, view }
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

    /// Mines one block. Many may ask at once: each gets a block of its own.
    ///
    /// # Errors
    /// When the block could not be saved, or the node stops.
    pub async fn mine(&self) -> Result<CheckedBlock, NodeError> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(reply).await.map_err(|_| NodeError::Stopping)?;
        answer.await.map_err(|_| NodeError::Stopping)?
    }

    /// Replaces the node's chain by a longer one.
    ///
    /// # Errors
    /// When it could not be saved.
    pub async fn adopt(&self, candidate: Candidate) -> Result<Adoption, NodeError> {
        self.ask(|reply| Command::Adopt { candidate, reply }).await?
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
