//! The miner: one thread that searches proofs, for one request at a time.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::{
    command::{Command, MineRequest, Mined, NodeError, Sealed},
    view::View,
};
use crate::ledger::{Tip, Transaction, puzzle};

pub(super) struct Miner {
    reward: Transaction,
    commands: mpsc::Sender<Command>,
    view: watch::Receiver<Arc<View>>,
    stop: CancellationToken,
}

impl Miner {
    pub(super) fn new(
        node_address: &str,
        miner: &str,
        commands: mpsc::Sender<Command>,
        view: watch::Receiver<Arc<View>>,
        stop: CancellationToken,
    ) -> Self {
        Self { reward: Transaction::reward(node_address, miner), commands, view, stop }
    }

    /// Serves requests in the order they came, until nobody is left who could send one.
    pub(super) fn run(self, mut requests: mpsc::Receiver<MineRequest>) {
        while let Some(reply) = requests.blocking_recv() {
            // Who has gone away wants no block any more.
            if !reply.is_closed() {
                let _ = reply.send(self.mine());
            }
        }
    }

    /// Searches until a proof makes a block: when the chain was replaced meanwhile, the new tip sets a new puzzle.
    fn mine(&self) -> Result<Mined, NodeError> {
        loop {
            let parent = self.tip();
            let began = Instant::now();
            let given_up = || self.stop.is_cancelled() || self.tip() != parent;
            let Some(proof) = puzzle::search(parent.proof, given_up) else {
                if self.stop.is_cancelled() {
                    return Err(NodeError::Stopping);
                }
                continue;
            };
            if let Sealed::Block(mined) = self.seal(parent, proof, began.elapsed())? {
                return Ok(mined);
            }
        }
    }

    fn tip(&self) -> Tip {
        self.view.borrow().tip
    }

    fn seal(&self, parent: Tip, proof: u64, took: Duration) -> Result<Sealed, NodeError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Seal { parent: parent.hash, proof, took, reward: self.reward.clone(), reply };
        self.commands.blocking_send(command).map_err(|_| NodeError::Stopping)?;
        answer.blocking_recv().map_err(|_| NodeError::Stopping)?
    }
}
