//! `/api/v1/judgements` and `/api/v1/peers/judgements`: what nodes say of blocks that are shown to them.

use std::{iter, sync::Arc};

use axum::{Extension, extract::State, response::Response};
use bytes::Bytes;
use serde_json::value::RawValue;

use super::super::{
    answers::ok,
    error::ApiError,
    judge::judge,
    request_body::RequestBody,
    shares::{ClientAddress, Holder},
    state::ChapterState,
};
use crate::{
    peers::TooManyJudgements,
    wire::{
        blocks_from_json,
        v1::{JudgementJson, JudgementsJson, PeerJudgementJson, Problem, ShownBlocks},
    },
};

/// How long the blocks may be that are judged, in bytes: they are sent on to every peer.
const MAX_BYTES: usize = 256 << 10;

/// What this node says of blocks: whether they are valid, and whether the chain would be longer. Nothing changes.
#[utoipa::path(
    post, path = "/judgements", tag = "chain", operation_id = "judge", request_body = ShownBlocks,
    responses(
        (status = 200, body = JudgementJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More than 256 KiB", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn judge_here(
    State(state): State<ChapterState>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    Ok(ok(&own_judgement(&state, read(&body)?).await?))
}

/// What this node and each of its peers say of blocks. Nothing changes on any of them.
#[utoipa::path(
    post, path = "/peers/judgements", tag = "peers", operation_id = "judge_everywhere", request_body = ShownBlocks,
    responses(
        (status = 200, body = JudgementsJson),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "More than 256 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Peers are asked for others", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn judge_everywhere(
    State(state): State<ChapterState>,
    Extension(client): Extension<ClientAddress>,
    RequestBody(body): RequestBody,
) -> Result<Response, ApiError> {
    let _place = state.judged.take(Holder::of(client.0)).map_err(|_| TooManyJudgements)?;
    let blocks = read(&body)?;
    let shown = serde_json::to_vec(&ShownBlocks { blocks: blocks.clone() }).unwrap_or_default();
    let own = PeerJudgementJson {
        address: None,
        name: Some(state.about.name.to_string()),
        judgement: Some(own_judgement(&state, blocks).await?),
        error_code: None,
    };
    let others = state.network.judge(Bytes::from(shown)).await?;
    Ok(ok(&JudgementsJson { judgements: iter::once(own).chain(others).collect() }))
}

fn read(body: &[u8]) -> Result<Vec<Box<RawValue>>, ApiError> {
    if body.len() > MAX_BYTES {
        return Err(ApiError::BodyTooLarge { limit: MAX_BYTES });
    }
    Ok(blocks_from_json(body)?)
}

async fn own_judgement(state: &ChapterState, blocks: Vec<Box<RawValue>>) -> Result<JudgementJson, ApiError> {
    let blocks: Arc<[Box<RawValue>]> = blocks.into();
    Ok(state.node.read(move |reader| judge(reader, &blocks)).await?)
}
