//! `/api/v1/pending`: the mempool.

use axum::{extract::State, http::StatusCode, response::Response};
use bcoin_ledger::chapter::Transaction;

use super::{
    super::{
        answers::{json, json_text, ok},
        error::ApiError,
        request_body::RequestBody,
        state::ChapterState,
    },
    params::{Page, PageParams, Params},
};
use crate::wire::{
    transaction_from_json,
    v1::{PREFIX, Payment, Pending, Problem, Waiting},
};

/// A page of the payments that wait, in the order they arrived.
#[utoipa::path(
    get, path = "/pending", tag = "pending", operation_id = "pending", params(PageParams),
    responses(
        (status = 200, body = Pending),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn pending(
    State(state): State<ChapterState>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let Page { from, limit } = params.page()?;
    let (transactions, total) =
        state.node.read(move |reader| reader.snapshot()?.mempool::<Transaction>(from, limit)).await?;
    let after = from.saturating_add(transactions.len() as u64);
    let next = (!transactions.is_empty() && after <= total as u64)
        .then(|| format!("{PREFIX}/pending?from={after}&limit={limit}"));
    Ok(ok(&Pending { transactions: transactions.iter().map(Into::into).collect(), total, next }))
}

/// Sends a payment, which waits for the next block.
#[utoipa::path(
    post, path = "/pending", tag = "pending", operation_id = "pay", request_body = Payment,
    responses(
        (status = 201, body = Waiting),
        (status = 400, description = "The payment is not taken", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many payments wait: mine a block", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn pay(
    State(state): State<ChapterState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let sent = transaction_from_json(&body)?;
    let transaction = (&sent).into();
    let block = state.node.add_transaction(sent).await?;
    Ok(json(StatusCode::CREATED, json_text(&Waiting { transaction, block })))
}
