//! Answers for web pages of the origins that were allowed with `--allow-origin` (the CORS protocol of the Fetch standard). They may
//! read every answer, errors too. Nothing is said to pages of other origins, and credentials are never allowed.

use axum::{
    http::{HeaderValue, Method, Request, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::web_origin::WebOrigin;

/// How long a browser may keep the answer to a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");
/// The verbs that some route takes.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE");
/// The request headers that some route reads, beside those that need no permission.
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static("Content-Type, If-None-Match, Last-Event-ID");
/// The response headers that a page may read, beside those that need no permission.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static("Allow, ETag, Location, Retry-After");
/// Asked for when a page from the internet calls a machine on the local network.
const REQUEST_LOCAL_NETWORK: &str = "access-control-request-private-network";
const ALLOW_LOCAL_NETWORK: &str = "access-control-allow-private-network";

/// The allowed origin that a request comes from.
pub(super) fn origin_of<B>(request: &Request<B>, origins: &[WebOrigin]) -> Option<HeaderValue> {
    let mut sent = request.headers().get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (sent.next(), sent.next()) else { return None };
    origins.iter().find(|allowed| allowed.is(origin)).map(WebOrigin::header)
}

/// The answer to a preflight: the question whether a page may send a request. None when the request is something else.
pub(super) fn preflight<B>(request: &Request<B>) -> Option<Response> {
    let headers = request.headers();
    if request.method() != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let answered = answer.headers_mut();
    answered.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    answered.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
    answered.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if headers.contains_key(REQUEST_LOCAL_NETWORK) {
        answered.insert(ALLOW_LOCAL_NETWORK, HeaderValue::from_static("true"));
    }
    Some(answer)
}

/// Lets pages of `origin` read the answer.
pub(super) fn let_read(answer: &mut Response, origin: HeaderValue) {
    answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
}

/// Says that the headers of an answer depend on the origin of the request, so that no cache gives it to another one.
pub(super) fn vary(answer: &mut Response) {
    answer.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
}
