//! What each set of rules brings to a node.

use std::io;

use bcoin_ledger::{
    Power, Rules as _, chapter,
    chapter::Chapter,
    sound,
    sound::{Address, Network, Note, Sound},
};
use bcoin_node::{
    NodeHandle, NodeThreads, now,
    store::{FirstContent, Opened},
};
use tracing::Instrument as _;
use uuid::Uuid;

use super::{Config, Parts, Place, Running, RunningNode, StartError, open, run};
use crate::{api, peers};

/// Starts a node under the printed rules, whose blocks pay `miner`.
pub(super) async fn run_chapter(
    config: Config,
    place: Place,
    miner: String,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<RunningNode, StartError> {
    let location = config.location.clone();
    let opened = open(move || Opened::open(Chapter, &location, chapter_content(), &progress)).await?;
    let receiver = chapter_receiver(&opened, miner.clone());
    let parts = Parts { opened, receiver: Some(receiver), miner, tasks: |_| Vec::new(), router: api::chapter_router };
    run(config, place, parts).await
}

/// Starts a node of this network under the sound rules, whose blocks pay `miner`.
pub(super) async fn run_sound(
    config: Config,
    place: Place,
    network: Network,
    miner: Option<Address>,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<RunningNode, StartError> {
    let location = config.location.clone();
    let open_data = move || {
        let rules = Sound::new(network);
        let first = sound_content(&rules);
        Opened::open(rules, &location, first, &progress)
    };
    let parts = Parts {
        opened: open(open_data).await?,
        receiver: miner.map(sound_receiver),
        miner: miner.map(|address| address.to_string()).unwrap_or_default(),
        tasks: |Running { node, sync, own_network, observer, own_address, stop }| {
            let early = stop.clone().run_until_cancelled_owned(node.clone().retry_early_blocks());
            let early = tokio::spawn(async move { _ = early.await }.in_current_span());
            let following = peers::start_following_work(
                node.clone(),
                own_network.clone(),
                sync.clone(),
                observer.clone(),
                *own_address,
                stop.clone(),
            );
            vec![early, following]
        },
        router: api::sound_router,
    };
    run(config, place, parts).await
}

/// The first content of a new data folder under the printed rules: a new node address, and a genesis block with the current time.
pub fn chapter_content() -> FirstContent<chapter::CheckedBlock> {
    FirstContent { node_address: new_node_address(), genesis: Chapter.genesis(now()) }
}

/// The first content of a new data folder under the sound rules: a new node address, and the genesis block of the network.
pub fn sound_content(rules: &Sound) -> FirstContent<sound::CheckedBlock> {
    FirstContent { node_address: new_node_address(), genesis: rules.genesis(now()) }
}

fn new_node_address() -> String {
    Uuid::new_v4().simple().to_string()
}

fn chapter_receiver(opened: &Opened<Chapter>, miner: String) -> chapter::Receiver {
    chapter::Receiver { node_address: opened.contents.node_address.clone(), miner }
}

/// Blocks of this node begin with another extranonce than those of others that pay the same address.
fn sound_receiver(address: Address) -> sound::Receiver {
    let (high, low) = Uuid::new_v4().as_u64_pair();
    sound::Receiver { key: address.key(), note: Note::default(), extranonce: high ^ low }
}

/// Starts the threads of a node under the printed rules that mines for `miner` with this `power`.
///
/// # Errors
/// When the system refuses a thread.
pub fn start_chapter(
    opened: Opened<Chapter>,
    miner: String,
    max_mempool: usize,
    power: Power,
) -> io::Result<(NodeHandle<Chapter>, NodeThreads)> {
    let receiver = chapter_receiver(&opened, miner);
    bcoin_node::start(opened, Some(receiver), max_mempool, power)
}

/// Starts the threads of a node under the sound rules that does not mine.
///
/// # Errors
/// When the system refuses a thread.
pub fn start_sound(opened: Opened<Sound>, max_mempool: usize) -> io::Result<(NodeHandle<Sound>, NodeThreads)> {
    bcoin_node::start(opened, None, max_mempool, Power::FULL)
}
