//! The owner: the one thread that changes a node's state. It saves, then publishes, then answers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bcoin_ledger::{Admission as _, Blockchain, CheckedBlock as _, Found, Mempool as _, Rules, StateError, Tip};
use chrono::{DateTime, Utc};
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
};

use crate::{
    address::PeerAddress,
    candidate::Candidate,
    clock::now,
    command::{
        AddPeersError, AddReply, AddTransactionError, AdoptError, Adoption, AdoptionOf, Command, Control, MineError,
        Mined, RemovePeerError, Replacement, Returned, SaveError, Sealed, Solved, StaleBlocks,
    },
    counters::Counters,
    event_log::EventLog,
    events::{Event, EventOf, NodeEvent, PeersChange},
    intake::{SubmitError, SubmitOutcome},
    limits::{MAX_PEERS, MAX_STALE_BYTES, MAX_TOLD},
    shared::Shared,
    source::Source,
    store::{KeptBranch, ReorganiseError, Reorganised, Store, StoreError},
    view::View,
};

/// The most commands that are looked at together, and so the most transactions that share one commit.
const MAX_BATCH: usize = 1024;
/// How long a database that was opened again, or in which nothing could be saved, is left alone, whoever asks.
const REOPEN_PAUSE: Duration = Duration::from_secs(1);

pub(crate) struct Owner<R: Rules> {
    store: Store<R>,
    blockchain: Blockchain<R>,
    chain_bytes: u64,
    /// Who is paid for blocks that are mined here, if that is known.
    receiver: Option<R::Receiver>,
    /// The last block that was mined here, and when.
    last_mined: Option<(Tip, DateTime<Utc>)>,
    peers: Vec<PeerAddress>,
    publish: watch::Sender<Arc<View>>,
    last_reopened: Option<Instant>,
    last_save: Option<Instant>,
    /// Why the last attempt to save failed, if it did.
    failed_save: watch::Sender<Option<Arc<str>>>,
    /// Whether the disk holds what this node takes for its state.
    in_sync: bool,
    events: Arc<EventLog<EventOf<R>>>,
    counters: Arc<Counters>,
    /// Where those run who wait for answers, if that is known.
    runtime: Option<Handle>,
}

/// A transaction that has arrived, and where its answer goes.
type Arrived<R> = (<R as Rules>::Transaction, AddReply<<R as Rules>::AdmitError>);

impl<R: Rules> Owner<R> {
    /// The owner of a node whose first view was published already.
    pub(crate) fn new(
        store: Store<R>,
        blockchain: Blockchain<R>,
        receiver: Option<R::Receiver>,
        publish: watch::Sender<Arc<View>>,
        shared: &Shared,
        events: &Arc<EventLog<EventOf<R>>>,
    ) -> Self {
        let first_view = publish.borrow().clone();
        Self {
            store,
            blockchain,
            chain_bytes: first_view.chain_bytes,
            receiver,
            last_mined: None,
            peers: first_view.peers.to_vec(),
            publish,
            last_reopened: None,
            last_save: None,
            failed_save: shared.failed_save.clone(),
            in_sync: true,
            events: events.clone(),
            counters: shared.counters.clone(),
            runtime: Handle::try_current().ok(),
        }
    }

    /// Executes commands until nobody is left who could send one. Transactions that stand next to each other in the queue share
    /// one commit, and so one flush of the disk.
    pub(crate) fn run(mut self, mut commands: mpsc::Receiver<Command<R>>) {
        let mut batch = Vec::new();
        let mut arrived = Vec::new();
        while commands.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
            // Who is about to send goes first: one flush serves all that stand in the queue by then.
            std::thread::yield_now();
            while batch.len() < MAX_BATCH {
                let Ok(command) = commands.try_recv() else { break };
                batch.push(command);
            }
            for command in batch.drain(..) {
                self.execute(command, &mut arrived);
            }
            self.add_transactions(&mut arrived);
        }
        if let Err(error) = self.store.compact_if_sparse() {
            tracing::warn!(%error, "the data file could not be made shorter");
        }
    }

    /// Whoever asked may be gone by the time there is an answer: what was done stays done.
    fn execute(&mut self, command: Command<R>, arrived: &mut Vec<Arrived<R>>) {
        // A template need not hold what is not acknowledged yet; everything else comes after what came before it.
        if !matches!(command, Command::AddTransaction { .. } | Command::Job { .. } | Command::Inspect(_)) {
            self.add_transactions(arrived);
        }
        match command {
            Command::AddTransaction { transaction, reply } => arrived.push((transaction, reply)),
            Command::Control(control) => self.control(control),
            Command::Inspect(read) => read(&self.blockchain),
            Command::Place { block, source, reply } => drop(reply.send(self.place(&block, source))),
            Command::Job { reply } => {
                let receiver = self.receiver.as_ref();
                drop(reply.send(receiver.map(|receiver| self.blockchain.job(receiver, now()))));
            }
            Command::Seal { solved, reply } => drop(reply.send(self.seal(solved))),
            Command::Adopt { candidate, from, reply } => drop(reply.send(self.adopt(*candidate, from))),
        }
    }

    fn control(&mut self, control: Control) {
        match control {
            Control::AddPeers { addresses, reply } => drop(reply.send(self.add_peers(addresses))),
            Control::RemovePeer { address, reply } => drop(reply.send(self.remove_peer(&address))),
            Control::Reopen { reply } => {
                if self.last_reopened.is_none_or(|last| last.elapsed() > REOPEN_PAUSE) {
                    self.reopen();
                }
                let _ = reply.send(());
            }
            Control::SaveAgain { reply } => {
                let failed = self.failed_save.borrow().is_some();
                if failed && self.last_save.is_none_or(|last| last.elapsed() > REOPEN_PAUSE) {
                    let peers = self.peers.clone();
                    // The failure is kept, and answered below.
                    let _ = self.save(|store, _| store.try_saving(&peers));
                }
                let _ = reply.send(self.failed_save.borrow().clone());
            }
        }
    }

    fn add_transactions(&mut self, arrived: &mut Vec<Arrived<R>>) {
        if arrived.is_empty() {
            return;
        }
        // The accounts that transactions are judged by have to be those of this node's state.
        let accounts = if self.synchronise() { Ok(self.store.reader()) } else { Err(StoreError::Closed.into()) };
        let mut admission = self.blockchain.admission();
        let mut replies = Vec::new();
        let mut failure = accounts.as_ref().err().cloned();
        for (transaction, reply) in arrived.drain(..) {
            let (Ok(accounts), None) = (&accounts, &failure) else {
                replies.push(reply);
                continue;
            };
            match self.blockchain.admit(accounts, &mut admission, transaction) {
                Ok(()) => replies.push(reply),
                Err(StateError::Refused(reason)) => {
                    self.counters.transactions_refused.add(1);
                    let _ = reply.send(Err(AddTransactionError::Refused(reason)));
                }
                Err(StateError::Accounts(error)) => {
                    failure = self.recover_from::<(), _>(Err(error)).err().map(SaveError::from);
                    replies.push(reply);
                }
            }
        }
        if let Some(error) = failure {
            return self.answer(replies, Err(error.into()));
        }
        if replies.is_empty() {
            return;
        }
        let result = self.save(|store, _| store.add_to_mempool(admission.added(), admission.removed()));
        let result = result.map_err(|error| SaveError::from(error).into()).map(|()| {
            let (block, time) = (self.blockchain.tip().height + 1, now().to_utc());
            let added = admission.added().to_vec();
            self.counters.transactions.add(added.len() as u64);
            self.blockchain.enter(admission);
            // What left for them is gone, and the last of them makes it as many as wait now.
            let before = self.blockchain.waiting().saturating_sub(added.len());
            let numbered = (before + 1..).zip(added);
            self.publish(numbered.map(|(waiting, transaction)| Event::Waiting { transaction, block, waiting, time }));
            block
        });
        self.answer(replies, result);
    }

    /// Answers all transactions of a commit. Waking up each of those who wait would keep this thread, which all the others wait
    /// for, so one task does that.
    fn answer(&self, replies: Vec<AddReply<R::AdmitError>>, result: Result<u64, AddTransactionError<R::AdmitError>>) {
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

    fn add_peers(&mut self, addresses: Vec<PeerAddress>) -> Result<Arc<[PeerAddress]>, AddPeersError> {
        let mut new: Vec<PeerAddress> = Vec::new();
        for address in addresses {
            if !self.peers.contains(&address) && !new.contains(&address) {
                new.push(address);
            }
        }
        if self.peers.len() + new.len() > MAX_PEERS {
            return Err(AddPeersError::TooMany);
        }
        if !new.is_empty() {
            self.save(|store, _| store.add_peers(&new)).map_err(SaveError::from)?;
            self.peers.extend(new.iter().cloned());
            self.publish([self.peers_event(new, Vec::new())]);
        }
        Ok(self.peers.clone().into())
    }

    fn remove_peer(&mut self, address: &PeerAddress) -> Result<bool, RemovePeerError> {
        let Some(place) = self.peers.iter().position(|peer| peer == address) else { return Ok(false) };
        let mut left = self.peers.clone();
        let removed = left.remove(place);
        self.save(|store, _| store.set_peers(&left)).map_err(SaveError::from)?;
        self.peers = left;
        self.publish([self.peers_event(Vec::new(), vec![removed])]);
        Ok(true)
    }

    fn peers_event(&self, added: Vec<PeerAddress>, removed: Vec<PeerAddress>) -> EventOf<R> {
        Event::Node(NodeEvent::Peers(PeersChange { added, removed, total: self.peers.len(), time: now().to_utc() }))
    }

    fn seal(
        &mut self,
        solved: Solved<R::Job, R::Solution>,
    ) -> Result<Sealed<R::CheckedBlock>, MineError<R::BlockError>> {
        let Solved { job, found: Found { solution, trials }, took } = solved;
        let parent = *self.blockchain.tip();
        if *job.as_ref() != parent {
            return Ok(Sealed::Outdated);
        }
        let sealed = self.blockchain.seal(job, solution, now());
        let block = sealed.map_err(MineError::Refused)?;
        let reorganised = self.save(|store, blockchain| store.append(blockchain, &block))?;
        self.blockchain.advance(reorganised.ancestors, reorganised.after.mempool);
        self.chain_bytes = self.chain_bytes.saturating_add_signed(reorganised.growth);
        self.counters.blocks_mined.add(1);
        self.counters.trials.add(trials);
        self.counters.search_nanos.add_time(took);
        let summary = self.blockchain.rules().summary(&block);
        let time = now().to_utc();
        self.last_mined = Some((*self.blockchain.tip(), time));
        self.publish([Event::Mined { block: summary, trials, took, time }]);
        Ok(Sealed::Block(Mined { block, trials, took }))
    }

    /// Connects a block that follows the chain.
    fn place(&mut self, block: &R::CheckedBlock, source: Source) -> Result<SubmitOutcome, SubmitError<R::BlockError>> {
        if block.parent() != self.blockchain.tip().hash {
            return Ok(SubmitOutcome::NotKept);
        }
        let reorganised = self.save(|store, blockchain| store.append(blockchain, block))?;
        self.blockchain.advance(reorganised.ancestors, reorganised.after.mempool);
        self.chain_bytes = self.chain_bytes.saturating_add_signed(reorganised.growth);
        let block = self.blockchain.rules().summary(block);
        let waiting = self.blockchain.waiting();
        self.publish([Event::Received { block, source, waiting, time: now().to_utc() }]);
        Ok(SubmitOutcome::Connected)
    }

    fn adopt(
        &mut self,
        mut candidate: Candidate<R>,
        from: Option<PeerAddress>,
    ) -> Result<AdoptionOf<R>, AdoptError<R::BlockError>> {
        let (before, fork, tip) = (*self.blockchain.tip(), candidate.fork(), candidate.tip());
        let follows = self.still_follows(&candidate);
        if !tip.has_more_work_than(&before) || !self.recover_from(follows).map_err(SaveError::from)? {
            return Ok(Adoption::Outdated);
        }
        let receiver = self.receiver.clone();
        let (reorganised, kept) = self.save(|store, blockchain| {
            let blocks = candidate.blocks().map_err(StoreError::from)?;
            store.replace(blockchain, fork, blocks, receiver.as_ref(), MAX_STALE_BYTES, now())
        })?;
        let Reorganised { ancestors, after, disconnected, connected, growth } = reorganised;
        let (not_returned, disconnected_count) = (after.not_returned, before.height - fork);
        if not_returned > 0 {
            tracing::warn!(not_returned, "the disconnected blocks held transactions that may not wait, and are gone");
        }
        let replacement = Arc::new(Replacement {
            from,
            fork,
            tip,
            stale: StaleBlocks {
                branch: kept.filter(|kept| kept.fits).map(|kept| kept.number),
                count: disconnected_count,
                first: disconnected,
            },
            connected,
            returned: Returned {
                count: after.returned,
                first: after.mempool.transactions().take(after.returned.min(MAX_TOLD)).cloned().collect(),
            },
            not_returned,
        });
        self.blockchain.advance(ancestors, after.mempool);
        self.chain_bytes = self.chain_bytes.saturating_add_signed(growth);
        if let Some(KeptBranch { number, fits: false }) = kept {
            tracing::warn!(number, "the blocks of the replaced chain are too long to be kept");
            // When that fails, it is done with the next replacement.
            let _ = self.save(|store, _| store.forget_branch(number, MAX_STALE_BYTES));
        }
        self.counters.replacements.add(1);
        let waiting = self.blockchain.waiting();
        self.publish([Event::Replaced { replacement: replacement.clone(), waiting, time: now().to_utc() }]);
        Ok(Adoption::Adopted { replacement, waiting })
    }

    /// Whether the candidate still begins with blocks of this chain, up to the last one it shares with it.
    fn still_follows(&self, candidate: &Candidate<R>) -> Result<bool, StoreError> {
        let Some(hash) = candidate.fork_hash() else { return Ok(true) };
        Ok(self.store.reader().snapshot()?.hash(candidate.fork())? == Some(hash))
    }

    /// Sees to it that what could not be saved is not there: a commit that failed may have reached the disk all the same.
    fn recover_from<T, E: Failure>(&mut self, result: Result<T, E>) -> Result<T, E> {
        result.inspect_err(|error| {
            let Some(error) = error.store_error() else { return };
            tracing::error!(%error, "could not save");
            if error.is_failure_of_the_database() {
                self.reopen();
            }
        })
    }

    /// Opens the database again, and rolls back what it holds beyond this node's state. While that fails, nothing is saved.
    fn reopen(&mut self) {
        self.last_reopened = Some(Instant::now());
        let blockchain = &self.blockchain;
        let reopened = self.store.reopen().and_then(|found| {
            let same_tip = found.ancestors.as_ref() == blockchain.tip();
            if same_tip && found.mempool == *blockchain.mempool() && found.peers == self.peers {
                return Ok(());
            }
            self.store.roll_back(&found, blockchain, &self.peers)
        });
        self.in_sync = reopened.is_ok();
        match reopened {
            Ok(()) => tracing::warn!("the data file was opened again after a failure"),
            Err(error) => tracing::error!(%error, "the data file cannot be used again yet"),
        }
    }

    /// Sees to it that the disk holds this node's state; returns whether it does.
    fn synchronise(&mut self) -> bool {
        if !self.in_sync {
            self.reopen();
        }
        self.in_sync
    }

    /// Carries a change to the disk, once the disk is known to hold this node's state.
    fn save<T, E: Failure>(&mut self, change: impl FnOnce(&Store<R>, &Blockchain<R>) -> Result<T, E>) -> Result<T, E> {
        let in_sync = self.synchronise();
        let began = Instant::now();
        let saved = if in_sync { change(&self.store, &self.blockchain) } else { Err(StoreError::Closed.into()) };
        match saved.as_ref().map_err(Failure::store_error) {
            Ok(_) => {
                self.counters.commits.add(1);
                self.failed_save.send_if_modified(|failure| failure.take().is_some());
            }
            Err(Some(error)) => {
                self.counters.commits_failed.add(1);
                self.failed_save.send_replace(Some(error.to_string().into()));
            }
            Err(None) => {}
        }
        self.last_save = Some(Instant::now());
        self.counters.commit_nanos.add_time(began.elapsed());
        self.recover_from(saved)
    }

    /// Lets everyone see the state as it is, and then hear what has happened.
    fn publish(&self, events: impl IntoIterator<Item = EventOf<R>>) {
        self.publish.send_replace(Arc::new(View {
            tip: *self.blockchain.tip(),
            chain_bytes: self.chain_bytes,
            waiting: self.blockchain.waiting(),
            last_mined: self.last_mined,
            peers: self.peers.clone().into(),
            reader: self.store.reader(),
        }));
        self.events.publish(events);
    }
}

/// What can go wrong with a change.
trait Failure: From<StoreError> {
    /// What the store reports, if it is that.
    fn store_error(&self) -> Option<&StoreError>;
}

impl Failure for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl<B> Failure for ReorganiseError<B> {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Refused { .. } => None,
        }
    }
}
