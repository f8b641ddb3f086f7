//! The six routes of the chapter (docs/contract.md section 2; listing sections 16.8.1 to 16.8.4).

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::Body,
    extract::State,
    handler::Handler,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get, post},
};
use bcoin_ledger::{BlockHash, chapter::Chapter};
use bcoin_node::store::{Reader, StoreError};

use super::{
    answers::json,
    chain_stream::Chain,
    entity_tag,
    error::ApiError,
    request_body::RequestBody,
    shares::{ClientAddress, Holder},
    state::ApiState,
};
use crate::wire::{
    answers::{self, ChainFrame},
    messages, nodes_from_json, transaction_from_json,
};

pub(super) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/mine_block", unsafe_get(mine_block))
        .route("/get_chain", safe_get(get_chain))
        .route("/is_valid", safe_get(is_valid))
        .route("/add_transaction", post(add_transaction).fallback(wrong_verb("POST")))
        .route("/connect_node", post(connect_node).fallback(wrong_verb("POST")))
        .route("/replace_chain", unsafe_get(replace_chain))
}

/// A GET that changes nothing. HEAD is allowed too (RFC 9110 section 9.3.2).
fn safe_get<T: 'static>(handler: impl Handler<T, ApiState>) -> MethodRouter<ApiState> {
    get(handler).fallback(wrong_verb("GET, HEAD"))
}

/// A GET that changes something, as in the listing. HEAD is refused: axum would run the handler for it.
fn unsafe_get<T: 'static>(handler: impl Handler<T, ApiState>) -> MethodRouter<ApiState> {
    get(handler).head(wrong_verb("GET")).fallback(wrong_verb("GET"))
}

fn wrong_verb(allowed: &'static str) -> impl Fn(Method, Uri) -> std::future::Ready<ApiError> + Clone + Send + 'static {
    move |method, uri| std::future::ready(ApiError::WrongVerb { allowed, method, path: uri.path().to_owned() })
}

async fn mine_block(State(state): State<ApiState>) -> Result<Response, ApiError> {
    let block = state.node.mine().await?.block;
    tracing::info!(index = block.block().index, transactions = block.block().transactions.len(), "mined a block");
    Ok(json(StatusCode::OK, answers::mined(&block)))
}

async fn get_chain(State(state): State<ApiState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let tip = state.node.view().tip.hash;
    let tag = tag_of(tip);
    if entity_tag::is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    if let Some(body) = state.body_cache.whole(tip) {
        return Ok(chain_answer(tip, body.into()));
    }
    let chain = Chain::read(&state, ChainFrame::chain()).await?;
    if let Some(body) = chain.whole() {
        state.body_cache.keep_whole(chain.tip, body);
    }
    Ok(chain_answer(chain.tip, chain.into_body()))
}

fn chain_answer(tip: BlockHash, body: Body) -> Response {
    ([(header::ETAG, tag_of(tip))], json(StatusCode::OK, body)).into_response()
}

/// The entity tag of a chain: the hash of its last block (RFC 9110 section 8.8.3). It is weak, because the body may be compressed.
fn tag_of(tip: BlockHash) -> String {
    format!("W/\"{tip}\"")
}

async fn is_valid(
    State(state): State<ApiState>,
    Extension(client): Extension<ClientAddress>,
) -> Result<Response, ApiError> {
    // Waiting for its share first, an address has no more than that in the queue for a thread. The check continues when the client
    // disconnects, and keeps its place until it ends.
    let place = Arc::new(state.checkers.wait(Holder::of(client.0)).await);
    let check = move |reader: &Reader| {
        let _place = place.clone();
        reader.snapshot()?.check_chain(&Chapter, &|_, _| ())
    };
    let message = match state.node.read_on(&state.checks, check).await {
        Ok(_) => messages::CHAIN_VALID,
        Err(StoreError::Damaged(reason)) => {
            tracing::error!(reason, "the chain is not valid");
            messages::CHAIN_INVALID
        }
        Err(error) => return Err(error.into()),
    };
    Ok(json(StatusCode::OK, answers::message(message)))
}

async fn add_transaction(State(state): State<ApiState>, RequestBody(body): RequestBody) -> Result<Response, ApiError> {
    let index = state.node.add_transaction(transaction_from_json(&body)?).await?;
    tracing::debug!(index, "a payment waits");
    Ok(json(StatusCode::CREATED, answers::message(&messages::will_be_added(index))))
}

async fn connect_node(State(state): State<ApiState>, RequestBody(body): RequestBody) -> Result<Response, ApiError> {
    let peers = state.node.add_peers(nodes_from_json(&body)?).await?;
    tracing::info!(total = peers.len(), "connected nodes");
    Ok(json(StatusCode::CREATED, answers::connected(&peers)))
}

async fn replace_chain(State(state): State<ApiState>) -> Result<Response, ApiError> {
    let message = match state.sync.replace_chain().await?.replacement {
        Some(_) => messages::REPLACED,
        None => messages::KEPT,
    };
    let chain = Chain::read(&state, ChainFrame::new_chain(message)).await?;
    Ok(json(StatusCode::OK, chain.into_body()))
}
