//! The six routes of the chapter (docs/contract.md section 2; listing sections 16.8.1 to 16.8.4).

use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bcoin_ledger::BlockHash;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};

use super::{
    answers::json,
    chain_stream::Chain,
    chapter_examples::{chain, mined},
    entity_tag,
    error::ApiError,
    request_body::RequestBody,
    shares::ClientAddress,
    state::{ApiState, ChapterState},
    validity,
    verbs::{post, safe_get, unsafe_get},
};
use crate::wire::{
    answers::{self, ChainFrame},
    chapter::{ChainShape, ConnectedShape, MessageShape, MinedShape, ReplacedShape},
    messages, nodes_from_json, transaction_from_json,
    v1::{Nodes, Payment},
};

pub(super) fn routes() -> OpenApiRouter<ChapterState> {
    OpenApiRouter::new()
        .routes(routes!(mine_block).map(unsafe_get))
        .routes(routes!(get_chain).map(safe_get))
        .routes(routes!(is_valid).map(safe_get))
        .routes(routes!(add_transaction).map(post))
        .routes(routes!(connect_node).map(post))
        .routes(routes!(replace_chain).map(unsafe_get))
}

/// Mines a block, which takes the payments that wait. The miner receives 1.
#[utoipa::path(
    get, path = "/mine_block", tag = "chapter", operation_id = "mine_block",
    responses(
        (status = 200, description = "The block", body = MinedShape, example = json!(mined(messages::MINED))),
        (status = 503, description = "The node is stopping", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 507, description = "The disk is full", body = String, content_type = "text/plain; charset=utf-8"),
    )
)]
async fn mine_block(State(state): State<ChapterState>) -> Result<Response, ApiError> {
    let block = state.node.mine().await?.block;
    tracing::info!(index = block.block().index, transactions = block.block().transactions.len(), "mined a block");
    Ok(json(StatusCode::OK, answers::mined(&block)))
}

/// The whole chain. Its `ETag` is the hash of the last block.
#[utoipa::path(
    get, path = "/get_chain", tag = "chapter", operation_id = "get_chain",
    responses(
        (status = 200, description = "All blocks", body = ChainShape, example = json!({"chain": chain(), "length": 2})),
        (status = 304, description = "`If-None-Match` names the chain as it is"),
    )
)]
async fn get_chain(State(state): State<ChapterState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let tip = state.node.view().tip.hash;
    let tag = entity_tag::of_chain(tip);
    if entity_tag::is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    if let Some(body) = state.caches.whole(tip) {
        return Ok(chain_answer(tip, body.into()));
    }
    let chain = Chain::read(&state, ChainFrame::chain()).await?;
    if let Some(body) = chain.whole() {
        state.caches.keep_whole(chain.tip, body);
    }
    Ok(chain_answer(chain.tip, chain.into_body()))
}

fn chain_answer(tip: BlockHash, body: Body) -> Response {
    ([(header::ETAG, entity_tag::of_chain(tip))], json(StatusCode::OK, body)).into_response()
}

/// Checks every block of the node's own chain.
#[utoipa::path(
    get, path = "/is_valid", tag = "chapter", operation_id = "is_valid",
    responses((status = 200, description = "Whether it is valid", body = MessageShape, example = json!({"message": messages::CHAIN_VALID})))
)]
async fn is_valid(
    State(state): State<ChapterState>,
    Extension(client): Extension<ClientAddress>,
) -> Result<Response, ApiError> {
    validity::answer(&state, client, |chain, rules| chain.check_chain(rules, &|_, _| ()).map(drop)).await
}

/// Sends a payment, which waits for the next block. The body is read as JSON whatever its `Content-Type`.
#[utoipa::path(
    post, path = "/add_transaction", tag = "chapter", operation_id = "add_transaction",
    request_body(content = Payment, example = json!({"sender": "Alice", "receiver": "Bob", "amount": 10})),
    responses(
        (status = 201, description = "It waits", body = MessageShape, example = json!({"message": messages::will_be_added(2)})),
        (status = 400, description = "The payment is not taken", body = String, content_type = "text/plain; charset=utf-8", example = json!(messages::COMPONENTS_MISSING)),
        (status = 503, description = "Too many payments wait: mine a block", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 507, description = "The disk is full", body = String, content_type = "text/plain; charset=utf-8"),
    )
)]
async fn add_transaction(
    State(state): State<ChapterState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let index = state.node.add_transaction(transaction_from_json(&body)?).await?;
    tracing::debug!(index, "a payment waits");
    Ok(json(StatusCode::CREATED, answers::message(&messages::will_be_added(index))))
}

/// Makes other nodes known to this one. Each entry is `http://host:port`; the scheme may be left out.
#[utoipa::path(
    post, path = "/connect_node", tag = "chapter", operation_id = "connect_node",
    request_body(content = Nodes, example = json!({
        "nodes": ["http://127.0.0.1:1001", "http://127.0.0.1:1002", "http://127.0.0.1:1003"]
    })),
    responses(
        (status = 201, description = "All are known", body = ConnectedShape, example = json!({
            "message": messages::CONNECTED, "total_nodes": ["127.0.0.1:1001", "127.0.0.1:1002", "127.0.0.1:1003"]
        })),
        (status = 400, description = "One is no address, or there are too many, and none was added", body = String, content_type = "text/plain; charset=utf-8", example = json!(messages::NO_NODE)),
        (status = 507, description = "The disk is full", body = String, content_type = "text/plain; charset=utf-8"),
    )
)]
pub(in crate::api) async fn connect_node(
    State(state): State<ApiState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let peers = state.node.add_peers(nodes_from_json(&body)?).await?;
    tracing::info!(total = peers.len(), "connected nodes");
    Ok(json(StatusCode::CREATED, answers::connected(&peers)))
}

/// Asks all known nodes for their chains, and takes the longest one that is valid, if it is longer than the node's own.
#[utoipa::path(
    get, path = "/replace_chain", tag = "chapter", operation_id = "replace_chain",
    responses(
        (status = 200, description = "The chain as it is now", body = ReplacedShape, example = json!({
            "message": messages::REPLACED, "new_chain": chain()
        })),
        (status = 503, description = "The node is stopping", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 507, description = "The disk is full", body = String, content_type = "text/plain; charset=utf-8"),
    )
)]
async fn replace_chain(State(state): State<ChapterState>) -> Result<Response, ApiError> {
    let message = match state.sync.replace_chain().await?.replacement {
        Some(_) => messages::REPLACED,
        None => messages::KEPT,
    };
    let chain = Chain::read(&state, ChainFrame::new_chain(message)).await?;
    Ok(json(StatusCode::OK, chain.into_body()))
}
