//! How a node is to run.

use std::net::IpAddr;

use bcoin_ledger::{
    Power,
    sound::{Address, Network},
};
use bcoin_node::{PeerAddress, store::Location};

use crate::{
    api::WebOrigin,
    peers::{ClientLimits, Observer},
    wire::{NodeName, v1::Access},
};

/// The rules that a node follows, and what belongs to them.
#[derive(Clone, Debug)]
pub enum RulesConfig {
    /// The printed listing.
    Chapter {
        /// Who receives the reward of each mined block.
        miner: String,
    },
    /// The rules of docs/sound-rules.md.
    Sound {
        /// The network.
        network: Box<Network>,
        /// Who receives the reward of each mined block; without one, the node mines none.
        miner: Option<Address>,
    },
}

/// How a node is to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// The rules, and what belongs to them.
    pub rules: RulesConfig,
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
            rules: RulesConfig::Chapter { miner: Self::MINER.into() },
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
