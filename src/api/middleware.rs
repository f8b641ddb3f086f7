//! The middleware around every route: the host and origin check, the answer to panics, the form of problems, and the counter of
//! requests.
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

use super::{error::ApiError, host_check, problem, state::ApiState};
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

/// Calls the handler when the host and origin check allows the request. Every answer is counted, errors and panics too.
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
        let is_v1 = request.uri().path().starts_with(v1::PREFIX);
        let answer = match host_check::check(&state.names, &request) {
            Ok(()) => Ok(self.inner.call(request)),
            Err(error) => Err(error),
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
                Err(error) => error.into_response(),
            };
            let response = if is_v1 { problem::of_error(response) } else { response };
            state.metrics.count(route, &method, response.status());
            Ok(response)
        })
    }
}
