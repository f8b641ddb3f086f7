//! Joins the parts into a running node: the binary, the tests and the examples all start here.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    thread,
    time::Instant,
};

use bcoin_ledger::{
    Power, Rules as _,
    chapter::{Chapter, CheckedBlock, Receiver},
};
use bcoin_node::{
    AddPeersError, NodeThreads, PeerAddress, now,
    store::{FirstContent, Location, OpenError, Opened},
};
use chrono::DateTime;
use thiserror::Error;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::{
    api::{self, About, AccessRules, ApiState, HostNames, WebOrigin},
    interfaces,
    node::Node,
    peers::{self, ClientLimits, Observer, OwnAddress, PeerClient},
    wire::{
        NodeName,
        v1::{Access, DataKind},
    },
};

/// How a node is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Who receives the reward of each mined block.
    pub miner: String,
    /// How much of the processor mining may take.
    pub power: Power,
    /// Where the data is kept.
    pub location: Location,
    /// How many transactions the mempool may hold.
    pub max_mempool: usize,
    /// How the node is called; the machine's name and the port when there is none.
    pub name: Option<NodeName>,
    /// What other machines may do when `host` lets them in.
    pub guests: Access,
    /// Further host names to answer to.
    pub allowed_hosts: Vec<String>,
    /// Origins of web pages that may use the node, beside its own.
    pub allowed_origins: Vec<WebOrigin>,
    /// Nodes to connect at start.
    pub peers: Vec<PeerAddress>,
    /// A node to connect with in both directions.
    pub join: Option<PeerAddress>,
    /// What peers may cost.
    pub client_limits: ClientLimits,
    /// Looks at the peers; nodes of one process share it. None gives the node one of its own.
    pub observer: Option<Observer>,
}

impl Config {
    /// A node that listens on `host` and `port` and has the defaults of docs/contract.md section 1 in everything else.
    pub fn new(host: IpAddr, port: u16, location: Location) -> Self {
        Self {
            host,
            port,
            client_limits: ClientLimits::of(&location),
            miner: Self::MINER.into(),
            power: Power::FULL,
            location,
            max_mempool: Self::MAX_MEMPOOL,
            name: None,
            guests: Self::GUESTS,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            peers: Vec::new(),
            observer: None,
            join: None,
        }
    }

    /// The miner's name in the printed listing.
    pub const MINER: &str = "Bharathi";
    /// The default of [`Config::guests`].
    pub const GUESTS: Access = Access::Use;
    /// The default of [`Config::max_mempool`].
    pub const MAX_MEMPOOL: usize = 50_000;
}

/// Why a node cannot start. Each text says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// Another program listens there.
    #[error("port {port} is taken by another program; stop that program, or choose another port with {flag}", flag = Self::PORT_FLAGS)]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The system keeps the port for privileged users.
    #[error(
        "port {port} is not permitted: this system keeps ports below 1024 for the administrator; either choose a port from 1024 on \
         with {flag}, such as 5001, or let everyone use port {port} with `sudo sysctl net.ipv4.ip_unprivileged_port_start={port}`",
        flag = Self::PORT_FLAGS
    )]
    PortNotPermitted {
        /// The port.
        port: u16,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {source}; choose an address of this machine with --host")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The nodes to connect cannot be kept.
    #[error("cannot connect the nodes given with --nodes and --join: {0}")]
    Peers(AddPeersError),
    /// The clock is before 1970. HTTP dates cannot express such a time, and hyper panics on it.
    #[error("the clock of this computer is set before 1970; set it right, and start again")]
    Clock,
    /// The system refuses something that every node needs.
    #[error("the system refuses a thread or a network client: {0}")]
    System(Box<dyn std::error::Error + Send + Sync>),
}

impl StartError {
    const PORT_FLAGS: &str = "--port (--first-port for `bcoin network`)";
}

/// A node that runs until it is stopped.
pub struct RunningNode {
    name: NodeName,
    address: SocketAddr,
    location: Location,
    node: Node,
    threads: NodeThreads,
    /// The tasks of the node. All of them end once `stop` is cancelled; the server is the first in the list.
    tasks: Vec<JoinHandle<()>>,
    stop: CancellationToken,
}

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
    run(config, listener, address, progress).instrument(span).await
}

async fn run(
    config: Config,
    listener: TcpListener,
    address: SocketAddr,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<RunningNode, StartError> {
    let opened = open_store(config.location.clone(), progress).await?;
    let machine = gethostname::gethostname().to_string_lossy().into_owned();
    let name = config.name.unwrap_or_else(|| NodeName::of_machine(&machine, address.port()));
    let about = About {
        name: name.clone(),
        listening: address,
        miner: config.miner.clone(),
        data: if config.location == Location::Memory { DataKind::Memory } else { DataKind::Folder },
        started_at: now().to_utc(),
        started: Instant::now(),
    };
    let (node, threads) = start(opened, config.miner, config.max_mempool, config.power).map_err(system)?;
    let peers = config.peers.into_iter().chain(config.join.clone()).collect();
    node.add_peers(peers).await.map_err(StartError::Peers)?;

    let client = PeerClient::new(config.client_limits).map_err(system)?;
    let own_address = OwnAddress::new(address);
    let stop = CancellationToken::new();
    let observer = config.observer.unwrap_or_else(|| Observer::new(client.clone()));
    let (sync_handle, sync) =
        peers::start_syncing(node.clone(), client.clone(), observer.clone(), own_address, stop.clone());
    let join = config.join.map(|peer| peers::start_joining(client.clone(), own_address, peer, stop.clone()));
    let (network, [following, asking]) = peers::start_seeing(node.clone(), client, observer, own_address, stop.clone());
    let rules = AccessRules {
        names: HostNames::new(&machine, &config.allowed_hosts),
        origins: config.allowed_origins,
        guests: config.guests,
    };
    let state = ApiState::new(node.clone(), sync_handle, network, about, rules, stop.clone());
    let server = tokio::spawn(api::serve(listener, api::router(state), stop.clone()).in_current_span());
    let mining = stop.clone().run_until_cancelled_owned(node.clone().mine_automatically());
    let mining = tokio::spawn(async move { _ = mining.await }.in_current_span());
    let tasks = [server, sync, following, asking, mining].into_iter().chain(join).collect();
    Ok(RunningNode { name, address, location: config.location, node, threads, tasks, stop })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => StartError::PortTaken { port: address.port() },
        ErrorKind::PermissionDenied => StartError::PortNotPermitted { port: address.port() },
        _ => StartError::Listen { address, source },
    })
}

/// Opening checks the whole chain, which takes a while when it is long.
async fn open_store(
    location: Location,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
) -> Result<Opened<Chapter>, StartError> {
    let open = tokio::task::spawn_blocking(move || Opened::open(Chapter, &location, first_content(), &progress));
    Ok(open.await.map_err(system)??)
}

/// The first content of a new data folder: a new node address, and a genesis block with the current time.
pub fn first_content() -> FirstContent<CheckedBlock> {
    FirstContent { node_address: Uuid::new_v4().simple().to_string(), genesis: Chapter.genesis(now()) }
}

/// Starts the threads of a node that mines for `miner` with this `power`.
///
/// # Errors
/// When the system refuses a thread.
pub fn start(
    opened: Opened<Chapter>,
    miner: String,
    max_mempool: usize,
    power: Power,
) -> io::Result<(Node, NodeThreads)> {
    let receiver = Receiver { node_address: opened.contents.node_address.clone(), miner };
    bcoin_node::start(opened, receiver, max_mempool, power)
}

fn system(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StartError {
    StartError::System(error.into())
}

impl RunningNode {
    /// Where this machine reaches the node: the address it listens on, or the loopback one when it listens on all.
    pub fn local_address(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }

    /// How the node is called.
    pub fn name(&self) -> &NodeName {
        &self.name
    }

    /// Where other machines reach the node, the best address first; none if it listens on loopback.
    pub fn outside_addresses(&self) -> Vec<SocketAddr> {
        interfaces::reached_at(self.address)
    }

    /// Where the node listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the node keeps its data.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The node itself.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Whether a thread of the node has ended without `stop`. Such a node can change nothing any more.
    pub fn has_failed(&self) -> bool {
        self.threads.have_ended()
    }

    /// Stops the node: no new connections, open requests finish, the data is closed.
    pub async fn stop(self) {
        self.stop.cancel();
        let Self { node, threads, tasks, .. } = self;
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task of the node ended with a panic");
            }
        }
        drop(node);
        // The last handle is gone, so the threads end.
        let joined = tokio::task::spawn_blocking(|| threads.join());
        if joined.await.is_err() {
            tracing::error!("{:?} could not wait for the node's threads", thread::current().id());
        }
    }
}
