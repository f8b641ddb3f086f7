//! Which verbs the six routes take, and what is said of others.

use std::future::{Ready, ready};

use axum::{
    http::{Method, Uri},
    routing::MethodRouter,
};

use super::error::ApiError;

/// A GET that changes nothing. HEAD is allowed too (RFC 9110 section 9.3.2).
pub(super) fn safe_get<S: Clone + Send + Sync + 'static>(route: MethodRouter<S>) -> MethodRouter<S> {
    route.fallback(wrong_verb("GET, HEAD"))
}

/// A GET that changes something, as in the listing. HEAD is refused: axum would run the handler for it.
pub(super) fn unsafe_get<S: Clone + Send + Sync + 'static>(route: MethodRouter<S>) -> MethodRouter<S> {
    route.head(wrong_verb("GET")).fallback(wrong_verb("GET"))
}

/// A POST.
pub(super) fn post<S: Clone + Send + Sync + 'static>(route: MethodRouter<S>) -> MethodRouter<S> {
    route.fallback(wrong_verb("POST"))
}

fn wrong_verb(allowed: &'static str) -> impl Fn(Method, Uri) -> Ready<ApiError> + Clone + Send + 'static {
    move |method, uri| ready(ApiError::WrongVerb { allowed, method, path: uri.path().to_owned() })
}
