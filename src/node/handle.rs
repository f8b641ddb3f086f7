//! The questions one can ask a node.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use super::{
    candidate::Candidate,
    command::{Adoption, Command, MineRequest, NodeError},
    view::View,
};
use crate::{
    ledger::{CheckedBlock, Transaction},
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

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Result<T, NodeError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| NodeError::Stopping)?;
        answer.await.map_err(|_| NodeError::Stopping)
    }
}
