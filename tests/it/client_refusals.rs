//! The client commands with a dead node, with a server that is no node, with a hostile one, and with a closed standard output.

use bcoin_testkit::{FakePeer, fake_peer::response};
use serde_json::json;

use crate::support::{
    BCOIN, Canned, TestNode,
    client::{bcoin, nowhere, printed, refused},
};

/// Each command in a form that succeeds on a node.
const COMMANDS: [&[&str]; 10] = [
    &["status"],
    &["chain"],
    &["chain", "1"],
    &["send", "Alice", "Bob", "10"],
    &["mine"],
    &["mine", "--off"],
    &["peers"],
    &["peers", "--add", "127.0.0.1:25002"],
    &["peers", "--remove", "127.0.0.1:25002"],
    &["peers", "--replace"],
];

#[tokio::test]
async fn a_node_that_does_not_answer_is_named_and_how_to_start_one() {
    let address = nowhere().await;
    let port = address.rsplit(':').next().unwrap();
    for arguments in COMMANDS.iter().chain([&&["watch"][..]]) {
        let text = refused(&address, arguments).await;
        assert!(text.starts_with(&format!("no node answers at http://{address} (")), "{text}");
        assert!(text.contains(&format!("`bcoin --port {port}`")) && text.contains("--node"), "{text}");
    }
    let text = refused("nowhere.invalid:25001", &["status"]).await;
    assert!(text.contains("http://nowhere.invalid:25001") && text.contains("on that machine"), "{text}");
}

#[tokio::test]
async fn a_server_that_is_no_node_is_reported() {
    let (address, html) = (Canned::start(|_, _| (200, "text/html", "<html>\u{1b}[2J".into())).await, "<html>");
    for arguments in COMMANDS {
        // The answer to DELETE has no body that could be wrong.
        if !arguments.contains(&"--remove") {
            let text = refused(&address.address(), arguments).await;
            assert!(text.contains("cannot be used") && !text.contains(html), "{text}");
        }
    }
    let elsewhere = TestNode::start().await;
    let moved = format!("Location: http://{}/api/v1/status\r\n", elsewhere.address());
    for (status, headers) in [("404 Not Found", ""), ("500 Internal Server Error", ""), ("302 Found", moved.as_str())] {
        let server = FakePeer::answering(response(status, headers, html.as_bytes())).await;
        for arguments in [&["status"][..], &["watch"], &["status", "--json"]] {
            let text = refused(&server.address(), arguments).await;
            assert!(text.contains(status) && text.contains("/api/v1/status") && !text.contains(html), "{text}");
        }
    }
    let garbage = FakePeer::answering(b"220 ready\r\n".to_vec()).await;
    assert!(refused(&garbage.address(), &["status"]).await.starts_with("no node answers at"));
}

#[tokio::test]
async fn no_proxy_is_asked() {
    let node = TestNode::start().await;
    let mut status = BCOIN.command(&["status"]);
    status.env("BCOIN_NODE", node.address());
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        status.env(name, format!("http://{}", nowhere().await));
    }
    let output = tokio::task::spawn_blocking(move || status.output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// A text with characters that are unsafe on a terminal.
const HOSTILE: &str = "\u{1b}[31m\u{9b}2J\r\u{8}\n\u{7f}\u{202e}\u{2066}\u{200b}";

#[tokio::test]
async fn unsafe_characters_from_the_network_are_escaped() {
    let transaction = json!({"sender": HOSTILE, "receiver": HOSTILE, "amount": HOSTILE});
    let block = json!({"hash": HOSTILE, "index": 1, "previous_hash": HOSTILE, "proof": 1, "timestamp": HOSTILE, "transactions": [transaction]});
    let header = json!({"hash": HOSTILE, "index": 1, "previous_hash": HOSTILE, "proof": 1, "timestamp": HOSTILE, "transactions": 1});
    let server = Canned::start(move |verb, path| {
        let body = match (verb, path.trim_start_matches("/api/v1/")) {
            (_, "status") => json!({
                "node_address": HOSTILE, "version": HOSTILE, "miner": HOSTILE, "length": 1, "tip": {"index": 1, "hash": HOSTILE},
                "pending": 0, "peers": 1, "data": "memory", "started_at": "2026-11-23T12:47:55Z", "uptime_seconds": -1.0,
                "mining": {"mode": "off"}, "last_event": HOSTILE
            }),
            ("GET", "blocks") => json!({"blocks": [block], "length": 1, "next": HOSTILE}),
            ("POST", "blocks") => json!({"block": block, "tries": 1, "took_ms": 0.1}),
            (_, "blocks/1") => block.clone(),
            (_, "headers") => json!({"headers": [header], "length": 1, "next": HOSTILE}),
            (_, "pending") => json!({"transaction": transaction, "block": 2}),
            (_, "mining") => json!({"mode": "off", "note": HOSTILE}),
            ("POST", "peers") => json!({"added": [HOSTILE], "peers": [HOSTILE]}),
            (_, "peers") => json!({"peers": [{
                "address": HOSTILE, "state": "fails", "kind": null, "length": 1, "tip_hash": HOSTILE, "relation": "parted",
                "common": {"index": 1, "hash": HOSTILE}, "took_ms": 1.0, "error": HOSTILE, "asked_at": null
            }]}),
            (_, "replacements") => json!({
                "replaced": true, "length": 1, "tip": {"index": 1, "hash": HOSTILE},
                "replacement": {
                    "from": HOSTILE, "fork": 0, "length": 1, "tip_hash": HOSTILE,
                    "given_up": {"number": 1, "count": 200, "blocks": [header]},
                    "returned": {"count": 200, "transactions": [transaction]}
                },
                "offers": [{"address": HOSTILE, "outcome": "taken", "length": 1, "reason": HOSTILE, "took_ms": 1.0}]
            }),
            _ => json!({}),
        };
        (200, "application/json", body.to_string())
    })
    .await;
    for arguments in COMMANDS {
        for form in [arguments.to_vec(), [arguments, &["--json"]].concat()] {
            let text = printed(&server.address(), &form).await;
            assert!(is_harmless(&text), "{form:?}: {text:?}");
            assert!(!text.is_empty());
        }
    }
    let problem = Canned::start(|_, _| {
        let problem = json!({"type": HOSTILE, "title": HOSTILE, "status": 400, "detail": format!("No: {HOSTILE}.")});
        (400, "application/problem+json", problem.to_string())
    })
    .await;
    for arguments in COMMANDS.iter().chain([&&["watch"][..]]) {
        let text = refused(&problem.address(), arguments).await;
        assert!(text.starts_with("No: \\u{1b}[31m") && is_harmless(&text), "{arguments:?}: {text:?}");
    }
}

fn is_harmless(text: &str) -> bool {
    !text.contains(|c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{200b}".contains(c))
}

#[tokio::test]
async fn a_closed_pipe_ends_a_command_quietly() {
    let node = TestNode::start().await;
    for arguments in [&["status"][..], &["chain"], &["mine", "--count", "3"], &["peers", "--json"]] {
        let mut child = BCOIN.command(arguments);
        child
            .env("BCOIN_NODE", node.address())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let mut child = child.spawn().unwrap();
        drop(child.stdout.take());
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}: {output:?}");
    }
}

#[tokio::test]
async fn a_wrong_command_line_asks_nobody() {
    let node = TestNode::start().await;
    for arguments in [
        &["status", "--node", "https://127.0.0.1:25001"][..],
        &["status", "--node", ""],
        &["status", "--node", "65536"],
        &["status", "--node", "127.1:25001"],
        &["chain", "first"],
        &["chain", "-1"],
        &["chain", "abcdef"],
        &["chain", "1", "--from", "2"],
        &["chain", "--limit", "0"],
        &["chain", "--limit", "1001"],
        &["chain", "--from", "0"],
        &["send", "Alice", "Bob"],
        &["send", "Alice", "Bob", "1", "2"],
        &["mine", "--count", "0"],
        &["mine", "--count", "2", "--off"],
        &["mine", "--every", "soon"],
        &["mine", "--every", "1000", "--on-payment"],
        &["peers", "--add", "ftp://127.0.0.1"],
        &["peers", "--remove", "127.0.0.1:0"],
    ] {
        let output = bcoin(&node.address(), arguments).await;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
    assert_eq!(node.http.chain().await.len(), 1);
}
