//! Joins the parts into a running node: the binary, the tests and the examples all start here.

mod config;
mod rules;
mod running;
mod start_error;

use std::{io::ErrorKind, net::SocketAddr, time::Instant};

use axum::Router;
use bcoin_ledger::Rules;
use bcoin_node::{
    NodeHandle, now,
    store::{Location, Opened},
};
use chrono::DateTime;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use self::start_error::system;
pub use self::{
    config::{Config, RulesConfig},
    rules::{chapter_content, sound_content, start_chapter, start_sound},
    running::{RuledNode, RunningNode},
    start_error::StartError,
};
use crate::{
    api::{self, About, AccessRules, ApiState, Cached, HostNames, RulesState},
    peers::{self, Observer, OwnAddress, OwnNetwork, PeerClient, SyncHandle},
    wire::{NodeName, v1::DataKind},
};

/// Starts a node: listens, opens its data, connects its peers, and answers.
///
/// # Errors
/// See [`StartError`].
pub async fn spawn(config: Config) -> Result<RunningNode, StartError> {
    spawn_watched(config, |_, _| ()).await
}

/// As [`spawn`]. While the data is opened, `progress` is called with the number of checked blocks and the number of all blocks.
///
/// # Errors
/// See [`StartError`].
pub async fn spawn_watched(
    config: Config,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<RunningNode, StartError> {
    if now() < DateTime::UNIX_EPOCH {
        return Err(StartError::Clock);
    }
    let listener = listen(SocketAddr::new(config.host, config.port)).await?;
    let address = listener.local_addr().map_err(system)?;
    // Several nodes in one process share one log. The span names the node of each line.
    let span = tracing::info_span!("node", port = address.port());
    let place = Place { listener, address };
    match config.rules.clone() {
        RulesConfig::Chapter { miner } => rules::run_chapter(config, place, miner, progress).instrument(span).await,
        RulesConfig::Sound { network, miner } => {
            rules::run_sound(config, place, *network, miner, progress).instrument(span).await
        }
    }
}

/// Where a node listens.
struct Place {
    listener: TcpListener,
    address: SocketAddr,
}

/// What the rules of a node bring.
struct Parts<R: Cached> {
    opened: Opened<R>,
    /// Who is paid for blocks that are mined.
    receiver: Option<R::Receiver>,
    /// The same for people; empty when nobody is.
    miner: String,
    /// Starts the tasks that other rules do not have.
    tasks: fn(&Running<R>) -> Vec<JoinHandle<()>>,
    /// The routes.
    router: fn(RulesState<R>) -> Router,
}

/// The parts of a node that tasks need.
struct Running<R: Cached> {
    node: NodeHandle<R>,
    sync: SyncHandle<R>,
    own_network: OwnNetwork,
    observer: Observer,
    own_address: OwnAddress,
    stop: CancellationToken,
}

async fn run<R: Cached>(config: Config, place: Place, parts: Parts<R>) -> Result<RunningNode, StartError>
where
    RuledNode: From<NodeHandle<R>>,
{
    let Place { listener, address } = place;
    let machine = gethostname::gethostname().to_string_lossy().into_owned();
    let name = config.name.unwrap_or_else(|| NodeName::of_machine(&machine, address.port()));
    let about = About {
        name: name.clone(),
        listening: address,
        miner: parts.miner.clone(),
        data: if config.location == Location::Memory { DataKind::Memory } else { DataKind::Folder },
        started_at: now().to_utc(),
        started: Instant::now(),
    };
    let ledger = parts.opened.store.rules().clone();
    let own_network = ledger.own_network();
    let started = bcoin_node::start(parts.opened, parts.receiver, config.max_mempool, config.power);
    let (node, threads) = started.map_err(system)?;
    let known = config.peers.into_iter().chain(config.join.clone()).collect();
    node.add_peers(known).await.map_err(StartError::Peers)?;

    let client = PeerClient::new(config.client_limits).map_err(system)?;
    let own_address = OwnAddress::new(address);
    let stop = CancellationToken::new();
    let observer = config.observer.unwrap_or_else(|| Observer::new(client.clone()));
    let (sync, syncing) =
        peers::start_syncing(ledger.clone(), node.clone(), client.clone(), observer.clone(), own_address, stop.clone());
    let running = Running {
        node: node.clone(),
        sync: sync.clone(),
        own_network: own_network.clone(),
        observer: observer.clone(),
        own_address,
        stop: stop.clone(),
    };
    let of_these_rules = (parts.tasks)(&running);
    drop(running);
    let join = config.join.map(|peer| peers::start_joining(client.clone(), own_address, peer, stop.clone()));
    let (network, [following, asking]) =
        peers::start_seeing(node.any().clone(), own_network, client, observer, own_address, stop.clone());
    let rules = AccessRules {
        names: HostNames::new(&machine, &config.allowed_hosts),
        origins: config.allowed_origins,
        guests: config.guests,
    };
    let state = ApiState::new(node.any().clone(), network, about, rules, stop.clone());
    let router = (parts.router)(RulesState::new(state, node.clone(), ledger, sync));
    let server = tokio::spawn(api::serve(listener, router, stop.clone()).in_current_span());
    let mining = stop.clone().run_until_cancelled_owned(node.clone().mine_automatically());
    let mining = tokio::spawn(async move { _ = mining.await }.in_current_span());
    let tasks = [server, syncing, following, asking, mining].into_iter().chain(of_these_rules).chain(join).collect();
    let node = node.into();
    Ok(RunningNode { name, miner: parts.miner, address, location: config.location, node, threads, tasks, stop })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => StartError::PortTaken { port: address.port() },
        ErrorKind::PermissionDenied => StartError::PortNotPermitted { port: address.port() },
        _ => StartError::Listen { address, source },
    })
}

/// Opening checks the whole chain, which takes a while when it is long.
async fn open<R: Rules>(
    open: impl FnOnce() -> Result<Opened<R>, bcoin_node::store::OpenError> + Send + 'static,
) -> Result<Opened<R>, StartError> {
    Ok(tokio::task::spawn_blocking(open).await.map_err(system)??)
}
