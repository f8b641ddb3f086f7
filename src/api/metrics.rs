//! The metrics of `/metrics`: counters of the node and of the requests.

use std::{
    fmt::{self, Write as _},
    hash::{Hash, Hasher},
    sync::Arc,
};

use axum::{
    extract::MatchedPath,
    http::{Method, StatusCode},
};
use bcoin_node::AnyNode;
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

/// The media type of the OpenMetrics text format, version 1.0.0.
pub(super) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The registry, and the counters of requests.
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

/// The route of a request, as the router found it; none when there is no such route.
#[derive(Clone, Debug)]
struct Route(Option<MatchedPath>);

impl Route {
    fn name(&self) -> &str {
        self.0.as_ref().map_or("unknown", MatchedPath::as_str)
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
    pub(super) fn new(node: AnyNode) -> Self {
        let requests = Family::default();
        let mut registry = Registry::with_prefix("bcoin");
        registry.register("http_requests", "Requests answered, by route, verb and status", requests.clone());
        registry.register_collector(Box::new(NodeCollector(node)));
        Self { registry: registry.into(), requests }
    }

    /// All metrics in the OpenMetrics text format.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// Counts an answer.
    pub(super) fn count(&self, route: Option<MatchedPath>, method: &Method, status: StatusCode) {
        let method = match method.as_str() {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            "PUT" => "PUT",
            "DELETE" => "DELETE",
            // Other verbs share one label, so that clients cannot create labels.
            _ => "other",
        };
        self.requests.get_or_create(&RequestLabels { route: Route(route), method, status: status.as_u16() }).inc();
    }
}

/// Reads the counters of the node for each answer.
struct NodeCollector(AnyNode);

impl fmt::Debug for NodeCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeCollector")
    }
}

impl Collector for NodeCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (view, counters) = (self.0.view(), self.0.counters());
        let mut gauge = |name, help, value: u64| {
            let value = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)
        };
        gauge("chain_length_blocks", "Blocks in the chain", view.tip.height)?;
        gauge("pending_payments", "Payments that wait for a block", view.waiting as u64)?;
        gauge("peers", "Other nodes that are known", view.peers.len() as u64)?;
        gauge("event_listeners", "Streams of events that are open", self.0.listeners() as u64)?;

        let mut counter = |name, help, counter: &bcoin_node::Counter| {
            let value = ConstCounter::new(counter.get());
            value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)
        };
        counter("blocks_mined", "Blocks mined by this node", &counters.blocks_mined)?;
        counter("proofs_tried", "Candidates tried while mining", &counters.trials)?;
        counter("payments", "Payments taken", &counters.transactions)?;
        counter("payments_refused", "Payments refused because too many waited", &counters.transactions_refused)?;
        counter("replacements", "Chains replaced by a longer one", &counters.replacements)?;
        counter("store_commits", "Changes saved", &counters.commits)?;
        counter("store_commits_failed", "Changes that could not be saved", &counters.commits_failed)?;

        let mut time = |name, help, nanoseconds: &bcoin_node::Counter| {
            let value = ConstCounter::new(seconds(nanoseconds));
            value.encode(encoder.encode_descriptor(name, help, Some(&Unit::Seconds), value.metric_type())?)
        };
        time("mining", "Time spent on searching for proofs", &counters.search_nanos)?;
        time("store_commit", "Time spent on saving changes", &counters.commit_nanos)?;

        let rate = ConstGauge::new(counters.trials.get() as f64 / seconds(&counters.search_nanos).max(1e-9));
        let help = "Candidates tried in a second of mining, since the node started";
        rate.encode(encoder.encode_descriptor("proofs_tried_per_second", help, None, rate.metric_type())?)
    }
}

fn seconds(nanoseconds: &bcoin_node::Counter) -> f64 {
    nanoseconds.get() as f64 / 1e9
}
