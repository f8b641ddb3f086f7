//! The questions one can ask a node whose rules are known.

use std::{ops::Deref, sync::Arc};

use bcoin_ledger::{Blockchain, Rules};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    address::PeerAddress,
    any_node::{AnyNode, Link, Sending},
    candidate::Candidate,
    command::{AddTransactionError, AdoptError, AdoptionOf, Command, Control, MineError, MineRequest, Mined, Stopping},
    event_log::{EventId, EventLog},
    events::{Event, EventOf, NodeEvent},
    intake::Intake,
    shared::Shared,
    view::View,
};

/// A node under the rules `R`; cheap to clone. It can be asked all that an [`AnyNode`] can.
#[derive(Clone)]
pub struct NodeHandle<R: Rules> {
    any: AnyNode,
    channels: Arc<Channels<R>>,
}

/// The ways to the threads of a node, and what all who ask it share.
pub(crate) struct Channels<R: Rules> {
    pub(crate) commands: mpsc::Sender<Command<R>>,
    pub(crate) requests: mpsc::Sender<MineRequest<R>>,
    pub(crate) events: Arc<EventLog<EventOf<R>>>,
    pub(crate) rules: R,
    pub(crate) intake: Arc<Intake<R::BlockError>>,
}

impl<R: Rules> Link for Channels<R> {
    fn send(&self, control: Control) -> Sending<'_> {
        Box::pin(async { self.commands.send(Command::Control(control)).await.map_err(|_| Stopping) })
    }

    fn is_alive(&self) -> bool {
        !self.commands.is_closed()
    }

    fn publish(&self, event: NodeEvent) {
        self.events.publish([Event::Node(event)]);
    }

    fn latest_event(&self) -> EventId {
        self.events.latest()
    }

    fn listeners(&self) -> usize {
        self.events.listeners()
    }
}

impl<R: Rules> Deref for NodeHandle<R> {
    type Target = AnyNode;

    fn deref(&self) -> &AnyNode {
        &self.any
    }
}

impl<R: Rules> NodeHandle<R> {
    pub(crate) fn new(channels: Channels<R>, view: watch::Receiver<Arc<View>>, shared: Arc<Shared>) -> Self {
        let channels = Arc::new(channels);
        Self { any: AnyNode::new(channels.clone(), view, shared), channels }
    }

    /// The same node, whatever its rules.
    pub fn any(&self) -> &AnyNode {
        &self.any
    }

    /// The rules that the node follows.
    pub fn rules(&self) -> &R {
        &self.channels.rules
    }

    pub(crate) fn intake(&self) -> &Arc<Intake<R::BlockError>> {
        &self.channels.intake
    }

    /// What happened and happens.
    pub fn events(&self) -> &Arc<EventLog<EventOf<R>>> {
        &self.channels.events
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

    /// Mines one block. Many may ask at once: each gets a block of its own.
    ///
    /// # Errors
    /// When the block could not be saved, or the node stops.
    pub async fn mine(&self) -> Result<Mined<R::CheckedBlock>, MineError<R::BlockError>> {
        let (reply, answer) = oneshot::channel();
        self.channels.requests.send(reply).await.map_err(|_| Stopping)?;
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

    /// Reads the state in memory: the end of the chain and what waits. `read` runs on the thread that changes it, so it has to be
    /// short.
    ///
    /// # Errors
    /// When the node stops.
    pub async fn inspect<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Blockchain<R>) -> T + Send + 'static,
    ) -> Result<T, Stopping> {
        self.ask(|reply| Command::Inspect(Box::new(move |blockchain| drop(reply.send(read(blockchain)))))).await
    }

    pub(crate) async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command<R>) -> Result<T, Stopping> {
        let (reply, answer) = oneshot::channel();
        self.channels.commands.send(command(reply)).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)
    }
}
