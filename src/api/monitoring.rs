//! What monitors ask: `/metrics` in the OpenMetrics format that Prometheus reads, `/healthz` and `/readyz`.

use std::{
    fmt::{self, Write as _},
    hash::{Hash, Hasher},
    sync::Arc,
};

use axum::{
    Router,
    extract::{MatchedPath, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use prometheus_client::{
    collector::Collector,
    encoding::{
        DescriptorEncoder, EncodeLabelSet, EncodeLabelValue, EncodeMetric as _, LabelValueEncoder, text::encode,
    },
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::ConstGauge,
    },
    registry::{Registry, Unit},
};

use super::{ApiState, error::ApiError};
use crate::node::{self, NodeHandle};

/// The media type of the OpenMetrics text format, version 1.0.0.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) fn routes() -> Router<ApiState> {
    Router::new().route("/metrics", get(metrics)).route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

/// Everything that `/metrics` shows.
#[derive(Clone, Debug)]
pub(super) struct Metrics {
    registry: Arc<Registry>,
    requests: Family<RequestLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: Route,
    method: &'static str,
    status: u16,
}

/// The route of a request.
#[derive(Clone, Debug)]
pub(super) enum Route {
    /// One of the chapter's.
    Chapter(&'static str),
    /// The one the router found.
    Matched(MatchedPath),
    /// None.
    Unknown,
}

impl Route {
    fn name(&self) -> &str {
        match self {
            Self::Chapter(path) => path,
            Self::Matched(path) => path.as_str(),
            Self::Unknown => "unknown",
        }
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Route {}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        encoder.write_str(self.name())
    }
}

impl Metrics {
    /// The metrics of a node.
    pub(super) fn new(node: NodeHandle) -> Self {
        let requests = Family::default();
        let mut registry = Registry::with_prefix("bcoin");
        registry.register("http_requests", "Requests answered, by route, verb and status", requests.clone());
        registry.register_collector(Box::new(NodeCollector(node)));
        Self { registry: registry.into(), requests }
    }

    /// Counts an answer.
    pub(super) fn count(&self, route: Route, method: &Method, status: StatusCode) {
        let method = match method.as_str() {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            // Whatever strangers think of makes no label of its own.
            _ => "other",
        };
        self.requests.get_or_create(&RequestLabels { route, method, status: status.as_u16() }).inc();
    }
}

/// Reads the node when somebody asks.
struct NodeCollector(NodeHandle);

impl fmt::Debug for NodeCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeCollector")
    }
}

impl Collector for NodeCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (view, counters, events) = (self.0.view(), self.0.counters(), self.0.events());
        let mut gauge = |name, help, value: u64| {
            let value = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)
        };
        gauge("chain_length_blocks", "Blocks in the chain", view.tip.index)?;
        gauge("pending_payments", "Payments that wait for a block", view.waiting as u64)?;
        gauge("peers", "Other nodes that are known", view.peers.len() as u64)?;
        gauge("event_listeners", "Streams of events that are open", events.listeners() as u64)?;

        let mut counter = |name, help, counter: &node::Counter| {
            let value = ConstCounter::new(counter.get());
            value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)
        };
        counter("blocks_mined", "Blocks mined by this node", &counters.blocks_mined)?;
        counter("proofs_tried", "Candidates tried while mining", &counters.proofs_tried)?;
        counter("payments", "Payments taken", &counters.payments)?;
        counter("payments_refused", "Payments refused because too many waited", &counters.payments_refused)?;
        counter("replacements", "Chains replaced by a longer one", &counters.replacements)?;
        counter("store_commits", "Changes saved", &counters.commits)?;
        counter("store_commits_failed", "Changes that could not be saved", &counters.commits_failed)?;

        let mut time = |name, help, nanoseconds: &node::Counter| {
            let value = ConstCounter::new(seconds(nanoseconds));
            value.encode(encoder.encode_descriptor(name, help, Some(&Unit::Seconds), value.metric_type())?)
        };
        time("mining", "Time spent on searching for proofs", &counters.search_nanos)?;
        time("store_commit", "Time spent on saving changes", &counters.commit_nanos)?;

        let rate = ConstGauge::new(counters.proofs_tried.get() as f64 / seconds(&counters.search_nanos).max(1e-9));
        let help = "Candidates tried in a second of mining, since the node started";
        rate.encode(encoder.encode_descriptor("proofs_tried_per_second", help, None, rate.metric_type())?)
    }
}

fn seconds(nanoseconds: &node::Counter) -> f64 {
    nanoseconds.get() as f64 / 1e9
}

async fn metrics(State(state): State<ApiState>) -> Response {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = encode(&mut text, &state.metrics.registry);
    ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response()
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The node takes changes, and its chain can be read.
async fn readyz(State(state): State<ApiState>) -> Result<&'static str, ApiError> {
    if !state.node.is_alive() {
        return Err(ApiError::Node(node::NodeError::Stopping));
    }
    state.node.read(|reader| reader.snapshot()?.tip_hash()).await.map_err(ApiError::NotReady)?;
    Ok("ready\n")
}
