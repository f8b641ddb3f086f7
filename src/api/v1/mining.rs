//! `/api/v1/mining`: whether and when the node mines by itself.

use std::time::Duration;

use axum::{extract::State, response::Response};
use bcoin_node::{MINING_INTERVALS, MiningMode};

use super::super::{answers::ok, error::ApiError, request_body::RequestBody, state::ApiState};
use crate::wire::{
    mining_from_json,
    v1::{MiningJson, Problem},
};

/// Whether and when the node mines by itself.
#[utoipa::path(get, path = "/mining", tag = "node", operation_id = "mining", responses((status = 200, body = MiningJson)))]
pub(in crate::api) async fn mining(State(state): State<ApiState>) -> Response {
    ok(&MiningJson::from(state.node.mining()))
}

/// Lets the node mine by itself in another way, until it stops.
#[utoipa::path(
    put, path = "/mining", tag = "node", operation_id = "set_mining", request_body = MiningJson,
    responses(
        (status = 200, body = MiningJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set_mining(
    State(state): State<ApiState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let mining = mining_from_json(&body)?;
    if mining == MiningJson::Continuous {
        return Err(ApiError::MiningContinuously);
    }
    set_mode(&state, mining)
}

/// Lets the node mine in this way.
pub(in crate::api) fn set_mode(state: &ApiState, mining: MiningJson) -> Result<Response, ApiError> {
    let mode = match mining {
        MiningJson::Off => MiningMode::Off,
        MiningJson::OnPayment => MiningMode::OnTransaction,
        MiningJson::Continuous => MiningMode::Continuous,
        MiningJson::Interval { every_ms } => {
            let every = Duration::from_millis(every_ms);
            if !MINING_INTERVALS.contains(&every) {
                return Err(ApiError::MiningInterval { every_ms });
            }
            MiningMode::Interval(every)
        }
    };
    state.node.set_mining(mode);
    tracing::info!(?mode, "mining by itself");
    Ok(ok(&mining))
}
