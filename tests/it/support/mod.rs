//! Shared by these tests.

mod canned;
pub mod client;
#[cfg(unix)]
pub mod markdown;
#[cfg(unix)]
pub mod masked;
#[cfg(unix)]
mod ordinary_user;

use std::net::{IpAddr, Ipv4Addr, TcpListener};

use bcoin::app::{Config, RulesConfig, RunningNode, spawn};
use bcoin_ledger::sound::Sound;
use bcoin_node::store::Location;
use bcoin_testkit::{Http, Program, sound};

pub use canned::Canned;
#[cfg(unix)]
pub use ordinary_user::OrdinaryUser;

pub const BCOIN: Program = Program(env!("CARGO_BIN_EXE_bcoin"));

pub const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A node in this process, in memory, on a free port.
pub struct TestNode {
    pub running: RunningNode,
    pub http: Http,
}

impl TestNode {
    pub async fn start() -> Self {
        Self::start_with(Self::config()).await
    }

    pub fn config() -> Config {
        Config::new(LOCALHOST, 0, Location::Memory)
    }

    pub async fn start_with(config: Config) -> Self {
        let running = spawn(config).await.expect("the node starts");
        let http = Http::new(running.address());
        Self { running, http }
    }

    /// A node of this network, which mines for the key of this number, if any.
    pub async fn sound(rules: &Sound, miner: Option<u8>) -> Self {
        let (network, miner) = (Box::new(rules.network().clone()), miner.map(sound::address));
        Self::start_with(Config { rules: RulesConfig::Sound { network, miner }, ..Self::config() }).await
    }

    /// Three nodes that know each other, as the chapter's.
    pub async fn three() -> [Self; 3] {
        let nodes = [Self::start().await, Self::start().await, Self::start().await];
        let addresses = nodes.each_ref().map(Self::address);
        for node in &nodes {
            node.connect(&addresses.each_ref().map(String::as_str)).await;
        }
        nodes
    }

    /// The address as `total_nodes` shows it.
    pub fn address(&self) -> String {
        self.running.address().to_string()
    }

    pub async fn connect(&self, addresses: &[&str]) {
        self.http.connect(addresses).await;
    }
}

/// The first of `count` consecutive ports that are free at the moment.
pub fn free_ports(count: u16) -> u16 {
    loop {
        let first = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let Some(last) = first.checked_add(count) else { continue };
        if (first..last).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
}

/// A file of golden vectors.
pub fn vectors(name: &str) -> serde_json::Value {
    let path = format!("{}/tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}
