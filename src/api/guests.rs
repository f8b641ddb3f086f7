//! What other machines may do (docs/contract.md section 6). The table says what each route needs; a route that is not in it is
//! for this machine alone.

use axum::http::{Method, Request};

use super::{error::ApiError, shares::ClientAddress};
use crate::{interfaces::is_this_machine, wire::v1::Access};

/// Refuses a request to `route` that whoever sends it may not make.
pub(super) fn check<B>(request: &Request<B>, route: Option<&str>, guests: Access) -> Result<(), ApiError> {
    let granted = granted(request.extensions().get::<ClientAddress>().copied(), guests);
    // Only then is it worth a look at the table.
    if granted == Access::All {
        return Ok(());
    }
    let needed = needed(request.method(), route);
    if granted >= needed { Ok(()) } else { Err(ApiError::NotForGuests { needed }) }
}

/// What a client may do: everything from this machine, and from others what `guests` may do.
pub(super) fn granted(client: Option<ClientAddress>, guests: Access) -> Access {
    if guests == Access::All || client.is_some_and(|client| is_this_machine(client.0)) { Access::All } else { guests }
}

/// What a request to this route needs.
fn needed(method: &Method, route: Option<&str>) -> Access {
    // There is nothing at an unknown path, and saying so harms nobody.
    let Some(route) = route else { return Access::Read };
    match (method.as_str(), route) {
        ("GET", "/mine_block" | "/replace_chain") => Access::Use,
        ("POST", "/add_transaction" | "/connect_node") => Access::Use,
        // All other verbs are answered with the right one.
        (_, "/get_chain" | "/is_valid" | "/mine_block" | "/replace_chain" | "/add_transaction" | "/connect_node") => {
            Access::Read
        }
        (
            "POST",
            "/api/v1/blocks"
            | "/api/v1/pending"
            | "/api/v1/peers"
            | "/api/v1/peers/judgements"
            | "/api/v1/replacements",
        ) => Access::Use,
        // Judging changes nothing.
        ("POST", "/api/v1/judgements") => Access::Read,
        ("GET" | "HEAD", route) if READ.contains(&route) || is_file(route) => Access::Read,
        _ => Access::All,
    }
}

/// Whether the route serves files that are in the program.
fn is_file(route: &str) -> bool {
    route.starts_with("/page/") || route.starts_with("/docs/")
}

/// The routes that only read when they are asked with GET.
const READ: [&str; 22] = [
    "/",
    "/api/v1/accounts",
    "/api/v1/accounts/{name}",
    "/api/v1/blocks",
    "/api/v1/blocks/{id}",
    "/api/v1/blocks/{id}/text",
    "/api/v1/chain",
    "/api/v1/events",
    "/api/v1/headers",
    "/api/v1/mining",
    "/api/v1/network",
    "/api/v1/openapi.json",
    "/api/v1/peers",
    "/api/v1/pending",
    "/api/v1/qr.svg",
    "/api/v1/replacements",
    "/api/v1/status",
    "/class",
    "/docs",
    "/healthz",
    "/metrics",
    "/readyz",
];

#[cfg(test)]
mod tests {
    use super::*;

    const GUEST: &str = "203.0.113.9";

    fn may(guests: Access, client: &str, verb: &str, route: &str) -> bool {
        let mut request = Request::builder().method(verb).body(()).unwrap();
        request.extensions_mut().insert(ClientAddress(client.parse().unwrap()));
        check(&request, Some(route), guests).is_ok()
    }

    #[test]
    fn guests_may_what_the_flag_says_and_this_machine_everything() {
        for (verb, route, needed) in [
            ("GET", "/get_chain", Access::Read),
            ("HEAD", "/is_valid", Access::Read),
            ("GET", "/", Access::Read),
            ("GET", "/page/{*path}", Access::Read),
            ("GET", "/docs/swagger-ui/swagger-ui.css", Access::Read),
            ("GET", "/api/v1/mining", Access::Read),
            ("POST", "/mine_block", Access::Read),
            ("POST", "/api/v1/judgements", Access::Read),
            ("GET", "/mine_block", Access::Use),
            ("GET", "/replace_chain", Access::Use),
            ("POST", "/add_transaction", Access::Use),
            ("POST", "/connect_node", Access::Use),
            ("POST", "/api/v1/blocks", Access::Use),
            ("POST", "/api/v1/pending", Access::Use),
            ("POST", "/api/v1/peers", Access::Use),
            ("POST", "/api/v1/replacements", Access::Use),
            ("PUT", "/api/v1/mining", Access::All),
            ("DELETE", "/api/v1/peers/{address}", Access::All),
            ("GET", "/a/new/route", Access::All),
            ("POST", "/api/v1/status", Access::All),
        ] {
            for guests in [Access::Read, Access::Use, Access::All] {
                assert_eq!(may(guests, GUEST, verb, route), guests >= needed, "{verb} {route} {guests:?}");
                for own in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
                    assert!(may(guests, own, verb, route), "{verb} {route} {guests:?} {own}");
                }
            }
        }
    }

    #[test]
    fn who_cannot_be_told_is_a_guest_and_an_unknown_path_is_no_secret() {
        assert_eq!(granted(None, Access::Read), Access::Read);
        assert!(check(&Request::new(()), None, Access::Read).is_ok());
        let mut request = Request::new(());
        *request.method_mut() = Method::PUT;
        assert!(check(&request, Some("/api/v1/mining"), Access::Use).is_err());
    }
}
