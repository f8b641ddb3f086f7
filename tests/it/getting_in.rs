//! How a class gets in: names, addresses for other machines, pages of allowed origins, and joining (docs/contract.md sections 1
//! and 6).

use std::{path::Path, time::Duration};

use bcoin::app::Config;
use bcoin_testkit::{Http, Process, http::Answer};
use serde_json::Value;

use crate::support::{BCOIN, Canned, LOCALHOST, TestNode, client::nowhere};

const PAGE: &str = "https://school.example";

async fn status(http: &Http) -> Value {
    http.get("/api/v1/status").await.json()
}

/// Waits until the node at `http` knows `address`.
async fn until_known(http: &Http, address: &str) {
    let known = async {
        loop {
            let peers = http.get("/api/v1/peers?ask=false").await.json();
            if peers["peers"].as_array().unwrap().iter().any(|peer| peer["address"] == address) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), known).await.unwrap_or_else(|_| panic!("{address} is not known"));
}

#[tokio::test]
async fn a_node_is_called_as_its_user_wishes_or_after_its_machine() {
    let node = BCOIN.start(&["--port", "0", "--name", "Ada Lovelace"]);
    assert!(node.printed.contains("  name     Ada Lovelace\n"), "{}", node.printed);
    assert_eq!(status(&node.http()).await["name"], "Ada Lovelace");
    let node = TestNode::start().await;
    let name = status(&node.http).await["name"].as_str().unwrap().to_owned();
    assert!(name.ends_with(&format!(":{}", node.running.address().port())), "{name}");
}

#[test]
fn a_value_that_cannot_be_used_ends_with_2_and_its_reason() {
    let long = "a".repeat(41);
    for (flag, value, reason) in [
        ("--name", "", "1 to 40 characters"),
        ("--name", long.as_str(), "1 to 40 characters"),
        ("--name", "a\u{202e}b", "direction"),
        ("--guests", "none", "all, use, read"),
        ("--join", "ftp://teacher", "plain http"),
        ("--allow-origin", "*", "https://school.example"),
        ("--allow-origin", "null", "https://school.example"),
        ("--allow-origin", "https://school.example/course", "https://school.example"),
    ] {
        let output = BCOIN.run(&["--port", "0", flag, value]);
        assert_eq!(output.status.code(), Some(2), "{flag} {value}: {output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(reason) && text.contains(flag), "{text}");
    }
}

#[tokio::test]
async fn a_node_tells_the_addresses_at_which_others_reach_it() {
    let node = TestNode::start().await;
    let own = status(&node.http).await;
    assert_eq!((own["addresses"].as_array().unwrap().len(), own["access"].as_str()), (0, Some("all")));
    let code = node.http.get("/api/v1/qr.svg?address=0").await;
    assert_eq!((code.status, code.json()["type"].as_str()), (404, Some("urn:bcoin:problem:unknown-address")));

    let node = BCOIN.start(&["--port", "0", "--host", "0.0.0.0", "--name", "Ada", "--guests", "read", "--qr"]);
    let own = status(&node.http()).await;
    assert!(node.printed.contains("from other machines  "), "{}", node.printed);
    // A machine without a network has none.
    for (place, address) in own["addresses"].as_array().unwrap().iter().map(|url| url.as_str().unwrap()).enumerate() {
        assert!(node.printed.contains(address), "{address} is not in {}", node.printed);
        assert!(node.printed.contains("sees its name, Ada;") && node.printed.contains('█'), "{}", node.printed);
        let outside = Http::new(address.strip_prefix("http://").unwrap().parse().unwrap());
        let same = status(&outside).await;
        assert_eq!(same["node_address"], own["node_address"], "{address}");
        assert_eq!(same["access"], "all", "an address of this machine is this machine");
        let code = outside.get(&format!("/api/v1/qr.svg?address={place}")).await;
        assert_eq!((code.status, &code.headers["content-type"]), (200, &"image/svg+xml".parse().unwrap()));
        assert_eq!(code.headers["cache-control"], "no-cache");
        assert!(code.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    }
    let hidden = BCOIN.start(&["--port", "0", "--qr"]);
    assert!(hidden.printed.contains("--host 0.0.0.0") && !hidden.printed.contains('█'), "{}", hidden.printed);
}

/// What a page of `origin` gets for a request.
async fn from_page(http: &Http, verb: &str, path: &str, origin: &str, headers: &[(&str, &str)]) -> Answer {
    let request = http.request(verb, path).header("Origin", origin).header("Sec-Fetch-Site", "cross-site");
    http.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn pages_of_an_allowed_origin_may_use_the_node_and_no_others() {
    let allowed_origins = vec![PAGE.parse().unwrap(), "http://127.0.0.1:8000".parse().unwrap()];
    let node = TestNode::start_with(Config { allowed_origins, ..TestNode::config() }).await;
    for origin in [PAGE, "http://127.0.0.1:8000"] {
        for (verb, path, status) in [
            ("GET", "/mine_block", 200),
            ("POST", "/api/v1/blocks", 201),
            ("GET", "/get_chain", 200),
            ("GET", "/api/v1/status", 200),
            ("GET", "/api/v1/blocks/99", 404),
            ("GET", "/nowhere", 404),
            ("POST", "/mine_block", 405),
            ("POST", "/add_transaction", 400),
        ] {
            let answer = from_page(&node.http, verb, path, origin, &[]).await;
            assert_eq!(answer.status, status, "{verb} {path}: {}", answer.text);
            assert_eq!(answer.headers["access-control-allow-origin"], origin, "{verb} {path}");
            assert!(!answer.headers.contains_key("access-control-allow-credentials"));
            let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            assert!(vary.join(",").contains("origin"), "{verb} {path}: {vary:?}");
        }
    }
    let asks = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")];
    let preflight = from_page(&node.http, "OPTIONS", "/api/v1/pending", PAGE, &asks).await;
    assert_eq!((preflight.status, preflight.text.as_str()), (204, ""));
    assert_eq!(preflight.headers["access-control-allow-origin"], PAGE);
    assert!(preflight.headers["access-control-allow-methods"].to_str().unwrap().contains("POST"));
    assert!(preflight.headers["access-control-allow-headers"].to_str().unwrap().contains("Content-Type"));

    let before = node.http.chain().await.len();
    let strangers = [
        "https://evil.example",
        "http://school.example",
        "https://school.example:8443",
        "https://a.school.example",
        "null",
        "*",
    ];
    for origin in strangers {
        for (verb, path) in [("GET", "/mine_block"), ("GET", "/api/v1/status"), ("OPTIONS", "/api/v1/pending")] {
            let answer = from_page(&node.http, verb, path, origin, &asks).await;
            assert_eq!(answer.status, 403, "{origin} {verb} {path}");
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")), "{origin}");
        }
    }
    // A page that hides its origin, and one that sends a second one.
    let hidden = node.http.send(node.http.request("GET", "/mine_block").header("Sec-Fetch-Site", "cross-site")).await;
    let twice = from_page(&node.http, "GET", "/mine_block", PAGE, &[("Origin", "https://evil.example")]).await;
    for answer in [hidden, twice] {
        assert_eq!(answer.status, 403);
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
    assert_eq!(node.http.chain().await.len(), before);
    // Without an allowed origin nothing is said about origins at all.
    let closed = TestNode::start().await;
    let answer = from_page(&closed.http, "OPTIONS", "/api/v1/pending", PAGE, &asks).await;
    assert_eq!(answer.status, 403);
    assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")));
}

#[tokio::test]
async fn joining_connects_two_nodes_in_both_directions() {
    let teacher = TestNode::start().await;
    let join = Some(teacher.address().parse().unwrap());
    let student = TestNode::start_with(Config { join, ..TestNode::config() }).await;
    until_known(&student.http, &teacher.address()).await;
    until_known(&teacher.http, &student.address()).await;
}

#[tokio::test]
async fn joining_is_tried_again_until_the_node_answers() {
    let teacher = nowhere().await;
    let port = teacher.rsplit(':').next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut student = BCOIN.command(&["--port", "0", "--join", port]);
    let mut student = Process::launch_logged(&mut student, folder.path().join("log"));
    student.until_ready().unwrap();
    until_said(&mut student, "cannot join yet");
    let config = Config { port: port.parse().unwrap(), ..TestNode::config() };
    let teacher = TestNode::start_with(config).await;
    until_known(&teacher.http, &student.address().to_string()).await;
    until_said(&mut student, "joined");
    let log = log_of(folder.path());
    assert_eq!(log.matches("cannot join yet").count(), 1, "the log says it seldom: {log}");
}

/// Waiting for a line blocks a thread, and the server needs another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_take_others_is_named_with_its_answer() {
    let closed = Canned::start(|_, _| (403, "text/plain", "read only".into())).await;
    let folder = tempfile::tempdir().unwrap();
    let mut node = BCOIN.command(&["--port", "0", "--join", &closed.address()]);
    let mut node = Process::launch_logged(&mut node, folder.path().join("log"));
    node.until_ready().unwrap();
    until_said(&mut node, "does not take the address of this node, and answers 403 Forbidden");
}

#[tokio::test]
async fn a_node_that_is_told_to_join_itself_says_so() {
    let port = nowhere().await.rsplit(':').next().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let mut node = BCOIN.command(&["--port", &port, "--in-memory", "--join", &port]);
    let mut node = Process::launch_logged(&mut node, folder.path().join("log"));
    node.until_ready().unwrap();
    until_said(&mut node, "names this node itself");
    assert_eq!(LOCALHOST, node.address().ip());
}

/// Waits until the process has printed a line with these words.
fn until_said(process: &mut Process, words: &str) {
    while !process.printed.contains(words) {
        process.next_line(Duration::from_secs(60)).unwrap_or_else(|| panic!("{words} is not in {}", process.printed));
    }
}

fn log_of(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap()
}
