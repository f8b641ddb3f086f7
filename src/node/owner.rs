//! The owner: the one thread that changes a node's state. It saves, then publishes, then answers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::Local;
use tokio::sync::{mpsc, watch};

use super::{
    MOST_PEERS,
    candidate::Candidate,
    command::{Adoption, Command, NodeError, Reply, Sealed},
    view::View,
};
use crate::{
    ledger::{
        Block, BlockHash, Blockchain, Pending, PendingLimits, Transaction, pending_after_replacement, python_timestamp,
    },
    store::{Contents, Store, StoreError},
    wire::PeerAddress,
};

/// The most commands that are looked at together, and so the most payments that share one commit.
const LARGEST_BATCH: usize = 1024;
/// How long a database that was opened again is left alone, whatever its readers say.
const RESTORE_PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Owner {
    store: Store,
    blockchain: Blockchain,
    limits: PendingLimits,
    peers: Vec<PeerAddress>,
    publish: watch::Sender<Arc<View>>,
    last_restore: Option<Instant>,
}

struct WaitingPayment {
    transaction: Transaction,
    reply: Reply<u64>,
}

impl Owner {
    pub(super) fn new(
        store: Store,
        blockchain: Blockchain,
        limits: PendingLimits,
        peers: Vec<PeerAddress>,
        publish: watch::Sender<Arc<View>>,
    ) -> Self {
        Self { store, blockchain, limits, peers, publish, last_restore: None }
    }

    /// Carries out commands until nobody is left who could send one. Payments that stand next to each other in the queue
    /// share one commit, and so one flush of the disk.
    pub(super) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut batch = Vec::new();
        let mut payments = Vec::new();
        while commands.blocking_recv_many(&mut batch, LARGEST_BATCH) > 0 {
            for command in batch.drain(..) {
                if let Command::AddTransaction { transaction, reply } = command {
                    payments.push(WaitingPayment { transaction, reply });
                } else {
                    self.add_transactions(std::mem::take(&mut payments));
                    self.carry_out(command);
                }
            }
            self.add_transactions(std::mem::take(&mut payments));
        }
    }

    /// Whoever asked may be gone by the time there is an answer: what was done stays done.
    fn carry_out(&mut self, command: Command) {
        match command {
            Command::AddTransaction { transaction, reply } => {
                self.add_transactions(vec![WaitingPayment { transaction, reply }]);
            }
            Command::AddPeers { addresses, reply } => {
                let _ = reply.send(self.add_peers(addresses));
            }
            Command::Seal { parent, proof, reward, reply } => {
                let _ = reply.send(self.seal(parent, proof, reward));
            }
            Command::Restore { reply } => {
                if self.last_restore.is_none_or(|last| last.elapsed() > RESTORE_PAUSE) {
                    self.restore();
                }
                let _ = reply.send(Ok(()));
            }
            Command::Adopt { candidate, reply } => {
                let _ = reply.send(self.adopt(candidate));
            }
        }
    }

    fn add_transactions(&mut self, payments: Vec<WaitingPayment>) {
        let mut room = self.blockchain.pending().room(self.limits);
        let (mut transactions, mut replies) = (Vec::new(), Vec::new());
        for WaitingPayment { transaction, reply } in payments {
            match room.take(&transaction) {
                Ok(()) => {
                    transactions.push(transaction);
                    replies.push(reply);
                }
                Err(full) => {
                    let _ = reply.send(Err(full.into()));
                }
            }
        }
        if transactions.is_empty() {
            return;
        }
        let saved = self.store.add_pending(&transactions);
        let result = self.recover_from(saved).map(|()| {
            self.blockchain.add_transactions(transactions);
            self.publish();
            self.blockchain.tip().index + 1
        });
        for reply in replies {
            let _ = reply.send(result.clone());
        }
    }

    fn add_peers(&mut self, addresses: Vec<PeerAddress>) -> Result<Arc<[PeerAddress]>, NodeError> {
        let mut new: Vec<PeerAddress> = Vec::new();
        for address in addresses {
            if !self.peers.contains(&address) && !new.contains(&address) {
                new.push(address);
            }
        }
        if self.peers.len() + new.len() > MOST_PEERS {
            return Err(NodeError::TooManyPeers);
        }
        if !new.is_empty() {
            let saved = self.store.add_peers(&new);
            self.recover_from(saved)?;
            self.peers.extend(new);
            self.publish();
        }
        Ok(self.peers.clone().into())
    }

    fn seal(&mut self, parent: BlockHash, proof: u64, reward: Transaction) -> Result<Sealed, NodeError> {
        if self.blockchain.tip().hash != parent {
            return Ok(Sealed::Outdated);
        }
        let block = self
            .blockchain
            .next_block(proof, python_timestamp(Local::now()), reward)
            .map_err(|error| not_saved(error.into()))?;
        let saved = self.store.append(&block);
        self.recover_from(saved)?;
        self.blockchain.append(&block);
        self.publish();
        Ok(Sealed::Block(block))
    }

    fn adopt(&mut self, mut candidate: Candidate) -> Result<Adoption, NodeError> {
        let own_length = self.blockchain.tip().index;
        let (fork, tip) = (candidate.fork(), candidate.tip());
        if tip.index <= own_length {
            return Ok(Adoption::Outdated);
        }
        let saved = self.save_adopted(&mut candidate);
        let Some(pending) = self.recover_from(saved)? else { return Ok(Adoption::Outdated) };
        self.blockchain.replace(tip, pending);
        self.publish();
        Ok(Adoption::Adopted { given_up: own_length - fork, waiting: self.blockchain.pending().len() })
    }

    /// Saves a replacement; returns what waits after it, or nothing when the candidate was compared with another chain.
    fn save_adopted(&self, candidate: &mut Candidate) -> Result<Option<Pending>, StoreError> {
        if !self.still_holds(candidate)? {
            return Ok(None);
        }
        let pending = self.pending_after(candidate)?;
        let (fork, tip, now) = (candidate.fork(), candidate.tip(), python_timestamp(Local::now()));
        self.store.replace(fork, candidate.blocks()?, &tip, pending.transactions(), now)?;
        Ok(Some(pending))
    }

    /// Whether the candidate still begins with blocks of this chain, up to the last one it shares with it.
    fn still_holds(&self, candidate: &Candidate) -> Result<bool, StoreError> {
        let Some(hash) = candidate.fork_hash() else { return Ok(true) };
        let own = self.store.reader().snapshot()?.block(candidate.fork())?;
        Ok(own.is_some_and(|text| BlockHash::of(&text) == hash))
    }

    fn pending_after(&self, candidate: &mut Candidate) -> Result<Pending, StoreError> {
        let mut displaced = Vec::new();
        for text in self.store.reader().snapshot()?.blocks(candidate.fork() + 1)? {
            displaced.extend(Block::from_json(&text?)?.into_payments());
        }
        let waiting = self.blockchain.pending().transactions();
        let mut adopted = Vec::new();
        if !(displaced.is_empty() && waiting.is_empty()) {
            for text in candidate.blocks()? {
                adopted.extend(Block::from_json(&text?)?.into_payments());
            }
        }
        Ok(pending_after_replacement(displaced, waiting.iter().cloned(), adopted))
    }

    /// After a failure the database is opened again, and memory takes the state that is on disk: what failed may have
    /// reached it or not.
    fn recover_from<T>(&mut self, result: Result<T, StoreError>) -> Result<T, NodeError> {
        result.map_err(|error| {
            if error.is_failure_of_the_database() {
                self.restore();
            }
            not_saved(error)
        })
    }

    fn restore(&mut self) {
        self.last_restore = Some(Instant::now());
        match self.store.reopen() {
            Ok(Contents { tip, pending, peers, .. }) => {
                self.blockchain = Blockchain::new(tip, pending);
                self.peers = peers;
                self.publish();
                tracing::warn!("the data file was opened again after a failure");
            }
            Err(error) => tracing::error!(%error, "the data file cannot be opened again"),
        }
    }

    fn publish(&self) {
        let view = View::new(&self.blockchain, self.peers.clone().into(), self.store.reader());
        self.publish.send_replace(Arc::new(view));
    }
}

fn not_saved(error: StoreError) -> NodeError {
    tracing::error!(%error, "could not save");
    NodeError::Store(Arc::new(error))
}
