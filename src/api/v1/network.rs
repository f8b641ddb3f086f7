//! `GET /api/v1/network`: all nodes in one tree of blocks.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use bytes::Bytes;

use super::{
    super::{answers::ok, error::ApiError, state::ApiState},
    convert,
};
use crate::{
    peers::Network,
    wire::v1::{NetworkJson, Problem},
};

/// The network as this node sees it. Peers of which nothing is known yet are asked.
#[utoipa::path(
    get, path = "/network", tag = "peers", operation_id = "network",
    responses(
        (status = 200, body = NetworkJson),
        (status = 503, description = "The node is stopping", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn network(State(state): State<ApiState>) -> Result<Response, ApiError> {
    let known = state.network.known().await?;
    let network = if known.has_unasked() { state.network.ask_all().await?? } else { Arc::new(known) };
    Ok(ok(&convert::network(&state.about, state.node.node_address(), &network)))
}

/// The network as the data of an event, in one line.
pub(super) fn render(state: &ApiState, network: &Network) -> Bytes {
    network.rendered(|network| {
        let json = convert::network(&state.about, state.node.node_address(), network);
        serde_json::to_vec(&json).unwrap_or_default().into()
    })
}
