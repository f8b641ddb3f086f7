//! Errors of `/api/v1` as problem details (RFC 9457): the same statuses and sentences, in JSON.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};

use bcoin_node::SaveError;

use super::{answers::json_text, error::ApiError};
use crate::wire::{
    RequestError,
    v1::{Problem, ProblemKind},
};

/// Replaces the body of an error by a problem; other answers stay as they are.
pub(super) fn of_error(mut response: Response) -> Response {
    let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() else { return response };
    let problem = Problem::new(kind(&error), error.status().as_u16(), detail(&error));
    let problem = match &*error {
        ApiError::Request(error) => with_fault(problem, error.fault()),
        ApiError::SoundRequest(error) => {
            let problem = with_fault(problem, error.fault());
            match error.why() {
                Some(why) => problem.with_why(why),
                None => problem,
            }
        }
        ApiError::Broken { why, .. } => problem.with_why(why),
        _ => problem,
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
    headers.remove(header::CONTENT_LENGTH);
    *response.body_mut() = Body::from(json_text(&problem));
    response
}

fn with_fault(problem: Problem, fault: Option<(String, &'static str)>) -> Problem {
    match fault {
        Some((value, code)) => problem.with_fault(value, code),
        None => problem,
    }
}

/// The sentence of a problem. Two texts of the chapter say too little and are replaced.
fn detail(error: &ApiError) -> String {
    match error {
        ApiError::Request(RequestError::ComponentsMissing) => {
            "A payment needs all of `sender`, `receiver` and `amount`.".into()
        }
        ApiError::Request(RequestError::NoNode) => {
            "The body needs `nodes`, a list of addresses such as [\"http://HOST:PORT\"].".into()
        }
        other => other.to_string(),
    }
}

fn kind(error: &ApiError) -> ProblemKind {
    let (name, title) = match error {
        ApiError::SoundRequest(error) if error.why().is_some() => ("broken-rule", "A rule is broken"),
        ApiError::Broken { .. } => ("broken-rule", "A rule is broken"),
        ApiError::Request(_) | ApiError::SoundRequest(_) | ApiError::NotTaken(_) => {
            ("bad-body", "The body cannot be used")
        }
        ApiError::BodyTooLarge { .. } => ("body-too-large", "The body is too large"),
        ApiError::BodyTooSlow { .. } => ("body-too-slow", "The body took too long"),
        ApiError::BodyBroken => ("body-broken", "The body did not arrive whole"),
        ApiError::WrongVerb { .. } | ApiError::WrongVerbOfV1 { .. } => ("wrong-verb", "Another verb is needed"),
        ApiError::UnknownPath { .. } | ApiError::UnknownPathOfV1 { .. } => ("unknown-path", "There is nothing here"),
        ApiError::ForeignHost(_) => ("foreign-host", "The node does not answer to this name"),
        ApiError::BadHost => ("bad-host", "The Host header cannot be used"),
        ApiError::FromNowhere { .. } | ApiError::ForeignSite => {
            ("foreign-site", "Web pages of other sites may not do this")
        }
        ApiError::NotForGuests { .. } => ("not-for-guests", "Other machines may not do this"),
        ApiError::Query(_) => ("bad-query", "The query cannot be used"),
        ApiError::Path(_) => ("bad-path", "The address cannot be used"),
        ApiError::UnknownBlock { .. } => ("unknown-block", "The chain has no such block"),
        ApiError::UnknownAccount(_) => ("unknown-account", "No payment names this account"),
        ApiError::UnknownTransaction(_) => ("unknown-transaction", "No such transaction is known"),
        ApiError::NotConfirmed(_) => ("not-confirmed", "No block holds the transaction"),
        ApiError::UnknownPeer(_) => ("unknown-peer", "No such node is known"),
        ApiError::UnknownAddress { .. } => ("unknown-address", "The node has no such address"),
        ApiError::MiningContinuously => ("bad-mode", "Blocks are not mined in this way under these rules"),
        ApiError::ClockBehind(_) => ("clock-behind", "The clock is behind the chain"),
        ApiError::NoReceiver(_) => ("no-receiver", "Nobody is paid for blocks of this node"),
        ApiError::MiningInterval { .. } => ("bad-interval", "Blocks cannot be mined so often or so seldom"),
        ApiError::TooManyJudgements(_) => ("too-many-judgements", "The nodes are looking at other blocks"),
        ApiError::TooManyBlocks(_) | ApiError::TooManyMined(_) => {
            ("too-many-blocks", "Too many blocks are asked of the node at a time")
        }
        ApiError::TooManyListeners(_) | ApiError::TooManyListenersOfOne(_) => {
            ("too-many-listeners", "Too many listen to the events")
        }
        ApiError::MempoolFull(_) => ("pending-full", "Too many payments wait"),
        ApiError::TooManyPeers(_) => ("too-many-peers", "Too many nodes are known"),
        ApiError::Stopping(_) => ("stopping", "The node is stopping"),
        ApiError::NotSaved(SaveError(error)) if error.is_full_disk() => ("disk-full", "The disk is full"),
        ApiError::NotSaved(_) => ("not-saved", "The node could not save this"),
        ApiError::NotReady(_) | ApiError::NotSaving(_) => ("not-ready", "The node is not ready"),
        ApiError::Store(_) => ("not-read", "The chain cannot be read"),
        ApiError::BlockRefused(_) | ApiError::Panic => ("internal", "Something went wrong inside the node"),
    };
    ProblemKind { name, title }
}
