//! A node: one owner thread that alone changes state, a miner, and the view that everyone else reads.

mod automatic;
mod candidate;
mod chain_body;
mod clock;
mod command;
mod counters;
mod events;
mod handle;
mod miner;
mod owner;
mod view;

use std::{io, sync::Arc, thread};

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use automatic::{MINING_INTERVALS, mine_by_itself};
pub use candidate::{Candidate, CandidateBuilder, CandidateError};
pub use chain_body::{ReadLimits, read_chain};
pub use clock::now;
pub use command::{Adoption, Mined, NodeError};
pub use counters::{Counter, Counters};
pub use events::{BadEventId, Event, EventId, EventKind, EventLog, Missed, Subscription, TooManyListeners, frame};
pub use handle::NodeHandle;
pub use view::View;

use self::{handle::Told, miner::Miner, owner::Owner};
use crate::{
    ledger::{Blockchain, PendingLimits},
    store::{Contents, Opened},
    wire::v1::Mining,
};

/// The most peers a node knows (contract section 6).
pub const MOST_PEERS: usize = 128;
/// The most bytes that the canonical texts of waiting payments have together (contract section 6).
pub const MOST_PENDING_BYTES: usize = 32 << 20;
/// How many commands may wait for the owner before their senders wait too.
const COMMAND_QUEUE: usize = 1024;
/// How many requests for a block may wait for the miner before their senders wait too.
const MINING_QUEUE: usize = 1024;

/// What a node is told when it starts.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Who receives the reward of each mined block.
    pub miner: String,
    /// How many payments may wait.
    pub max_pending: usize,
}

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

    /// Gives up searches that are still under way, and waits for both threads. Call it when all handles are dropped.
    pub fn join(self) {
        self.stop_mining.cancel();
        for thread in [self.miner, self.owner] {
            if thread.join().is_err() {
                tracing::error!("a thread of the node ended with a panic");
            }
        }
    }
}

/// Starts a node on data that was opened.
///
/// # Errors
/// When the system refuses a thread.
pub fn start(opened: Opened, config: NodeConfig) -> io::Result<(NodeHandle, NodeThreads)> {
    let Opened { store, contents: Contents { node_address, tip, pending, peers } } = opened;
    let limits = PendingLimits { count: config.max_pending, bytes: MOST_PENDING_BYTES };
    let blockchain = Blockchain::new(tip, pending);
    let first_view = View::new(&blockchain, peers.clone().into(), store.reader());
    let (publish, view) = watch::channel(first_view.into());
    let (commands, command_queue) = mpsc::channel(COMMAND_QUEUE);
    let (requests, request_queue) = mpsc::channel(MINING_QUEUE);
    let stop_mining = CancellationToken::new();

    let told = Told {
        events: EventLog::new(Uuid::new_v4().as_fields().0),
        counters: Arc::default(),
        mining: watch::Sender::new(Mining::Off),
    };

    let owner = Owner::new(store, blockchain, limits, peers, publish, &told);
    let owner = thread::Builder::new().name("owner".into()).spawn(move || owner.run(command_queue))?;
    let miner = Miner::new(&node_address, &config.miner, commands.clone(), view.clone(), stop_mining.clone());
    let miner = thread::Builder::new().name("miner".into()).spawn(move || miner.run(request_queue))?;

    let handle = NodeHandle::new(node_address, commands, requests, view, told);
    Ok((handle, NodeThreads { owner, miner, stop_mining }))
}
