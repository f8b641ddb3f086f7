//! `POST /api/v1/replacements`: asking for a chain with more work.

use axum::{extract::State, response::Response};
use bcoin_ledger::sound::Sound;

use super::super::{answers::ok, error::ApiError, state::SoundState};
use crate::{
    peers::{Offer, Outcome, RoundOf},
    wire::{
        sound::RoundJson,
        v1::{OfferJson, Problem},
    },
};

/// Asks all peers for a chain with more work, and takes the best valid one.
#[utoipa::path(
    post, path = "/replacements", tag = "peers", operation_id = "replace",
    responses(
        (status = 200, description = "What each peer offered, and what was taken", body = RoundJson),
        (status = 503, description = "The node is stopping", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn replace(State(state): State<SoundState>) -> Result<Response, ApiError> {
    Ok(ok(&RoundJson::from(&*state.sync.replace_chain().await?)))
}

impl From<&RoundOf<Sound>> for RoundJson {
    fn from(round: &RoundOf<Sound>) -> Self {
        Self {
            replaced: round.replacement.is_some(),
            length: round.tip.height,
            tip: round.tip.into(),
            replacement: round.replacement.as_deref().map(Into::into),
            offers: round.offers.iter().map(offer).collect(),
        }
    }
}

/// An offer whose reason speaks of work: the common one speaks of lengths, as the printed rules do.
fn offer(offer: &Offer) -> OfferJson {
    let common = OfferJson::from(offer);
    let reason = match &offer.outcome {
        Outcome::Adopted => "Its chain is valid, has the most work, and more than the one that was here.",
        Outcome::NotLonger { .. } => "Its chain has no more work than the one here.",
        Outcome::Tie => "Another node, which was connected earlier, has a chain with the same work.",
        Outcome::Outdone => "Another node has a chain with more work still.",
        Outcome::Itself | Outcome::Failed(_) | Outcome::Unfinished | Outcome::Outdated => return common,
    };
    OfferJson { reason: reason.to_owned(), ..common }
}
