//! `/api/v1/replacements`: asking for a longer chain, and the stale branches that replacements left.

use axum::{extract::State, response::Response};

use super::super::{
    answers::ok,
    error::ApiError,
    state::{ApiState, ChapterState},
};
use crate::wire::v1::{GivenUpChain, GivenUpChains, Problem, RoundJson};

/// Asks all peers for a longer chain, and takes the longest valid one.
#[utoipa::path(
    post, path = "/replacements", tag = "peers", operation_id = "replace",
    responses(
        (status = 200, description = "What each peer offered, and what was taken", body = RoundJson),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn replace(State(state): State<ChapterState>) -> Result<Response, ApiError> {
    Ok(ok(&RoundJson::from(&*state.sync.replace_chain().await?)))
}

/// The chains that were given up and are still kept.
#[utoipa::path(
    get, path = "/replacements", tag = "peers", operation_id = "replacements",
    responses((status = 200, body = GivenUpChains))
)]
pub(in crate::api) async fn replacements(State(state): State<ApiState>) -> Result<Response, ApiError> {
    let chains = state.node.read(|reader| reader.snapshot()?.stale_branches()).await?;
    let replacements = chains
        .into_iter()
        .map(|chain| GivenUpChain {
            number: chain.number,
            given_up_at: chain.replaced_at,
            length: chain.length,
            fork: chain.fork,
        })
        .collect();
    Ok(ok(&GivenUpChains { replacements }))
}
