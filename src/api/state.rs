//! What the handlers work with.

use std::{ops::Deref, sync::Arc, time::Instant};

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{body_cache::BodyCache, host_check::HostNames, metrics::Metrics};
use crate::{
    Node,
    peers::{ProbeHandle, SyncHandle},
    wire::v1::DataKind,
};

/// How many checks of the whole chain run side by side; further ones wait.
const MAX_CHECKS: usize = 2;

/// The state of a node's API; cheap to clone, since every request does.
#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

/// See [`ApiState`].
pub struct Inner {
    pub(super) node: Node,
    pub(super) sync: SyncHandle,
    pub(super) probe: ProbeHandle,
    /// Permits for checks of the whole chain.
    pub(super) checks: Arc<Semaphore>,
    pub(super) body_cache: BodyCache,
    pub(super) about: About,
    pub(super) metrics: Metrics,
    pub(super) names: HostNames,
    /// Ends answers that would go on for ever.
    pub(super) stop: CancellationToken,
}

impl Deref for ApiState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What a node tells of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Who receives the rewards.
    pub miner: String,
    /// Where the data is kept.
    pub data: DataKind,
    /// When the node started.
    pub started_at: DateTime<Utc>,
    /// The same, for measuring.
    pub started: Instant,
}

impl ApiState {
    /// The state of a node's API. `names` are the host names that requests may carry; streams of events end when `stop` is
    /// cancelled.
    pub fn new(
        node: Node,
        sync: SyncHandle,
        probe: ProbeHandle,
        about: About,
        names: HostNames,
        stop: CancellationToken,
    ) -> Self {
        Self(Arc::new(Inner {
            metrics: Metrics::new(node.clone()),
            node,
            sync,
            probe,
            checks: Arc::new(Semaphore::new(MAX_CHECKS)),
            body_cache: BodyCache::default(),
            about,
            names,
            stop,
        }))
    }
}
