//! `bcoin network`: the whole chapter in one terminal.

use bcoin_ledger::sound::{Address, Network};
use bcoin_node::{PeerAddress, store::Location};

use super::{
    descriptors,
    failure::Failure,
    flags::NetworkFlags,
    node::{blocks, config, data, until_stopped},
    outside, rooms,
    signals::Signals,
    wallet,
};
use crate::{
    app::{self, Config, RunningNode, StartError},
    peers::{Observer, PeerClient},
};

/// The chapter's first port.
const FIRST_PORT: u16 = 1001;
/// The first port in the links of the chapter. Ordinary users may listen on it.
const FIRST_PERMITTED_PORT: u16 = 5001;
/// Up to how many nodes the text of a `nodes.json` is printed; more would fill the terminal.
const MAX_LISTED: usize = 10;

pub(super) async fn run(flags: NetworkFlags) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    descriptors::check(flags.count, flags.data_dir.is_some())?;
    let network = tokio::select! {
        network = rooms::find(&flags.common.rules, flags.common.join.as_ref()) => network?,
        () = signals.stop_asked() => return Ok(()),
    };
    let network = network.as_ref();
    let (payees, said) = match (network, &flags.common.miner) {
        (Some(_), None) => wallet::of_network(flags.count)?,
        _ => (Vec::new(), None),
    };
    let settings = Settings { flags: &flags, network, payees };
    let nodes = match flags.first_port {
        Some(first) => spawn_all(&settings, first).await?,
        None => match spawn_all(&settings, FIRST_PORT).await {
            Err(Failed::Start(StartError::PortNotPermitted { port })) => {
                println!(
                    "Port {port} is not permitted here, so the nodes take the ports from {FIRST_PERMITTED_PORT} on."
                );
                spawn_all(&settings, FIRST_PERMITTED_PORT).await?
            }
            result => result?,
        },
    };
    println!("B-Coin network of {} nodes is ready, each connected to the others.", nodes.len());
    if let Some(network) = network {
        println!("  network  {}", rooms::described(network));
    }
    for node in &nodes {
        let (address, name) = (node.local_address(), node.name());
        println!("  http://{address}  {name}, {}, data {}", blocks(node), data(node.location()));
    }
    outside::print(&nodes, flags.common.qr);
    print_first_steps(&nodes);
    if let Some(said) = said {
        println!("{said}");
    }
    println!("Stop them with Ctrl-C.");
    until_stopped(nodes, signals).await
}

/// Prints what to do first, with the addresses of these nodes.
fn print_first_steps(nodes: &[RunningNode]) {
    let addresses: Vec<String> = nodes.iter().map(|node| format!("http://{}", node.local_address())).collect();
    let Some(first) = addresses.first() else { return };
    println!("Open {first}/ in a browser, or, in a second terminal:");
    println!("  curl {first}/mine_block");
    if let Some(second) = addresses.get(1) {
        println!("  curl {second}/replace_chain");
    }
    let is_of_the_chapter = nodes.iter().map(|node| node.address().port()).eq(FIRST_PORT..FIRST_PORT + 3);
    if !is_of_the_chapter && nodes.len() <= MAX_LISTED {
        let list: Vec<String> = addresses.iter().map(|address| format!("\"{address}\"")).collect();
        println!("For these nodes, nodes.json holds:");
        println!("  {{\"nodes\": [{}]}}", list.join(", "));
    }
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

/// What all nodes of a network are started with.
struct Settings<'a> {
    flags: &'a NetworkFlags,
    network: Option<&'a Network>,
    /// Who is paid for the blocks of each node, when the flags do not say it.
    payees: Vec<Address>,
}

/// Starts all nodes or none.
async fn spawn_all(settings: &Settings<'_>, first: u16) -> Result<Vec<RunningNode>, Failed> {
    let Settings { flags, network, payees } = settings;
    let last = first.checked_add(flags.count - 1).ok_or_else(|| {
        Failed::Other(Failure::WrongCommandLine(format!(
            "{} nodes from port {first} on would need ports beyond 65535",
            flags.count
        )))
    })?;
    let mut nodes = Vec::new();
    let observer = observer(flags, *network)?;
    for (number, port) in (first..=last).enumerate() {
        let location = match &flags.data_dir {
            Some(folder) => Location::Folder(folder.join(port.to_string())),
            None => Location::Memory,
        };
        let payee = payees.get(number).copied();
        let config = config(&flags.common, *network, payee, port, location).map_err(Failed::Other)?;
        let name = config.name.as_ref().map(|name| name.with_port(port));
        match app::spawn(Config { name, observer: Some(observer.clone()), ..config }).await {
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

/// All nodes know the same peers, so one look at each of them is enough for all.
fn observer(flags: &NetworkFlags, network: Option<&Network>) -> Result<Observer, Failed> {
    let limits = config(&flags.common, network, None, 0, Location::Memory).map_err(Failed::Other)?.client_limits;
    Ok(Observer::new(PeerClient::new(limits).map_err(|error| Failed::Other(error.into()))?))
}

async fn stop_all(nodes: Vec<RunningNode>) {
    for node in nodes {
        node.stop().await;
    }
}

/// Connects each node to all nodes, as posting the book's `nodes.json` to each of them does. When other machines are let in, the nodes
/// know each other by addresses that work from there, because visitors follow them.
async fn connect(nodes: &[RunningNode]) -> Result<(), Failure> {
    let address = |node: &RunningNode| node.outside_addresses().first().copied().unwrap_or(node.local_address());
    let addresses =
        nodes.iter().map(|node| address(node).to_string().parse()).collect::<Result<Vec<PeerAddress>, _>>()?;
    for node in nodes {
        node.node().add_peers(addresses.clone()).await?;
    }
    Ok(())
}
