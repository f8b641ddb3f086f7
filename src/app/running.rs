//! A node that runs.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    thread,
};

use bcoin_ledger::{chapter::Chapter, sound::Sound};
use bcoin_node::{AnyNode, NodeHandle, NodeThreads, store::Location};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{interfaces, wire::NodeName};

/// A node with its rules.
#[derive(Clone)]
pub enum RuledNode {
    /// One under the printed rules.
    Chapter(NodeHandle<Chapter>),
    /// One under the sound rules.
    Sound(NodeHandle<Sound>),
}

impl RuledNode {
    /// The node, whatever its rules.
    pub fn any(&self) -> &AnyNode {
        match self {
            Self::Chapter(node) => node.any(),
            Self::Sound(node) => node.any(),
        }
    }
}

impl From<NodeHandle<Chapter>> for RuledNode {
    fn from(node: NodeHandle<Chapter>) -> Self {
        Self::Chapter(node)
    }
}

impl From<NodeHandle<Sound>> for RuledNode {
    fn from(node: NodeHandle<Sound>) -> Self {
        Self::Sound(node)
    }
}

/// A node that runs until it is stopped.
pub struct RunningNode {
    pub(super) name: NodeName,
    pub(super) miner: String,
    pub(super) address: SocketAddr,
    pub(super) location: Location,
    pub(super) node: RuledNode,
    pub(super) threads: NodeThreads,
    /// The tasks of the node. All of them end once `stop` is cancelled; the server is the first in the list.
    pub(super) tasks: Vec<JoinHandle<()>>,
    pub(super) stop: CancellationToken,
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

    /// Who is paid for the blocks that the node mines; empty when nobody is.
    pub fn miner(&self) -> &str {
        &self.miner
    }

    /// The node itself, whatever its rules.
    pub fn node(&self) -> &AnyNode {
        self.node.any()
    }

    /// The node itself, with its rules.
    pub fn ruled(&self) -> &RuledNode {
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
