//! `/api/v1/peers`

use axum::{extract::State, http::StatusCode, response::Response};

use super::super::{ApiState, body::RequestBody, error::ApiError, json, json_text};
use crate::wire::{
    nodes_from_json,
    v1::{Connected, Nodes, Problem},
};

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
