//! `POST /api/v1/blocks/raw` and `POST /api/v1/mining/submit`: blocks from elsewhere, one at a time.

use axum::{Extension, extract::State, http::StatusCode, response::Response};
use bcoin_ledger::sound::BlockError;
use bcoin_node::{Source, SubmitError, SubmitOutcome};
use bytes::Bytes;

use super::super::{
    answers::{json, json_text},
    error::ApiError,
    request_body::RequestBody,
    shares::{ClientAddress, Holder},
    state::SoundState,
};
use crate::wire::{
    sound::{RawJson, SubmittedJson, raw_from_json},
    v1::Problem,
};

/// Offers a block, as its encoding.
#[utoipa::path(
    post, path = "/blocks/raw", tag = "chain", operation_id = "submit_block", request_body = RawJson,
    responses(
        (status = 200, description = "It was known, or is on a branch beside the chain", body = SubmittedJson),
        (status = 201, description = "It is part of the chain now", body = SubmittedJson),
        (status = 202, description = "It is kept aside: its parent is not here, or its time is ahead of the clock", body = SubmittedJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More than 2 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It breaks a rule, which the member `why` names", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`too-many-blocks`: too many blocks of this address, or of all, are judged, and Retry-After says when to ask again; `stopping`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn submit_block(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    submit(&state, client, body).await
}

/// Submits a block that was made of a template. The same as `POST /blocks/raw`.
#[utoipa::path(
    post, path = "/mining/submit", tag = "chain", operation_id = "submit_solution", request_body = RawJson,
    responses(
        (status = 200, description = "It was known, or is on a branch beside the chain", body = SubmittedJson),
        (status = 201, description = "It is part of the chain now", body = SubmittedJson),
        (status = 202, description = "It is kept aside: its parent is not here, or its time is ahead of the clock", body = SubmittedJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More than 2 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It breaks a rule, which the member `why` names", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`too-many-blocks`: too many blocks of this address, or of all, are judged, and Retry-After says when to ask again; `stopping`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn submit_solution(
    State(state): State<SoundState>,
    Extension(client): Extension<ClientAddress>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    submit(&state, client, body).await
}

async fn submit(state: &SoundState, client: ClientAddress, body: Bytes) -> Result<Response, ApiError> {
    let holder = Holder::of(client.0);
    let _place = state.blocks.take(holder).map_err(ApiError::TooManyBlocks)?;
    let raw = raw_from_json(&body)?;
    // What is kept while the block waits for its turn is its encoding alone.
    drop(body);
    let submitted = state.node.submit(raw, Source::new(holder.to_string())).await?;
    let (hash, outcome, from) = (submitted.hash, submitted.outcome, client.0);
    match outcome {
        SubmitOutcome::Connected | SubmitOutcome::Reorganised | SubmitOutcome::Branch => {
            tracing::info!(%hash, ?outcome, %from, "a block was sent");
        }
        // Anyone can send any number of these.
        _ => tracing::debug!(%hash, ?outcome, %from, "a block was sent"),
    }
    let status = match submitted.outcome {
        SubmitOutcome::Connected | SubmitOutcome::Reorganised => StatusCode::CREATED,
        SubmitOutcome::Branch | SubmitOutcome::TooLittleWork | SubmitOutcome::Known => StatusCode::OK,
        SubmitOutcome::Orphan | SubmitOutcome::Early | SubmitOutcome::NotKept => StatusCode::ACCEPTED,
    };
    Ok(json(status, json_text(&SubmittedJson::from(&submitted))))
}

impl From<SubmitError<BlockError>> for ApiError {
    fn from(error: SubmitError<BlockError>) -> Self {
        match error {
            // The rule that it breaks itself is that of its parent.
            SubmitError::FollowsInvalid { .. } => {
                Self::Broken { what: "block", why: "previous", reason: error.to_string() }
            }
            SubmitError::Refused(error) => Self::Broken { what: "block", why: error.why(), reason: error.to_string() },
            SubmitError::Save(error) => Self::NotSaved(error),
            SubmitError::Read(error) => Self::Store(error),
            SubmitError::Stopping(stopping) => Self::Stopping(stopping),
        }
    }
}
