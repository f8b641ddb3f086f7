//! `bcoin`: one node.

use std::{fs, path::Path, time::Duration};

use bcoin_ledger::sound::{Address, Network};
use bcoin_node::{PeerAddress, store::Location};

use super::{
    descriptors,
    failure::Failure,
    flags::{CommonFlags, NodeFlags},
    folders, outside,
    progress::Progress,
    rooms, rules,
    signals::Signals,
    wallet,
};
use crate::{
    app::{self, Config, RuledNode, RunningNode},
    peers::ClientLimits,
    wire::nodes_from_json,
};

/// How often a running node is checked for failure.
const CHECK_INTERVAL: Duration = Duration::from_millis(500);

pub(super) async fn run(flags: NodeFlags) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    descriptors::raise();
    let peers = match &flags.nodes {
        Some(file) => read_nodes(file)?,
        None => Vec::new(),
    };
    let network = tokio::select! {
        network = rooms::find(&flags.common.rules, flags.common.join.as_ref()) => network?,
        () = signals.stop_asked() => return Ok(()),
    };
    let location = location(&flags, network.as_ref())?;
    let (payee, said) = match (&network, &flags.common.miner) {
        (Some(_), None) => wallet::standard().map(|(address, said)| (Some(address), said))?,
        _ => (None, None),
    };
    let config = Config { peers, ..config(&flags.common, network.as_ref(), payee, flags.port, location)? };
    let checking = Progress::new("checking the chain");
    let starting = app::spawn_watched(config, move |done, total| checking.show(done, total));
    let node = tokio::select! {
        node = starting => node?,
        // Opening may be interrupted: new files are written under a temporary name first.
        () = signals.stop_asked() => return Ok(()),
    };
    println!("B-Coin node {} is ready.", node.node().node_address());
    println!("  name     {}", node.name());
    println!("  address  http://{}", node.local_address());
    if let Some(network) = &network {
        println!("  network  {}", rooms::described(network));
    }
    println!("  chain    {}", blocks(&node));
    if let RuledNode::Sound(_) = node.ruled() {
        println!("  rewards  {}", node.miner());
    }
    println!("  data     {}", data(node.location()));
    outside::print(std::slice::from_ref(&node), flags.common.qr);
    if let Some(said) = said {
        println!("{said}");
    }
    println!("Stop it with Ctrl-C.");
    until_stopped(vec![node], signals).await
}

/// The node that these flags ask for, of this network, or under the printed rules without any.
pub(super) fn config(
    flags: &CommonFlags,
    network: Option<&Network>,
    payee: Option<Address>,
    port: u16,
    location: Location,
) -> Result<Config, Failure> {
    let mut client_limits = ClientLimits::of(&location);
    if let Some(max) = flags.max_chain {
        client_limits.chain_bytes = max.as_u64();
    }
    Ok(Config {
        client_limits,
        rules: rules::config(flags, network, payee)?,
        power: flags.power,
        max_mempool: flags.max_pending,
        name: flags.name.clone(),
        guests: flags.guests.into(),
        allowed_hosts: flags.allow_host.clone(),
        allowed_origins: flags.allow_origin.clone(),
        join: flags.join.clone(),
        ..Config::new(flags.host, port, location)
    })
}

/// Waits until the program is asked to stop, then stops the nodes together.
pub(super) async fn until_stopped(nodes: Vec<RunningNode>, mut signals: Signals) -> Result<(), Failure> {
    let failed = async {
        while !nodes.iter().any(RunningNode::has_failed) {
            tokio::time::sleep(CHECK_INTERVAL).await;
        }
    };
    let result = tokio::select! {
        () = signals.stop_asked() => Ok(()),
        () = failed => Err(Failure::CannotRun("the node failed and stops; its log says why".into())),
    };
    tracing::info!("stopping");
    futures_util::future::join_all(nodes.into_iter().map(RunningNode::stop)).await;
    result
}

pub(super) fn blocks(node: &RunningNode) -> String {
    let view = node.node().view();
    let plural = if view.tip.height == 1 { "" } else { "s" };
    format!("{} block{plural}, {} waiting", view.tip.height, view.waiting)
}

pub(super) fn data(location: &Location) -> String {
    match location {
        Location::Folder(folder) => folder.display().to_string(),
        Location::Memory => "in memory, gone when the node stops".into(),
    }
}

fn read_nodes(file: &Path) -> Result<Vec<PeerAddress>, Failure> {
    let unreadable =
        |reason: String| Failure::CannotRun(format!("the nodes file {} cannot be used: {reason}", file.display()));
    let json = fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    nodes_from_json(&json).map_err(|error| unreadable(error.to_string()))
}

fn location(flags: &NodeFlags, network: Option<&Network>) -> Result<Location, Failure> {
    if let Some(folder) = &flags.data_dir {
        return Ok(Location::Folder(folder.clone()));
    }
    if flags.in_memory || flags.port == 0 {
        return Ok(Location::Memory);
    }
    Ok(Location::Folder(folders::of_node(flags.port, network)?))
}
