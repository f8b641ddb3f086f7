//! `/api/v1/pending` and `/api/v1/transactions`: transfers that wait, and what has become of those that were sent.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bcoin_ledger::{
    CheckedBlock as _, Transaction as _,
    sound::{CheckedTransfer, TransferError, Txid, double_sha256, mempool::AdmitError},
};
use bcoin_node::{
    AddTransactionError,
    store::{Reader, Snapshot, StoreError},
};

use super::{
    super::{
        answers::{json, json_text, ok},
        error::ApiError,
        request_body::RequestBody,
        state::SoundState,
        v1::params::{Name, Page, PageParams, Params},
    },
    stored::{Booked, Stored, missing},
};
use crate::wire::{
    sound::{Accepted, Pending, ProofJson, TransactionState, TransactionStatus, TransferRequest, transfer_with_keys},
    v1::{PREFIX, Problem},
};

/// A page of the transfers that wait, in the order they arrived.
#[utoipa::path(
    get, path = "/pending", tag = "pending", operation_id = "pending", params(PageParams),
    responses(
        (status = 200, body = Pending),
        (status = 400, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn pending(
    State(state): State<SoundState>,
    Params(params): Params<PageParams>,
) -> Result<Response, ApiError> {
    let Page { from, limit } = params.page()?;
    let read = move |reader: &Reader| reader.snapshot()?.mempool::<CheckedTransfer>(from, limit);
    let (transfers, total) = state.node.read(read).await?;
    let after = from.saturating_add(transfers.len() as u64);
    let next = (!transfers.is_empty() && after <= total as u64)
        .then(|| format!("{PREFIX}/pending?from={after}&limit={limit}"));
    Ok(ok(&Pending { transactions: transfers.iter().map(Into::into).collect(), total, next }))
}

/// Sends a signed transfer, which waits for a block.
#[utoipa::path(
    post, path = "/transactions", tag = "pending", operation_id = "send", request_body = TransferRequest,
    responses(
        (status = 201, description = "It waits; the header Location names it", body = Accepted),
        (status = 400, description = "The body is no transfer", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It breaks a rule, or may not wait, for the reason that the member `why` names", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The node is stopping", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn send(
    State(state): State<SoundState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let accepted = add(&state, &body).await?;
    let location = [(header::LOCATION, format!("{PREFIX}/transactions/{}", accepted.id))];
    Ok((location, json(StatusCode::CREATED, json_text(&accepted))).into_response())
}

/// Lets the transfer in a body wait.
pub(super) async fn add(state: &SoundState, body: &[u8]) -> Result<Accepted, ApiError> {
    let (transfer, keys) = transfer_with_keys(body)?;
    let checked = CheckedTransfer::check_knowing(transfer, &keys, state.ledger.network().sighash_engine())?;
    let id = checked.id().to_string();
    let block = state.node.add_transaction(checked).await?;
    tracing::debug!(id, block, "a transfer waits");
    Ok(Accepted { id, block })
}

impl From<TransferError> for ApiError {
    fn from(error: TransferError) -> Self {
        Self::Broken { what: "transfer", why: error.why(), reason: error.to_string() }
    }
}

impl From<AddTransactionError<AdmitError>> for ApiError {
    fn from(error: AddTransactionError<AdmitError>) -> Self {
        match error {
            AddTransactionError::Refused(error) => {
                Self::Broken { what: "transfer", why: error.why(), reason: error.to_string() }
            }
            AddTransactionError::Save(error) => Self::NotSaved(error),
            AddTransactionError::Stopping(stopping) => Self::Stopping(stopping),
        }
    }
}

/// What has become of a transaction.
#[utoipa::path(
    get, path = "/transactions/{id}", tag = "pending", operation_id = "transaction",
    params(("id" = String, Path, description = "Its id: 64 hexadecimal digits")),
    responses(
        (status = 200, body = TransactionStatus),
        (status = 400, description = "That is no id", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "It is not known", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn transaction(State(state): State<SoundState>, Name(id): Name) -> Result<Response, ApiError> {
    let (id, stored) = (txid(&id)?, Stored::of(&state));
    let status = state.node.read(move |reader| status_of(&stored, &reader.snapshot()?, id)).await?;
    status.map(|status| ok(&status)).ok_or_else(|| ApiError::UnknownTransaction(id.to_string()))
}

/// That a transaction stands in a block of the chain: whoever has the headers can check it without the block.
#[utoipa::path(
    get, path = "/transactions/{id}/proof", tag = "pending", operation_id = "proof",
    params(("id" = String, Path, description = "Its id: 64 hexadecimal digits")),
    responses(
        (status = 200, body = ProofJson),
        (status = 400, description = "That is no id", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No block of the chain holds it", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn proof(State(state): State<SoundState>, Name(id): Name) -> Result<Response, ApiError> {
    let (id, stored) = (txid(&id)?, Stored::of(&state));
    let prove = move |reader: &Reader| {
        let booked = stored.transaction(&reader.snapshot()?, id)?;
        let proof = booked.map(|Booked { block, place }| {
            ProofJson::new(&block, place).ok_or_else(|| missing(block.tip().height, place + 1))
        });
        proof.transpose()
    };
    let proof = state.node.read(prove).await?;
    proof.map(|proof| ok(&proof)).ok_or_else(|| ApiError::NotConfirmed(id.to_string()))
}

fn txid(id: &str) -> Result<Txid, ApiError> {
    id.parse().map_err(|_| ApiError::Path("the id of a transaction has 64 hexadecimal digits".into()))
}

/// A transaction that has come again may be among those that have left too, so that these are looked at last.
fn status_of(stored: &Stored, snapshot: &Snapshot, id: Txid) -> Result<Option<TransactionStatus>, StoreError> {
    if let Some(booked) = stored.transaction(snapshot, id)? {
        return Ok(Some(TransactionStatus {
            index: Some(booked.height()),
            position: Some(booked.place + 1),
            confirmations: (snapshot.length()? + 1).saturating_sub(booked.height()),
            transaction: booked.transaction(),
            ..without_place(id, TransactionState::Confirmed)
        }));
    }
    let hashed = id.to_hashed();
    if let Some(encoding) = snapshot.waiting(&hashed, |encoding| double_sha256(encoding) == hashed)? {
        let transfer = CheckedTransfer::decode(&encoding);
        let transfer = transfer.map_err(|error| StoreError::Damaged(format!("a transfer that waits: {error}")))?;
        let waiting = without_place(id, TransactionState::Waiting);
        return Ok(Some(TransactionStatus { transaction: Some((&transfer).into()), ..waiting }));
    }
    let departed = snapshot.departure(&hashed)?;
    Ok(departed.map(|departed| TransactionStatus {
        why: Some(departed.why.into()),
        ..without_place(id, TransactionState::Gone)
    }))
}

fn without_place(id: Txid, state: TransactionState) -> TransactionStatus {
    TransactionStatus {
        id: id.to_string(),
        state,
        index: None,
        position: None,
        confirmations: 0,
        why: None,
        transaction: None,
    }
}
