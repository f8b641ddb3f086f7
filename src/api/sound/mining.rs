//! `/api/v1/mining`: whether the node mines by itself, and templates for outside miners.

use axum::{Extension, extract::State, response::Response};
use bcoin_ledger::sound::{CheckedBlock, Note, Receiver};
use bcoin_node::{MineError, Mined};
use uuid::Uuid;

use super::super::{
    answers::ok,
    error::ApiError,
    request_body::RequestBody,
    shares::{ClientAddress, Holder},
    state::SoundState,
    v1::mining::set_mode,
};
use super::templates::Templates;
use crate::wire::{
    mining_from_json,
    sound::{TemplateJson, TemplateRequest, receiver_from_json},
    v1::{MiningJson, Problem},
};

/// Mines a block for this client. A search takes long, and all who ask share one miner: no address has more than its share of the
/// requests that wait.
pub(super) async fn mine(state: &SoundState, client: ClientAddress) -> Result<Mined<CheckedBlock>, ApiError> {
    let _place = state.mined.take(Holder::of(client.0)).map_err(ApiError::TooManyMined)?;
    Ok(state.node.mine().await?)
}

/// Lets the node mine by itself in another way, until it stops.
#[utoipa::path(
    put, path = "/mining", tag = "node", operation_id = "set_mining", request_body = MiningJson,
    responses(
        (status = 200, body = MiningJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`no-receiver`: nobody is paid for blocks of this node; start it with --miner ADDRESS", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set_mining(
    State(state): State<SoundState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let mining = mining_from_json(&body)?;
    if mining != MiningJson::Off && state.about.miner.is_empty() {
        return Err(MineError::<std::convert::Infallible>::NoReceiver.into());
    }
    set_mode(&state, mining)
}

/// A whole block but for its nonce, on the end of the chain, with the transfers that pay most.
#[utoipa::path(
    post, path = "/mining/template", tag = "chain", operation_id = "template", request_body = TemplateRequest,
    responses(
        (status = 200, body = TemplateJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The address holds no key", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`too-many-blocks`: too much of this address, or of all, is worked on, and Retry-After says when to ask again; `stopping`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn template(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let _place = state.blocks.take(Holder::of(client.0)).map_err(ApiError::TooManyBlocks)?;
    // Those who mine for the same address get different extranonces, or they would try the same headers.
    let (extranonce, _) = Uuid::new_v4().as_u64_pair();
    let receiver = Receiver { key: receiver_from_json(&body)?.key(), note: Note::default(), extranonce };
    let template = Templates::template_for(&state, receiver).await?;
    Ok(ok(&TemplateJson::from(&template)))
}
