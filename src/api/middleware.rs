//! What every request passes on its way in, and every answer on its way out: the host and origin check, panics, the form of
//! problems, and the count.
//!
//! A layer of its own and not one of axum's `from_fn`, which costs every payment about as much as reading its JSON.

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

use super::{ApiState, error::ApiError, host_check, problem};
use crate::wire::v1;

/// Puts a [`Guard`] around each route.
#[derive(Clone)]
pub(super) struct GuardLayer(pub(super) ApiState);

impl<S> Layer<S> for GuardLayer {
    type Service = Guard<S>;

    fn layer(&self, routes: S) -> Guard<S> {
        Guard { state: self.0.clone(), routes }
    }
}

/// Lets a request pass to its handler when the host and origin check allows it. Whatever becomes of it is an answer, and is
/// counted.
#[derive(Clone)]
pub(super) struct Guard<S> {
    state: ApiState,
    routes: S,
}

impl<S> Service<Request> for Guard<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let state = self.state.clone();
        let route = request.extensions().get::<MatchedPath>().cloned();
        let method = request.method().clone();
        let is_v1 = request.uri().path().starts_with(v1::PREFIX);
        let answer = match host_check::check(&state.names, &request) {
            Ok(()) => Ok(self.routes.call(request)),
            Err(error) => Err(error),
        };
        Box::pin(async move {
            let response = match answer {
                Ok(answer) => match AssertUnwindSafe(answer).catch_unwind().await {
                    Ok(Ok(response)) => response,
                    // What it was about, the panic has said itself.
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
