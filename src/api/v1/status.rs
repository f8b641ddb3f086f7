//! `GET /api/v1/status`

use std::sync::Arc;

use axum::{Extension, extract::State, response::Response};
use bcoin_ledger::{Rules as _, chapter::Chapter};
use bcoin_node::View;

use super::super::{answers::ok, guests, shares::ClientAddress, state::ApiState};
use crate::{
    interfaces,
    wire::v1::{MinedPoint, Status},
};

/// The node at a glance.
#[utoipa::path(get, path = "/status", tag = "node", operation_id = "status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(state): State<ApiState>, Extension(client): Extension<ClientAddress>) -> Response {
    ok(&of(&state, client, Chapter::NAME).0)
}

/// What a node under these rules tells this client, and its state then.
pub(in crate::api) fn of(state: &ApiState, client: ClientAddress, rules: &str) -> (Status, Arc<View>) {
    // Read before the view: a client that listens from this event on misses no change that the view does not show yet.
    let last_event = state.node.latest_event().to_string();
    let view = state.node.view();
    let status = Status {
        node_address: state.node.node_address().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: rules.to_owned(),
        miner: state.about.miner.clone(),
        length: view.tip.height,
        tip: view.tip.into(),
        chain_bytes: view.chain_bytes,
        pending: view.waiting,
        peers: view.peers.len(),
        data: state.about.data,
        name: state.about.name.to_string(),
        addresses: addresses(state),
        access: guests::granted(Some(client), state.rules.guests),
        started_at: state.about.started_at,
        uptime_seconds: state.about.started.elapsed().as_secs_f64(),
        mining: state.node.mining().into(),
        last_mined: view.last_mined.map(|(tip, time)| MinedPoint::new(tip, time)),
        last_event,
    };
    (status, view)
}

/// The URLs by which other machines reach the node, the best first.
pub(super) fn addresses(state: &ApiState) -> Vec<String> {
    let addresses = interfaces::reached_at(state.about.listening);
    addresses.iter().map(|address| format!("http://{address}")).collect()
}
