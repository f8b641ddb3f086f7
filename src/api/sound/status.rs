//! `GET /api/v1/status`

use axum::{Extension, extract::State, response::Response};
use bcoin_ledger::{
    Rules as _,
    sound::{Header, Sound},
};
use bcoin_node::store::{Reader, StoreError};

use super::{
    super::{answers::ok, error::ApiError, shares::ClientAddress, state::SoundState, v1},
    stored::header_bytes,
};
use crate::wire::sound::{MempoolJson, SoundStatus};

/// The node at a glance.
#[utoipa::path(
    get, path = "/status", tag = "node", operation_id = "status",
    responses(
        (status = 200, body = SoundStatus),
    )
)]
pub(super) async fn status(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
) -> Result<Response, ApiError> {
    let (status, view) = v1::status::of(&state, client, Sound::NAME);
    let (tip, network) = (view.tip, state.ledger.network());
    let read = move |reader: &Reader| {
        let found = reader.snapshot()?.any_block(&tip.hash)?;
        let (_, encoding) = found.ok_or_else(|| StoreError::Damaged("the last block is missing".into()))?;
        Ok(Header::decode(header_bytes(&encoding)?).bits)
    };
    // The owner is not asked: it may be connecting a long branch.
    let bits = state.node.read(read).await?;
    Ok(ok(&SoundStatus {
        work: tip.work.to_string(),
        status,
        profile: network.parameters().profile().to_string(),
        room: network.parameters().name().to_owned(),
        genesis: network.genesis_hash().to_string(),
        bits: bits.to_string(),
        mempool: MempoolJson { count: view.waiting, bytes: view.waiting_bytes },
    }))
}
