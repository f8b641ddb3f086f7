//! `GET /api/v1/status`

use axum::{Extension, extract::State, response::Response};
use bcoin_ledger::{
    Rules as _,
    sound::{CompactTarget, Sound},
};

use super::super::{answers::ok, shares::ClientAddress, state::SoundState, v1};
use crate::wire::sound::{MempoolJson, SoundStatus};

/// The node at a glance.
#[utoipa::path(
    get, path = "/status", tag = "node", operation_id = "status",
    responses(
        (status = 200, body = SoundStatus),
    )
)]
pub(super) async fn status(State(state): State<SoundState>, Extension(client): Extension<ClientAddress>) -> Response {
    // Peers ask for it again and again: neither the disk nor the owner, who may be connecting a long branch, is asked.
    let (status, view) = v1::status::of(&state, client, Sound::NAME);
    let network = state.ledger.network();
    ok(&SoundStatus {
        work: view.tip.work.to_string(),
        status,
        profile: network.parameters().profile().to_string(),
        room: network.parameters().name().to_owned(),
        genesis: network.genesis_hash().to_string(),
        bits: CompactTarget::from_consensus(view.bits).to_string(),
        mempool: MempoolJson { count: view.waiting, bytes: view.waiting_bytes },
    })
}
