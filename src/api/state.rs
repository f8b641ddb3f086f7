//! The shared state of the handlers.

use std::{net::SocketAddr, ops::Deref, sync::Arc, time::Instant};

use bcoin_node::{MAX_LISTENERS, ReadingThreads};
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use super::{body_cache::BodyCache, host_check::HostNames, metrics::Metrics, shares::Shares, web_origin::WebOrigin};
use crate::{
    node::Node,
    peers::{MAX_JUDGED, NetworkHandle, SyncHandle},
    wire::{
        NodeName,
        v1::{Access, DataKind},
    },
};

/// How many checks of the whole chain run at a time; further ones wait.
const MAX_CHECKS: usize = 2;
/// How many chunks of answers to `/get_chain` are read at a time; further ones wait.
const MAX_CHUNKS: usize = 2;
/// How many large bodies may arrive at a time; one address has its share of that, and loopback is not limited.
const MAX_LARGE_BODIES: usize = 64;

/// The state of a node's API. Each request clones it, so it is an `Arc`.
#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

/// The fields of [`ApiState`].
pub struct Inner {
    pub(super) node: Node,
    pub(super) sync: SyncHandle,
    pub(super) network: NetworkHandle,
    /// The threads that check the whole chain.
    pub(super) checks: ReadingThreads,
    /// The threads that read chunks of the chain.
    pub(super) chunks: ReadingThreads,
    /// The shares of checks.
    pub(super) checkers: Shares,
    /// The shares of calls in which all nodes judge blocks.
    pub(super) judged: Shares,
    /// The shares of large bodies that arrive.
    pub(super) large_bodies: Shares,
    /// The shares of streams of events.
    pub(super) listeners: Shares,
    pub(super) body_cache: BodyCache,
    pub(super) about: About,
    pub(super) metrics: Metrics,
    pub(super) rules: AccessRules,
    /// Cancelled when the node stops; ends the streams of events.
    pub(super) stop: CancellationToken,
}

impl Deref for ApiState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Who may use a node.
#[derive(Clone, Debug)]
pub struct AccessRules {
    /// The host names that requests may carry.
    pub names: HostNames,
    /// Origins of web pages that may use the node, beside its own.
    pub origins: Vec<WebOrigin>,
    /// What other machines may do.
    pub guests: Access,
}

/// Facts about a node that do not change while it runs.
#[derive(Clone, Debug)]
pub struct About {
    /// How the node is called.
    pub name: NodeName,
    /// Where it listens.
    pub listening: SocketAddr,
    /// Who receives the rewards.
    pub miner: String,
    /// Where the data is kept.
    pub data: DataKind,
    /// When the node started.
    pub started_at: DateTime<Utc>,
    /// The same moment on the monotonic clock.
    pub started: Instant,
}

impl ApiState {
    /// The state of a node's API. Streams of events end when `stop` is cancelled.
    pub fn new(
        node: Node,
        sync: SyncHandle,
        network: NetworkHandle,
        about: About,
        rules: AccessRules,
        stop: CancellationToken,
    ) -> Self {
        Self(Arc::new(Inner {
            metrics: Metrics::new(node.clone()),
            node,
            sync,
            network,
            checks: ReadingThreads::new(MAX_CHECKS),
            chunks: ReadingThreads::new(MAX_CHUNKS),
            checkers: Shares::new(MAX_CHECKS),
            judged: Shares::new(MAX_JUDGED),
            large_bodies: Shares::new(MAX_LARGE_BODIES),
            listeners: Shares::new(MAX_LISTENERS),
            body_cache: BodyCache::default(),
            about,
            rules,
            stop,
        }))
    }
}
