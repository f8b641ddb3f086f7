//! What can go wrong with a request, and which status and sentence it gets. All statuses of errors are in this file.

use std::{fmt::Display, sync::Arc};

use axum::{
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use thiserror::Error;

use crate::{
    node::{MINING_INTERVALS, NodeError, TooManyListeners},
    store::StoreError,
    wire::{RequestError, messages},
};

/// Why a request is not answered as it wished. Each text is a sentence for the person who sent it.
#[derive(Debug, Error)]
pub(super) enum ApiError {
    #[error("{0}")]
    Request(#[from] RequestError),
    #[error("The body is longer than {limit} bytes, which is more than any request here needs.")]
    BodyTooLarge { limit: usize },
    #[error("The body did not arrive within {seconds} seconds.")]
    BodyTooSlow { seconds: u64 },
    #[error("The body did not arrive whole.")]
    BodyBroken,
    #[error("{path} is asked with {allowed}, not with {method}.")]
    WrongVerb { allowed: &'static str, method: Method, path: String },
    #[error(
        "There is nothing at {path}. The routes are /mine_block, /get_chain, /is_valid, /add_transaction, /connect_node and /replace_chain."
    )]
    UnknownPath { path: String },
    #[error(
        "This node does not answer to the name {0}. Use its IP address or localhost, or start it with --allow-host."
    )]
    ForeignHost(String),
    #[error("A request has to carry exactly one Host header that can be read.")]
    BadHost,
    #[error("This request comes from the web page of another site, and is not carried out.")]
    ForeignSite,
    #[error("{}.", capitalised(.0))]
    Node(#[from] NodeError),
    #[error("The chain cannot be read: {0}.")]
    Store(#[from] StoreError),
    #[error("The query cannot be used: {0}.")]
    Query(String),
    #[error("The address of this request cannot be used: {0}.")]
    Path(String),
    #[error(
        "{path} is not asked with {method}. The header Allow names the verbs it takes, and /docs tells what they do."
    )]
    WrongVerbOfV1 { method: Method, path: String },
    #[error("There is nothing at {path}. /docs shows everything that is under /api/v1.")]
    UnknownPathOfV1 { path: String },
    #[error("The chain has no block {id}. A block is named by its index, from 1 to {length}, or by its whole hash.")]
    UnknownBlock { id: String, length: u64 },
    #[error("No payment in the chain names {0}. Payments that wait are counted when a block holds them.")]
    UnknownAccount(String),
    #[error("This node does not know {0:?}. The list of peers shows the addresses as it knows them.")]
    UnknownPeer(String),
    #[error("A block every {every_ms} ms cannot be; it has to be from {} to {} ms.", MINING_INTERVALS.start(), MINING_INTERVALS.end())]
    MiningInterval { every_ms: u64 },
    #[error("{}.", capitalised(.0))]
    TooManyListeners(#[from] TooManyListeners),
    #[error("The node is not ready, because its chain cannot be read: {0}.")]
    NotReady(StoreError),
    #[error("Something went wrong inside the node. Its log says more.")]
    Panic,
}

impl ApiError {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Node(NodeError::Store(error)) if error.is_full_disk() => StatusCode::INSUFFICIENT_STORAGE,
            Self::Request(_)
            | Self::BodyBroken
            | Self::BadHost
            | Self::Query(_)
            | Self::Path(_)
            | Self::MiningInterval { .. }
            | Self::Node(NodeError::TooManyPeers) => StatusCode::BAD_REQUEST,
            Self::ForeignHost(_) | Self::ForeignSite => StatusCode::FORBIDDEN,
            Self::UnknownPath { .. }
            | Self::UnknownPathOfV1 { .. }
            | Self::UnknownBlock { .. }
            | Self::UnknownAccount(_)
            | Self::UnknownPeer(_) => StatusCode::NOT_FOUND,
            Self::WrongVerb { .. } | Self::WrongVerbOfV1 { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Node(NodeError::Store(_)) | Self::Store(_) | Self::Panic => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Node(NodeError::PendingFull(_) | NodeError::Stopping)
            | Self::TooManyListeners(_)
            | Self::NotReady(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The text of the answer: the listing's own texts letter by letter, everything else as a line of its own.
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
            // The rest of the body is still on its way; the connection is of no use any more.
            Self::BodyTooSlow { .. } | Self::BodyTooLarge { .. } | Self::BodyBroken => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::Node(NodeError::PendingFull(_)) | Self::TooManyListeners(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        // Who shows errors in another form finds them here.
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

fn capitalised(error: &impl Display) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => text,
    }
}
