//! `/api/v1/mining`: whether and when the node mines by itself.

use axum::{extract::State, response::Response};

use super::{
    super::{ApiState, body::RequestBody, error::ApiError},
    ok,
};
use crate::{
    node::MINING_INTERVALS,
    wire::{
        mining_from_json,
        v1::{Mining, Problem},
    },
};

/// Whether and when the node mines by itself.
#[utoipa::path(get, path = "/mining", tag = "node", operation_id = "mining", responses((status = 200, body = Mining)))]
pub(super) async fn mining(State(state): State<ApiState>) -> Response {
    ok(&state.node.mining())
}

/// Lets the node mine by itself in another way, until it stops.
#[utoipa::path(
    put, path = "/mining", tag = "node", operation_id = "set_mining", request_body = Mining,
    responses(
        (status = 200, body = Mining),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set_mining(
    State(state): State<ApiState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let mining = mining_from_json(&body)?;
    if let Mining::Interval { every_ms } = mining
        && !MINING_INTERVALS.contains(&every_ms)
    {
        return Err(ApiError::MiningInterval { every_ms });
    }
    state.node.set_mining(mining);
    tracing::info!(?mining, "mining by itself");
    Ok(ok(&mining))
}
