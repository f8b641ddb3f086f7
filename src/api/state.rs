//! The shared state of the handlers: a part that needs no rules, and one for each set of rules.

use std::{net::SocketAddr, ops::Deref, sync::Arc, time::Instant};

use axum::extract::FromRef;
use bcoin_ledger::{chapter::Chapter, sound::Sound};
use bcoin_node::{AnyNode, MAX_LISTENERS, NodeHandle, ReadingThreads};
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use super::{
    body_cache::BodyCache, host_check::HostNames, metrics::Metrics, shares::Shares, sound::Templates,
    web_origin::WebOrigin,
};
use crate::{
    peers::{Exchange, MAX_JUDGED, NetworkHandle, SyncHandle},
    wire::{
        NodeName,
        v1::{Access, DataKind},
    },
};

/// How many checks of the whole chain run at a time; further ones wait.
const MAX_CHECKS: usize = 2;
/// How many chunks of answers to `/get_chain`, and pieces of headers, are read at a time; further ones wait.
const MAX_CHUNKS: usize = 2;
/// How many blocks that are sent may be judged at a time, of which one address has its share; loopback is not limited.
const MAX_BLOCKS: usize = 16;
/// How many requests may wait for a block that is mined for them under rules under which that takes long, of which one address has
/// its share; loopback is not limited.
const MAX_MINED: usize = 16;
/// How many large bodies may arrive at a time; one address has its share of that, and loopback is not limited.
const MAX_LARGE_BODIES: usize = 64;

/// What the API of a node needs whatever its rules. Each request clones it, so it is an `Arc`.
#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

/// The fields of [`ApiState`].
pub struct Inner {
    pub(super) node: AnyNode,
    pub(super) network: NetworkHandle,
    /// The threads that check the whole chain.
    pub(super) checks: ReadingThreads,
    /// The threads that read chunks of the chain.
    pub(super) chunks: ReadingThreads,
    /// The shares of pieces of headers, which are read on the threads for chunks.
    pub(super) header_pieces: Shares,
    /// The shares of checks.
    pub(super) checkers: Shares,
    /// The shares of calls in which all nodes judge blocks.
    pub(super) judged: Shares,
    /// The shares of blocks that are sent and judged, and of templates that are made.
    pub(super) blocks: Shares,
    /// The shares of requests that wait for a block to be mined.
    pub(super) mined: Shares,
    /// The shares of large bodies that arrive.
    pub(super) large_bodies: Shares,
    /// The shares of streams of events.
    pub(super) listeners: Shares,
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
        node: AnyNode,
        network: NetworkHandle,
        about: About,
        rules: AccessRules,
        stop: CancellationToken,
    ) -> Self {
        Self(Arc::new(Inner {
            metrics: Metrics::new(node.clone()),
            node,
            network,
            checks: ReadingThreads::new(MAX_CHECKS),
            chunks: ReadingThreads::new(MAX_CHUNKS),
            header_pieces: Shares::new(MAX_CHUNKS),
            checkers: Shares::new(MAX_CHECKS),
            judged: Shares::new(MAX_JUDGED),
            blocks: Shares::with_total(MAX_BLOCKS),
            mined: Shares::with_total(MAX_MINED),
            large_bodies: Shares::new(MAX_LARGE_BODIES),
            listeners: Shares::new(MAX_LISTENERS),
            about,
            rules,
            stop,
        }))
    }
}

/// Rules some of whose answers are kept.
pub trait Cached: Exchange {
    /// The answers that are kept.
    type Caches: Default + Send + Sync;
}

impl Cached for Chapter {
    type Caches = BodyCache;
}

impl Cached for Sound {
    type Caches = Templates;
}

/// The state of the API of a node under the rules `R`.
pub struct RulesState<R: Cached>(Arc<RulesInner<R>>);

/// The fields of [`RulesState`], beside those of [`ApiState`].
pub struct RulesInner<R: Cached> {
    api: ApiState,
    pub(super) node: NodeHandle<R>,
    /// What a block and a transaction have to keep.
    pub(super) ledger: R,
    pub(super) sync: SyncHandle<R>,
    /// Answers that are kept.
    pub(super) caches: R::Caches,
}

/// The state of the API of a node under the printed rules.
pub type ChapterState = RulesState<Chapter>;

/// The state of the API of a node under the sound rules.
pub type SoundState = RulesState<Sound>;

impl<R: Cached> RulesState<R> {
    /// The state of the API of `node`, which follows the rules `ledger`, beside what it needs whatever the rules.
    pub fn new(api: ApiState, node: NodeHandle<R>, ledger: R, sync: SyncHandle<R>) -> Self {
        Self(Arc::new(RulesInner { api, node, ledger, sync, caches: R::Caches::default() }))
    }

    /// What needs no rules.
    pub(super) fn common(&self) -> &ApiState {
        &self.api
    }
}

impl<R: Cached> Clone for RulesState<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R: Cached> Deref for RulesState<R> {
    type Target = RulesInner<R>;

    fn deref(&self) -> &RulesInner<R> {
        &self.0
    }
}

impl<R: Cached> Deref for RulesInner<R> {
    type Target = ApiState;

    fn deref(&self) -> &ApiState {
        &self.api
    }
}

/// Handlers that need no rules take the common state.
impl<R: Cached> FromRef<RulesState<R>> for ApiState {
    fn from_ref(state: &RulesState<R>) -> Self {
        state.api.clone()
    }
}
