//! `/api/v1/peers`: the peers of the node, and their states.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    super::{
        answers::{json, json_text, ok},
        error::ApiError,
        request_body::RequestBody,
        state::ApiState,
    },
    params::{Name, Params},
};
use crate::wire::{
    nodes_from_json,
    v1::{Connected, Nodes, PeerList, Problem},
};

/// Whether to ask.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AskParams {
    /// `false`: tells what is known without asking anybody.
    #[param(default = true)]
    ask: Option<bool>,
}

/// How the peers are: each is asked, unless told otherwise.
#[utoipa::path(
    get, path = "/peers", tag = "peers", operation_id = "peers", params(AskParams),
    responses(
        (status = 200, body = PeerList),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn peers(
    State(state): State<ApiState>,
    Params(params): Params<AskParams>,
) -> Result<Response, ApiError> {
    let network = match params.ask {
        Some(false) => Arc::new(state.network.known().await?),
        _ => state.network.ask_all().await??,
    };
    Ok(ok(&PeerList { peers: network.peers.iter().map(Into::into).collect() }))
}

/// Forgets a node.
#[utoipa::path(
    delete, path = "/peers/{address}", tag = "peers", operation_id = "disconnect",
    params(("address" = String, Path, description = "Its address, as the list of peers shows it")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "It is not known", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn disconnect(State(state): State<ApiState>, Name(address): Name) -> Result<StatusCode, ApiError> {
    let unknown = || ApiError::UnknownPeer(address.escape_debug().to_string());
    let peer = address.parse().map_err(|_| unknown())?;
    if state.node.remove_peer(peer).await? { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// Connects nodes.
#[utoipa::path(
    post, path = "/peers", tag = "peers", operation_id = "connect", request_body = Nodes,
    responses(
        (status = 200, description = "All of them were known", body = Connected),
        (status = 201, description = "At least one is new", body = Connected),
        (status = 400, description = "One is no address, and none was added", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn connect(
    State(state): State<ApiState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let nodes = nodes_from_json(&body)?;
    let before = state.node.view().peers.clone();
    let peers = state.node.add_peers(nodes.clone()).await?;
    let mut added: Vec<String> = Vec::new();
    for node in nodes.iter().filter(|node| !before.contains(node)).map(ToString::to_string) {
        if !added.contains(&node) {
            added.push(node);
        }
    }
    let status = if added.is_empty() { StatusCode::OK } else { StatusCode::CREATED };
    let peers = peers.iter().map(ToString::to_string).collect();
    Ok(json(status, json_text(&Connected { added, peers })))
}
