//! The origin check: what a browser says about the page that made it send a request (RFC 6454, RFC 9110 section 10.1.3, Fetch
//! Metadata). It keeps pages of other origins from using the node through the browser of its user (docs/contract.md section 6).

use axum::http::{HeaderMap, HeaderValue, Method, Request, header, uri::Authority};
use url::{Origin, Url};

use super::{error::ApiError, web_origin::WebOrigin};

const SITE: &str = "sec-fetch-site";
const MODE: &str = "sec-fetch-mode";
const DESTINATION: &str = "sec-fetch-dest";
/// The documents for people. Opening one changes nothing, so links on other pages may lead to them.
const DOCUMENTS: [&str; 3] = ["/", "/class", "/docs"];

/// The routes that change something although they are asked with GET.
const CHANGES: [&str; 2] = ["/mine_block", "/replace_chain"];

/// Refuses a request that a page of another origin made a browser send, unless that origin is among `origins`.
pub(super) fn check<B>(request: &Request<B>, host: Option<&Authority>, origins: &[WebOrigin]) -> Result<(), ApiError> {
    let headers = request.headers();
    let all = |name: &str, is_good: &dyn Fn(&HeaderValue) -> bool| headers.get_all(name).iter().all(is_good);
    let allowed = if headers.contains_key(header::ORIGIN) {
        all("origin", &|origin| is_allowed(origin, host, origins))
    } else if headers.contains_key(SITE) {
        all(SITE, &|site| site == "none" || site == "same-origin") || opens_a_document(request)
    } else {
        all("referer", &|referer| is_own(referer, host)) || opens_a_document(request)
    };
    match allowed {
        false => Err(ApiError::ForeignSite),
        true if changes_from_nowhere(request) => Err(ApiError::FromNowhere { path: request.uri().path().to_owned() }),
        true => Ok(()),
    }
}

/// Whether a browser asks for a change and does not say which page makes it. Over plain http beyond localhost, a page of another site
/// can have that done without a `Referer` (Referrer Policy section 3.1), and nothing tells it from an address that a person has typed.
fn changes_from_nowhere<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let says_nothing =
        !has_metadata(headers) && !headers.contains_key(header::ORIGIN) && !headers.contains_key(header::REFERER);
    // Browsers send both; curl, Postman, PowerShell and the clients of programming languages do not.
    let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    let is_browser = agent.starts_with(b"Mozilla/") && headers.contains_key(header::ACCEPT_LANGUAGE);
    says_nothing && is_browser && CHANGES.contains(&request.uri().path())
}

/// Whether a person sees the answer as a page of its own: a top-level navigation. Over plain http beyond localhost, browsers
/// send no Fetch Metadata; then it is one if it asks for HTML.
pub(super) fn is_navigation(headers: &HeaderMap) -> bool {
    if has_metadata(headers) {
        return navigates(headers);
    }
    let kinds = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok());
    kinds.is_some_and(|kinds| kinds.split(',').any(|kind| kind.trim() == "text/html"))
}

/// Whether a request opens one of the documents, and not within another page.
fn opens_a_document<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    request.method() == Method::GET
        && DOCUMENTS.contains(&request.uri().path())
        && (navigates(headers) || !has_metadata(headers))
}

fn navigates(headers: &HeaderMap) -> bool {
    headers.get(MODE).is_some_and(|mode| mode == "navigate")
        && headers.get(DESTINATION).is_some_and(|destination| destination == "document")
}

fn has_metadata(headers: &HeaderMap) -> bool {
    [SITE, MODE, DESTINATION].iter().any(|name| headers.contains_key(*name))
}

/// Whether pages of this origin may use the node: the node's own, and those that were allowed.
fn is_allowed(origin: &HeaderValue, host: Option<&Authority>, origins: &[WebOrigin]) -> bool {
    is_own(origin, host) || origins.iter().any(|allowed| allowed.is(origin))
}

/// Whether the origin of this URL is the one under which the node was asked.
fn is_own(url: &HeaderValue, host: Option<&Authority>) -> bool {
    let own = host.and_then(|host| origin(&format!("http://{host}")));
    own.is_some() && own == url.to_str().ok().and_then(origin)
}

fn origin(url: &str) -> Option<Origin> {
    Url::parse(url).ok().map(|url| url.origin())
}
