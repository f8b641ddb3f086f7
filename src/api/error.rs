//! The errors of requests, with their statuses and sentences. All statuses of errors are in this file.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bcoin_ledger::chapter::MempoolFull;
use bcoin_node::{
    AddPeersError, AddTransactionError, AdoptError, MINING_INTERVALS, MineError, RemovePeerError, SaveError, Stopping,
    TooManyListeners, store::StoreError,
};
use thiserror::Error;

use super::shares::TooManyPlaces;
use crate::{
    format::capitalised,
    peers::TooManyJudgements,
    wire::{RequestError, messages, sound::SoundRequestError, v1::Access},
};

/// Why a request failed. Each text is a sentence for the person who sent it.
#[derive(Debug, Error)]
pub(super) enum ApiError {
    #[error("{0}")]
    Request(#[from] RequestError),
    /// A body of the sound rules that cannot be used.
    #[error("{0}")]
    SoundRequest(#[from] SoundRequestError),
    /// A block or a transfer breaks the rule of this name.
    #[error("This {what} is not taken: {reason}.")]
    Broken { what: &'static str, why: &'static str, reason: String },
    /// A transfer is refused by a route of the chapter, which knows one status for that.
    #[error("{0}")]
    NotTaken(String),
    #[error("The body is longer than {limit} bytes, which is more than any request here needs.")]
    BodyTooLarge { limit: usize },
    #[error("The body did not arrive within {seconds} seconds.")]
    BodyTooSlow { seconds: u64 },
    #[error("The body did not arrive whole.")]
    BodyBroken,
    #[error("{path} is asked with {allowed}, not with {method}.")]
    WrongVerb { allowed: &'static str, method: Method, path: String },
    #[error(
        "There is nothing at {path}.{} The routes are /mine_block, /get_chain, /is_valid, /add_transaction, /connect_node and /replace_chain.",
        did_you_mean(.meant)
    )]
    UnknownPath { path: String, meant: Option<String> },
    #[error(
        "This node does not answer to the name {0}. Use its IP address or localhost, or start it with --allow-host."
    )]
    ForeignHost(String),
    #[error("A request has to carry exactly one Host header that can be read.")]
    BadHost,
    #[error("This request comes from the web page of another site, and is not carried out.")]
    ForeignSite,
    #[error("{}", not_for_guests(*.needed))]
    NotForGuests { needed: Access },
    #[error(
        "A browser asks for {path} and does not say which page makes it; that may be one of another site. Use the page of this node."
    )]
    FromNowhere { path: String },
    #[error("{}.", capitalised(.0))]
    MempoolFull(MempoolFull),
    #[error("{}.", capitalised(.0))]
    TooManyPeers(AddPeersError),
    /// The node refused a block that it mined or adopted itself.
    #[error("{}.", capitalised(.0))]
    BlockRefused(String),
    #[error("{}.", capitalised(.0))]
    NotSaved(#[from] SaveError),
    #[error("{}.", capitalised(.0))]
    Stopping(#[from] Stopping),
    #[error("The chain cannot be read: {0}.")]
    Store(#[from] Arc<StoreError>),
    #[error("The query cannot be used: {0}.")]
    Query(String),
    #[error("The address of this request cannot be used: {0}.")]
    Path(String),
    #[error(
        "{path} is not asked with {method}. The header Allow names the verbs it takes, and /docs tells what they do."
    )]
    WrongVerbOfV1 { method: Method, path: String },
    #[error("There is nothing at {path}.{} /docs shows everything that is under /api/v1.", did_you_mean(.meant))]
    UnknownPathOfV1 { path: String, meant: Option<String> },
    #[error("The chain has no block {id}. A block is named by its index, from 1 to {length}, or by its whole hash.")]
    UnknownBlock { id: String, length: u64 },
    #[error("No payment in the chain names {0}. Payments that wait are counted when a block holds them.")]
    UnknownAccount(String),
    #[error(
        "This node knows no transaction {0}: no block of the chain holds it, it does not wait, and it is not among those that \
         have left last."
    )]
    UnknownTransaction(String),
    #[error("No block of the chain holds the transaction {0}, so there is no proof of it yet.")]
    NotConfirmed(String),
    #[error("This node does not know {0:?}. The list of peers shows the addresses as it knows them.")]
    UnknownPeer(String),
    #[error("This node has no address {place} for other machines; its status lists them, counted from 0.")]
    UnknownAddress { place: usize },
    #[error("A block every {every_ms} ms cannot be; it has to be from {} to {} ms.", MINING_INTERVALS.start().as_millis(), MINING_INTERVALS.end().as_millis())]
    MiningInterval { every_ms: u64 },
    #[error(
        "Under the printed rules blocks are mined at most every {} ms: they cost no work to speak of.",
        MINING_INTERVALS.start().as_millis()
    )]
    MiningContinuously,
    #[error("{}.", capitalised(.0))]
    ClockBehind(String),
    #[error("{}; start it with --miner ADDRESS.", capitalised(.0))]
    NoReceiver(String),
    #[error("{}.", capitalised(.0))]
    TooManyJudgements(#[from] TooManyJudgements),
    #[error("{}.", capitalised(.0))]
    TooManyListeners(#[from] TooManyListeners),
    #[error(
        "{} hears this node's events {} times already, and no address may more often; close one, or ask again later.",
        capitalised(&.0.holders), .0.places
    )]
    TooManyListenersOfOne(TooManyPlaces),
    #[error(
        "{} has sent {} blocks that are still judged, and those are the most at a time; wait for an answer, or ask again later.",
        capitalised(&.0.holders), .0.places
    )]
    TooManyBlocks(TooManyPlaces),
    #[error(
        "{} waits for {} blocks that this node mines, and those are the most at a time; wait for one, or ask again later.",
        capitalised(&.0.holders), .0.places
    )]
    TooManyMined(TooManyPlaces),
    #[error("The node is not ready, because its chain cannot be read: {0}.")]
    NotReady(StoreError),
    #[error("The node is not ready, because nothing can be saved: {0}.")]
    NotSaving(Arc<str>),
    #[error("Something went wrong inside the node. Its log says more.")]
    Panic,
}

/// Names the flag that would allow it.
fn not_for_guests(needed: Access) -> &'static str {
    match needed {
        Access::Read | Access::Use => {
            "This node lets other machines read and no more. Whoever runs it lets them mine, pay and connect as well with --guests use."
        }
        Access::All => {
            "Only the machine on which this node runs may do this. Whoever runs it lets other machines do everything with --guests all."
        }
    }
}

/// A question within a text: the path that may have been meant.
fn did_you_mean(meant: &Option<String>) -> String {
    meant.as_ref().map(|path| format!(" Did you mean {path}?")).unwrap_or_default()
}

impl ApiError {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotSaved(SaveError(error)) if error.is_full_disk() => StatusCode::INSUFFICIENT_STORAGE,
            Self::SoundRequest(error) if error.why().is_some() => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Broken { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Request(_)
            | Self::SoundRequest(_)
            | Self::NotTaken(_)
            | Self::BodyBroken
            | Self::BadHost
            | Self::Query(_)
            | Self::Path(_)
            | Self::MiningInterval { .. }
            | Self::MiningContinuously
            | Self::TooManyPeers(_) => StatusCode::BAD_REQUEST,
            Self::ForeignHost(_) | Self::ForeignSite | Self::FromNowhere { .. } | Self::NotForGuests { .. } => {
                StatusCode::FORBIDDEN
            }
            Self::UnknownPath { .. }
            | Self::UnknownPathOfV1 { .. }
            | Self::UnknownBlock { .. }
            | Self::UnknownAccount(_)
            | Self::UnknownTransaction(_)
            | Self::NotConfirmed(_)
            | Self::UnknownPeer(_)
            | Self::UnknownAddress { .. } => StatusCode::NOT_FOUND,
            Self::WrongVerb { .. } | Self::WrongVerbOfV1 { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoReceiver(_) => StatusCode::CONFLICT,
            Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotSaved(_) | Self::BlockRefused(_) | Self::Store(_) | Self::Panic => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::MempoolFull(_)
            | Self::ClockBehind(_)
            | Self::Stopping(_)
            | Self::TooManyJudgements(_)
            | Self::TooManyListeners(_)
            | Self::TooManyListenersOfOne(_)
            | Self::TooManyBlocks(_)
            | Self::TooManyMined(_)
            | Self::NotReady(_)
            | Self::NotSaving(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The text of the answer. The listing's texts are exact; every other text ends with a line break.
    fn text(&self) -> String {
        match self {
            Self::Request(RequestError::ComponentsMissing) => messages::COMPONENTS_MISSING.into(),
            Self::Request(RequestError::NoNode) => messages::NO_NODE.into(),
            other => format!("{other}\n"),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.text()).into_response();
        let headers = response.headers_mut();
        match &self {
            Self::WrongVerb { allowed, .. } => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
            }
            // The rest of the body is still arriving, so the connection cannot be reused.
            Self::BodyTooSlow { .. } | Self::BodyTooLarge { .. } | Self::BodyBroken => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::MempoolFull(_)
            | Self::TooManyJudgements(_)
            | Self::TooManyListeners(_)
            | Self::TooManyListenersOfOne(_)
            | Self::TooManyBlocks(_)
            | Self::TooManyMined(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        // `problem::of_error` reads the error here and replaces the body.
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<AddTransactionError<MempoolFull>> for ApiError {
    fn from(error: AddTransactionError<MempoolFull>) -> Self {
        match error {
            AddTransactionError::Refused(full) => Self::MempoolFull(full),
            AddTransactionError::Save(error) => Self::NotSaved(error),
            AddTransactionError::Stopping(stopping) => Self::Stopping(stopping),
        }
    }
}

impl From<AddPeersError> for ApiError {
    fn from(error: AddPeersError) -> Self {
        match error {
            AddPeersError::TooMany => Self::TooManyPeers(error),
            AddPeersError::Save(error) => Self::NotSaved(error),
            AddPeersError::Stopping(stopping) => Self::Stopping(stopping),
        }
    }
}

impl From<RemovePeerError> for ApiError {
    fn from(error: RemovePeerError) -> Self {
        match error {
            RemovePeerError::Save(error) => Self::NotSaved(error),
            RemovePeerError::Stopping(stopping) => Self::Stopping(stopping),
        }
    }
}

impl<E: std::error::Error> From<MineError<E>> for ApiError {
    fn from(error: MineError<E>) -> Self {
        match error {
            MineError::NoReceiver => Self::NoReceiver(error.to_string()),
            MineError::ClockBehind { .. } => Self::ClockBehind(error.to_string()),
            MineError::Refused(_) => Self::BlockRefused(error.to_string()),
            MineError::Save(error) => Self::NotSaved(error),
            MineError::Stopping(stopping) => Self::Stopping(stopping),
        }
    }
}

impl<E: std::error::Error> From<AdoptError<E>> for ApiError {
    fn from(error: AdoptError<E>) -> Self {
        match error {
            AdoptError::Refused { .. } => Self::BlockRefused(error.to_string()),
            AdoptError::Save(error) => Self::NotSaved(error),
            AdoptError::Stopping(stopping) => Self::Stopping(stopping),
        }
    }
}
