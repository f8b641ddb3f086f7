//! A node of B-Coin: one owner thread that alone changes state, a miner, and the view that everyone else reads.
//!
//! Generic over [`bcoin_ledger::Rules`]: nothing here knows what a block holds. No JSON and no HTTP: what is asked and answered
//! are types.

mod address;
mod any_node;
mod automatic;
mod candidate;
mod clock;
mod command;
mod counters;
mod event_log;
mod events;
mod handle;
mod intake;
mod ip_filter;
mod limits;
mod miner;
mod mining_mode;
mod owner;
mod reading;
mod shared;
mod source;
mod spool;
pub mod store;
mod view;

use std::{io, sync::Arc, thread};

use bcoin_ledger::{Blockchain, MempoolLimits, Power, Rules};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use address::{AddressError, PeerAddress};
pub use any_node::AnyNode;
pub use candidate::{Candidate, CandidateBuilder, CandidateError, CandidateLimits};
pub use clock::now;
pub use command::{
    AddPeersError, AddTransactionError, AdoptError, Adoption, AdoptionOf, MineError, Mined, RemovePeerError,
    Replacement, Returned, SaveError, StaleBlocks, Stopping,
};
pub use counters::{Counter, Counters};
pub use event_log::{BadEventId, Entry, EventId, EventLog, MAX_LISTENERS, Missed, Subscription, TooManyListeners};
pub use events::{BeyondLimit, Event, EventOf, NodeEvent, PeersChange};
pub use handle::NodeHandle;
pub use intake::{SubmitError, SubmitOutcome, Submitted};
pub use ip_filter::may_be_asked;
pub use limits::{ChainLimit, MAX_MEMPOOL_BYTES, MAX_PEERS, MAX_STALE_BYTES};
pub use mining_mode::{MINING_INTERVALS, MiningMode};
pub use reading::ReadingThreads;
pub use source::Source;
pub use spool::{MAX_SPOOL_BYTES, Spool, SpoolContent, SpoolSpace, SpoolsFull};
pub use view::View;

use self::{
    handle::Channels,
    intake::Intake,
    miner::Miner,
    owner::Owner,
    shared::Shared,
    store::{Contents, Opened},
};

/// How many commands may wait for the owner before their senders wait too.
const COMMAND_QUEUE: usize = 1024;
/// How many requests for a block may wait for the miner before their senders wait too.
const MINING_QUEUE: usize = 1024;
/// How many questions about the data are answered at a time; further ones wait.
const MAX_READINGS: usize = 2;

/// The threads of a node. They end when the last [`NodeHandle`] is dropped.
pub struct NodeThreads {
    owner: thread::JoinHandle<()>,
    miner: thread::JoinHandle<()>,
    stop_mining: CancellationToken,
}

impl NodeThreads {
    /// Whether the owner has ended: nothing can be changed any more.
    pub fn have_ended(&self) -> bool {
        self.owner.is_finished()
    }

    /// Cancels searches that are still under way, and waits for both threads. Call it when all handles are dropped.
    pub fn join(self) {
        self.stop_mining.cancel();
        for thread in [self.miner, self.owner] {
            if thread.join().is_err() {
                tracing::error!("a thread of the node ended with a panic");
            }
        }
    }
}

/// Starts a node on data that was opened: at most `max_waiting` transactions may wait, and `receiver` is paid for each block that
/// is mined; without one, none can be. Mining takes no more of the processor than `power`.
///
/// # Errors
/// When the system refuses a thread.
pub fn start<R: Rules>(
    opened: Opened<R>,
    receiver: Option<R::Receiver>,
    max_waiting: usize,
    power: Power,
) -> io::Result<(NodeHandle<R>, NodeThreads)> {
    let Opened { store, contents, chain_bytes } = opened;
    let Contents { node_address, ancestors, mempool, peers } = contents;
    let limits = MempoolLimits { count: max_waiting, bytes: MAX_MEMPOOL_BYTES };
    let rules = store.rules().clone();
    let blockchain = Blockchain::new(rules.clone(), ancestors, mempool, limits);
    let (tip, waiting) = (*blockchain.tip(), blockchain.waiting());
    let waiting_bytes = blockchain.waiting_bytes();
    let first_view = View {
        tip,
        bits: R::bits(blockchain.ancestors()),
        chain_bytes,
        waiting,
        waiting_bytes,
        mempool_changes: 0,
        last_mined: None,
        peers: peers.into(),
        reader: store.reader(),
    };
    let (publish, view) = watch::channel(first_view.into());
    let (commands, command_queue) = mpsc::channel(COMMAND_QUEUE);
    let (requests, request_queue) = mpsc::channel(MINING_QUEUE);
    let stop_mining = CancellationToken::new();

    let shared = Shared {
        node_address: node_address.into(),
        counters: Arc::default(),
        mining: watch::Sender::new(MiningMode::Off),
        failed_save: watch::Sender::new(None),
        reading: ReadingThreads::new(MAX_READINGS),
    };
    let events = EventLog::new(Uuid::new_v4().as_fields().0);

    let intake = Arc::new(Intake::new(store.side_limits()));
    let owner = Owner::new(store, blockchain, receiver, publish, &shared, &events);
    let owner = thread::Builder::new().name("owner".into()).spawn(move || owner.run(command_queue))?;
    let miner = Miner::new(rules.clone(), power, commands.clone(), view.clone(), stop_mining.clone());
    let miner = thread::Builder::new().name("miner".into()).spawn(move || miner.run(request_queue))?;

    let channels = Channels { commands, requests, events, rules, intake };
    let handle = NodeHandle::new(channels, view, shared.into());
    Ok((handle, NodeThreads { owner, miner, stop_mining }))
}
