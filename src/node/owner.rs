//! The owner: the one thread that changes a node's state. It saves, then publishes, then answers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
};

use super::{
    MOST_PEERS,
    candidate::Candidate,
    clock::now,
    command::{Adoption, Command, Mined, NodeError, Reply, Sealed},
    counters::Counters,
    events::{EventKind, EventLog},
    handle::Told,
    view::View,
};
use crate::{
    ledger::{
        AfterReplacement, Block, BlockHash, Blockchain, PendingLimits, Transaction, pending_after_replacement,
        python_timestamp,
    },
    store::{Store, StoreError},
    wire::{
        PeerAddress,
        v1::{BlockEvent, GivenUpBlocks, Header, PeersEvent, Replacement, ReplacementEvent, Returned},
    },
};

/// The most commands that are looked at together, and so the most payments that share one commit.
const LARGEST_BATCH: usize = 1024;
/// How many given-up blocks and returned payments an event tells.
const MOST_TOLD: usize = 100;
/// How long a database that was opened again is left alone, whatever its readers say.
const RESTORE_PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Owner {
    store: Store,
    blockchain: Blockchain,
    limits: PendingLimits,
    peers: Vec<PeerAddress>,
    publish: watch::Sender<Arc<View>>,
    last_restore: Option<Instant>,
    /// Whether the disk holds what this node takes for its state.
    settled: bool,
    events: Arc<EventLog>,
    counters: Arc<Counters>,
    /// Where those run who wait for answers, if that is known.
    runtime: Option<Handle>,
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
        told: &Told,
    ) -> Self {
        let (events, counters) = (told.events.clone(), told.counters.clone());
        let runtime = Handle::try_current().ok();
        Self { store, blockchain, limits, peers, publish, last_restore: None, settled: true, events, counters, runtime }
    }

    /// Carries out commands until nobody is left who could send one. Payments that stand next to each other in the queue
    /// share one commit, and so one flush of the disk.
    pub(super) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut batch = Vec::new();
        let mut payments = Vec::new();
        while commands.blocking_recv_many(&mut batch, LARGEST_BATCH) > 0 {
            // Who is about to send goes first: one flush serves all that stand in the queue by then.
            std::thread::yield_now();
            while batch.len() < LARGEST_BATCH {
                let Ok(command) = commands.try_recv() else { break };
                batch.push(command);
            }
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
            Command::RemovePeer { address, reply } => {
                let _ = reply.send(self.remove_peer(&address));
            }
            Command::Seal { parent, proof, took, reward, reply } => {
                let _ = reply.send(self.seal(parent, proof, took, reward));
            }
            Command::Restore { reply } => {
                if self.last_restore.is_none_or(|last| last.elapsed() > RESTORE_PAUSE) {
                    self.restore();
                }
                let _ = reply.send(Ok(()));
            }
            Command::Adopt { candidate, from, reply } => {
                let _ = reply.send(self.adopt(candidate, from));
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
                    self.counters.payments_refused.add(1);
                    let _ = reply.send(Err(full.into()));
                }
            }
        }
        if transactions.is_empty() {
            return;
        }
        let result = self.save(|store| store.add_pending(&transactions)).map(|()| {
            let (block, waiting) = (self.blockchain.tip().index + 1, self.blockchain.pending().len());
            let time = now().to_utc();
            let events: Vec<_> = (waiting + 1..)
                .zip(&transactions)
                .map(|(pending, transaction)| EventKind::Payment {
                    transaction: transaction.clone(),
                    block,
                    pending,
                    time,
                })
                .collect();
            self.counters.payments.add(transactions.len() as u64);
            self.blockchain.add_transactions(transactions);
            self.publish(events);
            block
        });
        self.answer(replies, result);
    }

    /// Answers all payments of a commit. Waking up each of those who wait would keep this thread, which all the others wait for,
    /// so one task does that.
    fn answer(&self, replies: Vec<Reply<u64>>, result: Result<u64, NodeError>) {
        let alone = replies.len() == 1;
        let answer = move || {
            for reply in replies {
                let _ = reply.send(result.clone());
            }
        };
        match &self.runtime {
            Some(runtime) if !alone => drop(runtime.spawn(async { answer() })),
            _ => answer(),
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
            self.save(|store| store.add_peers(&new))?;
            let added = new.iter().map(ToString::to_string).collect();
            self.peers.extend(new);
            self.publish([self.peers_event(added, Vec::new())]);
        }
        Ok(self.peers.clone().into())
    }

    fn remove_peer(&mut self, address: &PeerAddress) -> Result<bool, NodeError> {
        let Some(place) = self.peers.iter().position(|peer| peer == address) else { return Ok(false) };
        let mut left = self.peers.clone();
        left.remove(place);
        self.save(|store| store.set_peers(&left))?;
        self.peers = left;
        self.publish([self.peers_event(Vec::new(), vec![address.to_string()])]);
        Ok(true)
    }

    fn peers_event(&self, added: Vec<String>, removed: Vec<String>) -> EventKind {
        EventKind::Peers(PeersEvent { added, removed, peers: self.peers.len(), time: now().to_utc() })
    }

    fn seal(
        &mut self,
        parent: BlockHash,
        proof: u64,
        took: Duration,
        reward: Transaction,
    ) -> Result<Sealed, NodeError> {
        if self.blockchain.tip().hash != parent {
            return Ok(Sealed::Outdated);
        }
        let block = self
            .blockchain
            .next_block(proof, python_timestamp(now()), reward)
            .map_err(|error| not_saved(error.into()))?;
        self.save(|store| store.append(&block))?;
        self.blockchain.append(&block);
        // Candidates are tried from 1 upwards, so the proof is their number.
        let mined = Mined { block, tries: proof, took };
        self.counters.blocks_mined.add(1);
        self.counters.proofs_tried.add(mined.tries);
        self.counters.search_nanos.add_time(took);
        let event = BlockEvent {
            header: Header::new(mined.block.block(), mined.block.hash()),
            tries: mined.tries,
            took_ms: milliseconds(took),
            time: now().to_utc(),
        };
        self.publish([EventKind::Block(event)]);
        Ok(Sealed::Block(mined))
    }

    fn adopt(&mut self, mut candidate: Candidate, from: Option<PeerAddress>) -> Result<Adoption, NodeError> {
        let own_length = self.blockchain.tip().index;
        let (fork, tip) = (candidate.fork(), candidate.tip());
        if tip.index <= own_length {
            return Ok(Adoption::Outdated);
        }
        let compared = self.compare(&mut candidate);
        let Some((after, blocks)) = self.recover_from(compared)? else { return Ok(Adoption::Outdated) };
        let AfterReplacement { pending, returned } = after;
        let number = self.save(|store| {
            store.replace(fork, candidate.blocks()?, &tip, pending.transactions(), python_timestamp(now()))
        })?;
        let replacement = Replacement {
            from: from.map(|peer| peer.to_string()),
            fork,
            length: tip.index,
            tip_hash: tip.hash.to_string(),
            given_up: GivenUpBlocks { number, count: own_length - fork, blocks },
            returned: Returned {
                count: returned as u64,
                transactions: pending.transactions().iter().take(returned.min(MOST_TOLD)).map(Into::into).collect(),
            },
        };
        self.blockchain.replace(tip, pending);
        self.counters.replacements.add(1);
        let waiting = self.blockchain.pending().len();
        let event = ReplacementEvent { replacement: replacement.clone(), pending: waiting, time: now().to_utc() };
        self.publish([EventKind::Replacement(event)]);
        Ok(Adoption::Adopted { replacement: Box::new(replacement), waiting })
    }

    /// What waits when the candidate is adopted, and the first blocks that are given up then; nothing when it was compared with
    /// another chain than this one.
    fn compare(&self, candidate: &mut Candidate) -> Result<Option<(AfterReplacement, Vec<Header>)>, StoreError> {
        if self.still_holds(candidate)? { self.after_replacement(candidate).map(Some) } else { Ok(None) }
    }

    /// Whether the candidate still begins with blocks of this chain, up to the last one it shares with it.
    fn still_holds(&self, candidate: &Candidate) -> Result<bool, StoreError> {
        let Some(hash) = candidate.fork_hash() else { return Ok(true) };
        let own = self.store.reader().snapshot()?.block(candidate.fork())?;
        Ok(own.is_some_and(|text| BlockHash::of(&text) == hash))
    }

    fn after_replacement(&self, candidate: &mut Candidate) -> Result<(AfterReplacement, Vec<Header>), StoreError> {
        let (mut displaced, mut given_up) = (Vec::new(), Vec::new());
        for text in self.store.reader().snapshot()?.blocks(candidate.fork() + 1)? {
            let text = text?;
            let block = Block::from_json(&text)?;
            if given_up.len() < MOST_TOLD {
                given_up.push(Header::new(&block, BlockHash::of(&text)));
            }
            displaced.extend(block.into_payments());
        }
        let waiting = self.blockchain.pending().transactions();
        let mut adopted = Vec::new();
        if !(displaced.is_empty() && waiting.is_empty()) {
            for text in candidate.blocks()? {
                adopted.extend(Block::from_json(&text?)?.into_payments());
            }
        }
        Ok((pending_after_replacement(displaced, waiting.iter().cloned(), adopted), given_up))
    }

    /// Sees to it that what could not be saved is not there: a commit that failed may have reached the disk all the same.
    fn recover_from<T>(&mut self, result: Result<T, StoreError>) -> Result<T, NodeError> {
        result.map_err(|error| {
            if error.is_failure_of_the_database() {
                self.restore();
            }
            not_saved(error)
        })
    }

    /// Opens the database again, and takes back what it holds beyond this node's state. While that fails, nothing is
    /// saved.
    fn restore(&mut self) {
        self.last_restore = Some(Instant::now());
        let (tip, pending) = (self.blockchain.tip(), self.blockchain.pending());
        let restored = self.store.reopen().and_then(|found| {
            if found.tip == *tip && found.pending == *pending && found.peers == self.peers {
                return Ok(());
            }
            self.store.take_back(tip, pending.transactions(), &self.peers)
        });
        self.settled = restored.is_ok();
        match restored {
            Ok(()) => tracing::warn!("the data file was opened again after a failure"),
            Err(error) => tracing::error!(%error, "the data file cannot be used again yet"),
        }
    }

    /// Carries a change to the disk, once the disk is known to hold this node's state.
    fn save<T>(&mut self, change: impl FnOnce(&Store) -> Result<T, StoreError>) -> Result<T, NodeError> {
        if !self.settled {
            self.restore();
        }
        let began = Instant::now();
        let saved = if self.settled { change(&self.store) } else { Err(StoreError::Closed) };
        let count = if saved.is_ok() { &self.counters.commits } else { &self.counters.commits_failed };
        count.add(1);
        self.counters.commit_nanos.add_time(began.elapsed());
        self.recover_from(saved)
    }

    /// Lets everyone see the state as it is, and then hear what has happened.
    fn publish(&self, events: impl IntoIterator<Item = EventKind>) {
        let view = View::new(&self.blockchain, self.peers.clone().into(), self.store.reader());
        self.publish.send_replace(Arc::new(view));
        self.events.publish(events);
    }
}

/// A time as answers tell it.
fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn not_saved(error: StoreError) -> NodeError {
    tracing::error!(%error, "could not save");
    NodeError::Store(Arc::new(error))
}
