//! `/is_valid`: the node holds its own chain against the rules.

use std::sync::Arc;

use axum::{http::StatusCode, response::Response};
use bcoin_node::store::{Reader, Snapshot, StoreError};

use super::{
    answers::json,
    error::ApiError,
    shares::{ClientAddress, Holder},
    state::{Cached, RulesState},
};
use crate::wire::{answers, messages};

/// Answers whether the chain passes this check, which runs on the threads for checks.
pub(super) async fn answer<R: Cached>(
    state: &RulesState<R>,
    client: ClientAddress,
    check: fn(&Snapshot, &R) -> Result<(), StoreError>,
) -> Result<Response, ApiError> {
    // Waiting for its share first, an address has no more than that in the queue for a thread. The check continues when the client
    // disconnects, and keeps its place until it ends.
    let place = Arc::new(state.checkers.wait(Holder::of(client.0)).await);
    let rules = state.ledger.clone();
    let check = move |reader: &Reader| {
        let _place = place.clone();
        check(&reader.snapshot()?, &rules)
    };
    let message = match state.node.read_on(&state.checks, check).await {
        Ok(()) => messages::CHAIN_VALID,
        Err(StoreError::Damaged(reason)) => {
            tracing::error!(reason, "the chain is not valid");
            messages::CHAIN_INVALID
        }
        Err(error) => return Err(error.into()),
    };
    Ok(json(StatusCode::OK, answers::message(message)))
}
