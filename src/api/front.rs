//! What every request passes on its way in, and every answer on its way out: the guards, panics, the form of problems, and the
//! count.

use std::{convert::Infallible, panic::AssertUnwindSafe, pin::Pin};

use axum::{
    Router,
    body::HttpBody as _,
    extract::{MatchedPath, Request, State},
    http::{self, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::{FutureExt as _, future::Either};
use hyper::{body::Incoming, service::Service};
use hyper_util::service::{TowerToHyperService, TowerToHyperServiceFuture};
use tower_http::compression::{Predicate as _, predicate::DefaultPredicate};

use super::{ApiState, chapter, error::ApiError, guards, monitoring::Route, problem};
use crate::wire::v1;

/// All routes behind all guards, as connections ask them; cheap to clone.
#[derive(Clone)]
pub struct Front {
    state: ApiState,
    all: TowerToHyperService<Router>,
    /// The chapter's routes once more, without layers, each of which costs every request something.
    chapter: Option<TowerToHyperService<Router>>,
}

impl Front {
    /// `all` are all routes in all their layers. `chapter` are the chapter's alone and without any; when they are left out, `all`
    /// answers everything.
    pub(super) fn new(state: ApiState, all: Router, chapter: Option<Router>) -> Self {
        Self { state, all: TowerToHyperService::new(all), chapter: chapter.map(TowerToHyperService::new) }
    }

    /// The chapter's routes and the one that is asked, for a request that needs no more than that: nothing is compressed for
    /// those who did not ask for it.
    fn shortcut<B>(&self, request: &http::Request<B>) -> Option<(TowerToHyperService<Router>, &'static str)> {
        let routes = self.chapter.as_ref()?;
        let path = chapter::PATHS.into_iter().find(|path| *path == request.uri().path())?;
        let plain = !request.headers().contains_key(header::ACCEPT_ENCODING);
        // What HEAD is told about a body, the layers say while there is one.
        (plain && matches!(*request.method(), Method::GET | Method::POST)).then(|| (routes.clone(), path))
    }
}

/// Tells caches, as the layer that compresses does, that others may get the same compressed; and how long it is, where no router
/// has done that.
fn tell_that_it_varies(response: &mut Response) {
    // Stays the last one, where routers put it.
    let known = response.headers_mut().remove(header::CONTENT_LENGTH);
    let length = known.or_else(|| response.body().size_hint().exact().map(HeaderValue::from));
    if DefaultPredicate::new().should_compress(response) {
        response.headers_mut().append(header::VARY, header::ACCEPT_ENCODING.into());
    }
    if let Some(length) = length {
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl Service<http::Request<Incoming>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Answering, TowerToHyperServiceFuture<Router, http::Request<Incoming>>>;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let Some((routes, path)) = self.shortcut(&request) else { return Either::Right(self.all.call(request)) };
        let state = self.state.clone();
        Either::Left(Box::pin(async move {
            let answer = |request| routes.call(request).map(|Ok(response)| response);
            let mut response = guarded(&state, Route::Chapter(path), request, answer).await;
            tell_that_it_varies(&mut response);
            Ok(response)
        }))
    }
}

/// [`guarded`] as a layer of axum's.
pub(super) async fn pass(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned().map_or(Route::Unknown, Route::Matched);
    guarded(&state, route, request, |request| next.run(request)).await
}

/// Lets a request pass to its handler when the guards allow it. Whatever becomes of it is an answer, and is counted.
async fn guarded<B, F: Future<Output = Response>>(
    state: &ApiState,
    route: Route,
    request: http::Request<B>,
    answer: impl FnOnce(http::Request<B>) -> F,
) -> Response {
    let method = request.method().clone();
    let is_v1 = request.uri().path().starts_with(v1::PREFIX);
    let response = match guards::check(&state.names, &request) {
        Ok(()) => match AssertUnwindSafe(answer(request)).catch_unwind().await {
            Ok(response) => response,
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
    response
}
