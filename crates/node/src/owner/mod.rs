//! The owner: the one thread that changes a node's state. It saves, then publishes, then answers.

mod blocks;
mod peers;
mod saving;
#[cfg(test)]
mod tests;
mod transactions;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bcoin_ledger::{Blockchain, Departure, Rules, Tip};
use chrono::{DateTime, Utc};
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
};

use crate::{
    address::PeerAddress,
    clock::now,
    command::{AddReply, Command, Control},
    counters::Counters,
    event_log::EventLog,
    events::{Event, EventOf},
    limits::MAX_TOLD,
    shared::Shared,
    store::Store,
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
    /// How many groups of transactions have entered the mempool.
    mempool_changes: u64,
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
            mempool_changes: 0,
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
        if let Err(error) = self.store.flush() {
            tracing::warn!(%error, "the latest blocks beside the chain could not be saved");
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

    /// Lets everyone see the state as it is, and then hear what has happened.
    fn publish(&self, events: impl IntoIterator<Item = EventOf<R>>) {
        self.publish.send_replace(Arc::new(View {
            tip: *self.blockchain.tip(),
            bits: R::bits(self.blockchain.ancestors()),
            chain_bytes: self.chain_bytes,
            waiting: self.blockchain.waiting(),
            waiting_bytes: self.blockchain.waiting_bytes(),
            mempool_changes: self.mempool_changes,
            last_mined: self.last_mined,
            peers: self.peers.clone().into(),
            reader: self.store.reader(),
        }));
        self.events.publish(events);
    }
}

/// What is told of transactions that have left: groups of those that follow each other and left for the same reason.
fn told<S, T: Clone>(left: &[(T, Departure)], time: DateTime<Utc>) -> Vec<Event<S, T>> {
    let alike = left.chunk_by(|(_, one), (_, next)| one == next).flat_map(|alike| alike.chunks(MAX_TOLD));
    let tell = |group: &[(T, Departure)]| {
        let why = group.first()?.1;
        let transactions = group.iter().map(|(transaction, _)| transaction.clone()).collect();
        Some(Event::Left { transactions, why, time })
    };
    alike.filter_map(tell).collect()
}
