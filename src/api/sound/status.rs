//! `GET /api/v1/status`

use axum::{Extension, extract::State, response::Response};
use bcoin_ledger::{Rules as _, sound::Sound};

use super::super::{answers::ok, error::ApiError, shares::ClientAddress, state::SoundState, v1};
use crate::wire::{
    sound::{MempoolJson, SoundStatus},
    v1::Problem,
};

/// The node at a glance.
#[utoipa::path(
    get, path = "/status", tag = "node", operation_id = "status",
    responses(
        (status = 200, body = SoundStatus),
        (status = 503, description = "The node is stopping", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn status(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
) -> Result<Response, ApiError> {
    let status = v1::status::of(&state, client, Sound::NAME);
    let (ancestors, mempool) = state
        .node
        .inspect(|blockchain| {
            let mempool = MempoolJson { count: blockchain.waiting(), bytes: blockchain.mempool().bytes() };
            (*blockchain.ancestors(), mempool)
        })
        .await?;
    let network = state.ledger.network();
    Ok(ok(&SoundStatus {
        work: state.node.view().tip.work.to_string(),
        status,
        profile: network.parameters().profile().to_string(),
        room: network.parameters().name().to_owned(),
        genesis: network.genesis_hash().to_string(),
        bits: ancestors.bits().to_string(),
        mempool,
    }))
}
