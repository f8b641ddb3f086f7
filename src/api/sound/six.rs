//! The six routes of the chapter under the sound rules.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bcoin_node::store::Snapshot;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};

use super::{
    super::{
        answers::{json, json_text, ok},
        chapter, entity_tag,
        error::ApiError,
        request_body::RequestBody,
        shares::ClientAddress,
        state::SoundState,
        validity,
        verbs::{post, safe_get, unsafe_get},
    },
    chain_stream::Chain,
    examples,
    mining::mine,
    transactions::add,
};
use crate::wire::{
    answers::ChainFrame,
    chapter::MessageShape,
    messages,
    sound::{AddedAnswer, BlockJson, ChainAnswer, MinedAnswer, ReplacedAnswer, TransferRequest},
};

pub(in crate::api) fn routes() -> OpenApiRouter<SoundState> {
    OpenApiRouter::new()
        .routes(routes!(mine_block).map(unsafe_get))
        .routes(routes!(get_chain).map(safe_get))
        .routes(routes!(is_valid).map(safe_get))
        .routes(routes!(add_transaction).map(post))
        .routes(routes!(chapter::connect_node).map(post))
        .routes(routes!(replace_chain).map(unsafe_get))
}

/// Mines a block on the template that pays most.
#[utoipa::path(
    get, path = "/mine_block", tag = "chapter", operation_id = "mine_block",
    responses(
        (status = 200, description = "The block", body = MinedAnswer, example = json!(examples::mined())),
        (status = 409, description = "Nobody is paid for blocks of this node: start it with --miner ADDRESS", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 503, description = "Too many requests of this address, or of all, wait for a block, and Retry-After says when to ask again; or the clock of this machine is behind the chain; or the node is stopping", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 507, description = "The disk is full", body = String, content_type = "text/plain; charset=utf-8"),
    )
)]
async fn mine_block(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
) -> Result<Response, ApiError> {
    let mined = mine(&state, client).await?;
    let block = BlockJson::from(&mined.block);
    tracing::info!(index = block.index, transactions = block.transactions.len(), "mined a block");
    Ok(ok(&MinedAnswer { message: messages::MINED, block }))
}

/// The whole chain. Its `ETag` is the hash of the last block.
#[utoipa::path(
    get, path = "/get_chain", tag = "chapter", operation_id = "get_chain",
    responses(
        (status = 200, description = "All blocks", body = ChainAnswer, example = json!({"chain": examples::chain(), "length": 2})),
        (status = 304, description = "`If-None-Match` names the chain as it is"),
    )
)]
async fn get_chain(State(state): State<SoundState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let tag = entity_tag::of_chain(state.node.view().tip.hash);
    if entity_tag::is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let chain = Chain::read(&state, ChainFrame::chain()).await?;
    let tag = entity_tag::of_chain(chain.tip);
    Ok(([(header::ETAG, tag)], json(StatusCode::OK, chain.into_body())).into_response())
}

/// Judges every block of the node's own chain wholly, from the first one on: work, signatures, nonces, funds and rewards.
#[utoipa::path(
    get, path = "/is_valid", tag = "chapter", operation_id = "is_valid",
    responses((status = 200, description = "Whether it is valid", body = MessageShape, example = json!({"message": messages::CHAIN_VALID})))
)]
async fn is_valid(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
) -> Result<Response, ApiError> {
    validity::answer(&state, client, Snapshot::judge_chain).await
}

/// Sends a signed transfer, which waits for a block. The body is read as JSON whatever its `Content-Type`.
#[utoipa::path(
    post, path = "/add_transaction", tag = "chapter", operation_id = "add_transaction",
    request_body(content = TransferRequest, example = json!(examples::sent())),
    responses(
        (status = 201, description = "It waits", body = AddedAnswer, example = json!({"message": messages::will_be_added(3), "id": examples::id()})),
        (status = 400, description = "The transfer is not taken", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 507, description = "The disk is full", body = String, content_type = "text/plain; charset=utf-8"),
    )
)]
async fn add_transaction(
    State(state): State<SoundState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    // The chapter has one status for whatever is wrong with a payment.
    let added = add(&state, &body).await.map_err(|error| match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY => ApiError::NotTaken(error.to_string()),
        _ => error,
    })?;
    let answer = AddedAnswer { message: messages::will_be_added(added.block), id: added.id };
    Ok(json(StatusCode::CREATED, json_text(&answer)))
}

/// Asks all known nodes for a chain with more work, and takes the best one that is valid.
#[utoipa::path(
    get, path = "/replace_chain", tag = "chapter", operation_id = "replace_chain",
    responses(
        (status = 200, description = "The chain as it is now", body = ReplacedAnswer, example = json!({
            "message": messages::REPLACED, "new_chain": examples::chain()
        })),
        (status = 503, description = "The node is stopping", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 507, description = "The disk is full", body = String, content_type = "text/plain; charset=utf-8"),
    )
)]
async fn replace_chain(State(state): State<SoundState>) -> Result<Response, ApiError> {
    let message = match state.sync.replace_chain().await?.replacement {
        Some(_) => messages::REPLACED,
        None => messages::KEPT,
    };
    let chain = Chain::read(&state, ChainFrame::new_chain(message)).await?;
    Ok(json(StatusCode::OK, chain.into_body()))
}
