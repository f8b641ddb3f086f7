//! The middleware around every route: the host check, the origin check and the check of guests, the headers for pages of other origins, the
//! answer to panics, the form of problems, and the counter of requests.
//!
//! It is a `tower` service and not axum's `from_fn`, which costs each transaction about as much as reading its JSON.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    extract::{MatchedPath, Request},
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use tower::{Layer, Service};

use super::{
    cors,
    error::ApiError,
    guests, host_check, origin_check, problem, refusal_page,
    state::{AccessRules, ApiState},
};
use crate::wire::v1;

/// Puts a [`Middleware`] around each route.
#[derive(Clone)]
pub(super) struct MiddlewareLayer(pub(super) ApiState);

impl<S> Layer<S> for MiddlewareLayer {
    type Service = Middleware<S>;

    fn layer(&self, inner: S) -> Middleware<S> {
        Middleware { state: self.0.clone(), inner }
    }
}

/// Calls the handler when the checks allow the request. Every answer is counted, errors and panics too.
#[derive(Clone)]
pub(super) struct Middleware<S> {
    state: ApiState,
    inner: S,
}

impl<S> Service<Request> for Middleware<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let state = self.state.clone();
        let route = request.extensions().get::<MatchedPath>().cloned();
        let method = request.method().clone();
        let is_v1 = is_v1(request.uri().path());
        let page = cors::origin_of(&request, &state.rules.origins);
        let answer = match check(&state.rules, &request, route.as_ref()) {
            Ok(Some(answer)) => Err(answer),
            Ok(None) => Ok(self.inner.call(request)),
            Err(error) => Err(refusal_page::answer(error, request.headers(), request.extensions())),
        };
        Box::pin(async move {
            let response = match answer {
                Ok(answer) => match AssertUnwindSafe(answer).catch_unwind().await {
                    Ok(Ok(response)) => response,
                    // The panic hook has logged the reason.
                    Err(_) => {
                        tracing::error!("a handler panicked");
                        ApiError::Panic.into_response()
                    }
                },
                Err(answer) => answer,
            };
            let mut response = if is_v1 { problem::of_error(response) } else { response };
            if let Some(origin) = page {
                cors::let_read(&mut response, origin);
            }
            if !state.rules.origins.is_empty() {
                cors::vary(&mut response);
            }
            state.metrics.count(route, &method, response.status());
            Ok(response)
        })
    }
}

/// Checks a request. A preflight of an allowed page is answered here: what it asks about is checked when it is sent.
fn check(rules: &AccessRules, request: &Request, route: Option<&MatchedPath>) -> Result<Option<Response>, ApiError> {
    let host = host_check::check(&rules.names, request)?;
    origin_check::check(request, host.as_ref(), &rules.origins)?;
    if cors::origin_of(request, &rules.origins).is_some()
        && let Some(answer) = cors::preflight(request)
    {
        return Ok(Some(answer));
    }
    guests::check(request, route.map(MatchedPath::as_str), rules.guests)?;
    Ok(None)
}

/// Whether a path is under `/api/v1`.
pub(super) fn is_v1(path: &str) -> bool {
    path.strip_prefix(v1::PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_only_begins_alike_is_not_under_api_v1() {
        for path in ["/api/v1", "/api/v1/", "/api/v1/status"] {
            assert!(is_v1(path), "{path}");
        }
        for path in ["/api/v1x", "/api/v10/status", "/api", "/", "x/api/v1"] {
            assert!(!is_v1(path), "{path}");
        }
    }
}
