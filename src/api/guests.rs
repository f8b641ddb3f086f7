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
            | "/api/v1/replacements"
            | "/api/v1/blocks/raw"
            | "/api/v1/transactions"
            | "/api/v1/mining/template"
            | "/api/v1/mining/submit",
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
const READ: [&str; 28] = [
    "/",
    "/api/v1/accounts",
    "/api/v1/accounts/{address}",
    "/api/v1/accounts/{name}",
    "/api/v1/blocks",
    "/api/v1/blocks/{id}",
    "/api/v1/blocks/{id}/header",
    "/api/v1/blocks/{id}/raw",
    "/api/v1/blocks/{id}/text",
    "/api/v1/chain",
    "/api/v1/chain/headers",
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
    "/api/v1/transactions/{id}",
    "/api/v1/transactions/{id}/proof",
    "/class",
    "/docs",
    "/healthz",
    "/metrics",
    "/readyz",
];

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, time::Instant};

    use axum::body::Body;
    use bcoin_ledger::{
        Power, Rules as _,
        chapter::{Chapter, Receiver},
    };
    use bcoin_node::{
        now,
        store::{FirstContent, Location, Opened},
    };
    use serde_json::Value;
    use tokio_util::sync::CancellationToken;
    use tower::Service as _;
    use utoipa_axum::router::OpenApiRouter;

    use super::*;
    use crate::{
        api::{About, AccessRules, ApiState, ChapterState, HostNames, RulesState, chapter_router, sound},
        peers::{ClientLimits, Exchange as _, Observer, OwnAddress, PeerClient, start_seeing, start_syncing},
        wire::v1::{DataKind, PREFIX},
    };

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

    /// The state of a node that lets guests do this.
    fn state(guests: Access) -> ChapterState {
        let node_address = "a".repeat(32);
        let content = FirstContent { node_address: node_address.clone(), genesis: Chapter.genesis(now()) };
        let opened = Opened::open(Chapter, &Location::Memory, content, &|_, _| ()).unwrap();
        let receiver = Receiver { node_address, miner: "Meghna".into() };
        let (node, _threads) = bcoin_node::start(opened, Some(receiver), 10, Power::FULL).unwrap();
        let client = PeerClient::new(ClientLimits::default()).unwrap();
        let (listening, stop) = (SocketAddr::from(([192, 168, 1, 7], 1001)), CancellationToken::new());
        let own = OwnAddress::new(listening);
        let observer = Observer::new(client.clone());
        let (sync, _) = start_syncing(Chapter, node.clone(), client.clone(), observer.clone(), own, stop.clone());
        let (network, _) = start_seeing(node.any().clone(), Chapter.own_network(), client, observer, own, stop.clone());
        let about = About {
            name: "Ada".parse().unwrap(),
            listening,
            miner: "Meghna".into(),
            data: DataKind::Memory,
            started_at: now().to_utc(),
            started: Instant::now(),
        };
        let rules = AccessRules { names: HostNames::new("", &[]), origins: Vec::new(), guests };
        RulesState::new(ApiState::new(node.any().clone(), network, about, rules, stop), node, Chapter, sync)
    }

    /// The status and the body of the answer that this client gets.
    async fn ask(state: &ChapterState, client: &str, verb: &str, path: &str, body: &str) -> (u16, String) {
        let mut request = Request::builder()
            .method(verb)
            .uri(path)
            .header("Host", "192.168.1.7:1001")
            .body(Body::from(body.to_owned()))
            .unwrap();
        request.extensions_mut().insert(ClientAddress(client.parse().unwrap()));
        let response = chapter_router(state.clone()).call(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_guest_is_told_what_he_may_not_do_and_nothing_changes() {
        let payment = r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#;
        let state_of_use = state(Access::Use);
        for (verb, path, body, status) in [
            ("GET", "/mine_block", "", 200),
            ("POST", "/add_transaction", payment, 201),
            ("POST", "/api/v1/pending", payment, 201),
            ("POST", "/api/v1/blocks", "", 201),
            ("GET", "/api/v1/mining", "", 200),
            ("POST", "/mine_block", "", 405),
            ("GET", "/nowhere", "", 404),
            ("PUT", "/api/v1/mining", r#"{"mode": "on_payment"}"#, 403),
            ("DELETE", "/api/v1/peers/127.0.0.1:9", "", 403),
        ] {
            assert_eq!(ask(&state_of_use, GUEST, verb, path, body).await.0, status, "{verb} {path}");
        }
        let (_, text) = ask(&state_of_use, GUEST, "PUT", "/api/v1/mining", r#"{"mode": "on_payment"}"#).await;
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["type"], "urn:bcoin:problem:not-for-guests");
        assert!(problem["detail"].as_str().unwrap().contains("--guests all"), "{text}");
        let own = ask(&state_of_use, "127.0.0.1", "PUT", "/api/v1/mining", r#"{"mode": "on_payment"}"#).await;
        assert_eq!(own.0, 200, "{}", own.1);

        let state_of_read = state(Access::Read);
        for (verb, path, body) in [
            ("GET", "/mine_block", ""),
            ("GET", "/replace_chain", ""),
            ("POST", "/add_transaction", payment),
            ("POST", "/connect_node", r#"{"nodes": ["http://127.0.0.1:9"]}"#),
            ("POST", "/api/v1/blocks", ""),
            ("POST", "/api/v1/pending", payment),
            ("POST", "/api/v1/peers", r#"{"nodes": ["http://127.0.0.1:9"]}"#),
            ("POST", "/api/v1/replacements", ""),
        ] {
            let (status, text) = ask(&state_of_read, GUEST, verb, path, body).await;
            assert_eq!(status, 403, "{verb} {path}");
            assert!(text.contains("--guests use"), "{text}");
        }
        let view = state_of_read.node.view();
        assert_eq!((view.tip.height, view.waiting, view.peers.len()), (1, 0, 0));
        for path in ["/", "/get_chain", "/is_valid", "/docs", "/page/app.js", "/metrics", "/api/v1/peers?ask=false"] {
            assert_eq!(ask(&state_of_read, GUEST, "GET", path, "").await.0, 200, "{path}");
        }
    }

    #[tokio::test]
    async fn the_status_tells_each_what_he_may_do() {
        for guests in [Access::Read, Access::Use, Access::All] {
            let state = state(guests);
            for (client, access) in [(GUEST, guests), ("127.0.0.1", Access::All)] {
                let (_, text) = ask(&state, client, "GET", "/api/v1/status", "").await;
                let status: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(status["access"], serde_json::to_value(access).unwrap(), "{text}");
                assert_eq!(status["name"], "Ada");
                assert_eq!(status["addresses"], serde_json::json!(["http://192.168.1.7:1001"]));
            }
        }
    }

    #[tokio::test]
    async fn each_described_route_has_its_place_in_the_table() {
        let (_, text) = ask(&state(Access::Read), GUEST, "GET", "/api/v1/openapi.json", "").await;
        let document: Value = serde_json::from_str(&text).unwrap();
        let (six, v1) = (sound::six_routes(), OpenApiRouter::new().nest(PREFIX, sound::v1_routes()));
        let mut sound = v1.into_openapi();
        sound.merge(six.into_openapi());
        for document in [document, serde_json::to_value(sound).unwrap()] {
            let mut for_this_machine = Vec::new();
            for (path, verbs) in document["paths"].as_object().unwrap() {
                for verb in verbs.as_object().unwrap().keys().map(|verb| verb.to_ascii_uppercase()) {
                    if needed(&verb.parse().unwrap(), Some(path)) == Access::All {
                        for_this_machine.push(format!("{verb} {path}"));
                    }
                }
            }
            for_this_machine.sort();
            assert_eq!(for_this_machine, ["DELETE /api/v1/peers/{address}", "PUT /api/v1/mining"]);
        }
    }

    #[tokio::test]
    async fn an_address_is_shown_as_a_code() {
        let state = state(Access::Read);
        let (status, svg) = ask(&state, GUEST, "GET", "/api/v1/qr.svg", "").await;
        assert_eq!((status, svg), (200, crate::qr_code::svg("http://192.168.1.7:1001").unwrap()));
        for (query, expected) in [("?address=0", 200), ("?address=1", 404), ("?address=x", 400)] {
            assert_eq!(ask(&state, GUEST, "GET", &format!("/api/v1/qr.svg{query}"), "").await.0, expected, "{query}");
        }
    }
}
