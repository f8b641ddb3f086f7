//! `bcoin network`: the whole chapter in one terminal.

use bcoin_node::{PeerAddress, store::Location};

use super::{
    failure::Failure,
    flags::NetworkFlags,
    node::{blocks, config, data, until_stopped},
    signals::Signals,
};
use crate::{
    app::{self, RunningNode, StartError},
    peers::{Observer, PeerClient},
};

/// The chapter's first port.
const FIRST_PORT: u16 = 1001;
/// The first port in the links of the chapter. Ordinary users may listen on it.
const FIRST_PERMITTED_PORT: u16 = 5001;

pub(super) async fn run(flags: NetworkFlags) -> Result<(), Failure> {
    let signals = Signals::listen()?;
    let nodes = match flags.first_port {
        Some(first) => spawn_all(&flags, first).await?,
        None => match spawn_all(&flags, FIRST_PORT).await {
            Err(Failed::Start(StartError::PortNotPermitted { port })) => {
                println!(
                    "Port {port} is not permitted here, so the nodes take the ports from {FIRST_PERMITTED_PORT} on."
                );
                spawn_all(&flags, FIRST_PERMITTED_PORT).await?
            }
            result => result?,
        },
    };
    println!("B-Coin network of {} nodes is ready, each connected to the others.", nodes.len());
    for node in &nodes {
        println!("  http://{}  {}, data {}", node.local_address(), blocks(node), data(node.location()));
    }
    println!("Stop them with Ctrl-C.");
    until_stopped(nodes, signals).await
}

enum Failed {
    Start(StartError),
    Other(Failure),
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Start(error) => error.into(),
            Failed::Other(failure) => failure,
        }
    }
}

/// Starts all nodes or none.
async fn spawn_all(flags: &NetworkFlags, first: u16) -> Result<Vec<RunningNode>, Failed> {
    let last = first.checked_add(flags.count - 1).ok_or_else(|| {
        Failed::Other(Failure::WrongCommandLine(format!(
            "{} nodes from port {first} on would need ports beyond 65535",
            flags.count
        )))
    })?;
    let mut nodes = Vec::new();
    let mut observer = None;
    for port in first..=last {
        let location = match &flags.data_dir {
            Some(folder) => Location::Folder(folder.join(port.to_string())),
            None => Location::Memory,
        };
        let mut config = config(&flags.common, port, location);
        // All nodes know the same peers, so one look at each of them is enough for all.
        config.observer = observer.clone();
        if observer.is_none() {
            let client = PeerClient::new(config.client_limits).map_err(|error| Failed::Other(error.into()))?;
            config.observer = Some(Observer::new(client));
            observer = config.observer.clone();
        }
        match app::spawn(config).await {
            Ok(node) => nodes.push(node),
            Err(error) => {
                stop_all(nodes).await;
                return Err(Failed::Start(error));
            }
        }
    }
    match connect(&nodes).await {
        Ok(()) => Ok(nodes),
        Err(failure) => {
            stop_all(nodes).await;
            Err(Failed::Other(failure))
        }
    }
}

async fn stop_all(nodes: Vec<RunningNode>) {
    for node in nodes {
        node.stop().await;
    }
}

/// Connects each node to all nodes, as posting the book's `nodes.json` to each of them does.
async fn connect(nodes: &[RunningNode]) -> Result<(), Failure> {
    let addresses =
        nodes.iter().map(|node| node.local_address().to_string().parse()).collect::<Result<Vec<PeerAddress>, _>>()?;
    for node in nodes {
        node.node().add_peers(addresses.clone()).await?;
    }
    Ok(())
}
