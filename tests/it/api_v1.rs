//! `/api/v1` against real nodes: every route, every problem, paging to the end.

use bcoin_testkit::{FakePeer, Http, fake_peer::response};
use serde_json::{Value, json};

use crate::support::TestNode;

async fn get(http: &Http, path: &str) -> Value {
    let answer = http.get(&format!("/api/v1{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

async fn send(http: &Http, verb: &str, path: &str, body: &str) -> (u16, Value) {
    let request = http.request(verb, &format!("/api/v1{path}")).body(body.to_owned());
    let answer = http.send(request).await;
    let json = if answer.text.is_empty() { Value::Null } else { answer.json() };
    (answer.status, json)
}

async fn pay(http: &Http, sender: &str, receiver: &str, amount: &str) {
    let body = json!({ "sender": sender, "receiver": receiver, "amount": amount }).to_string();
    assert_eq!(send(http, "POST", "/pending", &body).await.0, 201);
}

/// Follows `next` to the end of a list.
async fn all(http: &Http, path: &str, list: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = Some(format!("/api/v1{path}"));
    while let Some(path) = next {
        let answer = http.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let page = answer.json();
        items.extend(page[list].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    items
}

#[tokio::test]
async fn the_status_shows_the_state() {
    let node = TestNode::start().await;
    node.http.pay(1).await;
    let status = get(&node.http, "/status").await;
    assert_eq!(status["node_address"], node.running.node().node_address());
    assert_eq!((&status["length"], &status["pending"], &status["peers"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!((&status["data"], &status["mining"]), (&json!("memory"), &json!({"mode": "off"})));
    assert_eq!((&status["miner"], &status["version"]), (&json!("Bharathi"), &json!(env!("CARGO_PKG_VERSION"))));
    assert!(status["started_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().is_ok());
    assert!(status["uptime_seconds"].as_f64().unwrap() > 0.0);
    assert!(status["last_event"].as_str().unwrap().ends_with("-1"));
}

#[tokio::test]
async fn a_block_is_found_by_index_and_by_hash_and_its_text_hashes_to_it() {
    let node = TestNode::start().await;
    pay(&node.http, "Alice", "Bob", "1.50").await;
    let (status, mined) = send(&node.http, "POST", "/blocks", "").await;
    assert_eq!((status, &mined["tries"]), (201, &json!(533)));
    assert!(mined["took_ms"].as_f64().unwrap() > 0.0);
    let block = get(&node.http, "/blocks/2").await;
    assert_eq!(block, mined["block"]);
    let hash = block["hash"].as_str().unwrap();
    assert_eq!(get(&node.http, &format!("/blocks/{hash}")).await, block);
    let text = node.http.get("/api/v1/blocks/2/text").await;
    assert_eq!(text.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(bcoin_ledger::BlockHash::sha256(&text.text).to_string(), hash);
    assert_eq!(block["transactions"][0], json!({"amount": "1.50", "receiver": "Bob", "sender": "Alice"}));
    assert_eq!(
        get(&node.http, "/headers?from=2").await["headers"][0],
        json!({
            "index": 2, "hash": hash, "previous_hash": block["previous_hash"], "proof": 533,
            "timestamp": block["timestamp"], "transactions": 2,
        })
    );
}

#[tokio::test]
async fn amounts_keep_their_digits() {
    let node = TestNode::start().await;
    let digits = "9".repeat(60);
    let body = format!(r#"{{"sender": "a", "receiver": "b", "amount": {digits}}}"#);
    let answer = node.http.post("/api/v1/pending", body).await;
    assert_eq!((answer.status, answer.text.contains(&digits)), (201, true), "{}", answer.text);
    assert!(node.http.get("/api/v1/pending").await.text.contains(&digits));
    node.http.mine().await;
    for path in ["blocks", "blocks/2", "accounts/a", "accounts"] {
        assert!(node.http.get(&format!("/api/v1/{path}")).await.text.contains(&digits), "{path}");
    }
}

#[tokio::test]
async fn lists_are_paged_to_their_end() {
    let node = TestNode::start().await;
    for number in 0..25 {
        pay(&node.http, &format!("payer {number:02}"), "Bob & Söhne/+", "0.1").await;
    }
    let mempool = all(&node.http, "/pending?limit=10", "transactions").await;
    assert_eq!(mempool.len(), 25);
    assert_eq!((&mempool[0]["sender"], &mempool[24]["sender"]), (&json!("payer 00"), &json!("payer 24")));
    for _ in 0..11 {
        node.http.mine().await;
    }
    for (path, list) in [("/blocks?limit=5", "blocks"), ("/headers?limit=5", "headers")] {
        let items = all(&node.http, path, list).await;
        let indices: Vec<_> = items.iter().map(|item| item["index"].as_u64().unwrap()).collect();
        assert_eq!(indices, (1..=12).collect::<Vec<_>>(), "{path}");
    }
    let accounts = all(&node.http, "/accounts?limit=4", "accounts").await;
    assert_eq!(accounts.len(), 28, "25 payers, the receiver, the miner and the node");
    assert!(accounts.is_sorted_by_key(|account| account["name"].as_str().unwrap().to_owned()));
    let transactions = all(&node.http, "/accounts/Bob%20%26%20S%C3%B6hne%2F%2B?limit=7", "transactions").await;
    assert_eq!(transactions.len(), 25);
    assert_eq!((&transactions[0]["block"], &transactions[0]["position"]), (&json!(2), &json!(25)), "the latest first");
    let beyond = get(&node.http, "/blocks?from=1000").await;
    assert_eq!((&beyond["blocks"], &beyond["next"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn balances_are_exact() {
    let node = TestNode::start().await;
    for _ in 0..3 {
        pay(&node.http, "Alice", "Bob", "0.1").await;
    }
    pay(&node.http, "Bob", "Bob", "5").await;
    node.http.mine().await;
    let bob = get(&node.http, "/accounts/Bob").await;
    assert_eq!(
        bob["account"],
        json!({
            "name": "Bob", "received": "5.3", "sent": "5", "balance": "0.3", "payments": 4, "uncounted": 0,
        })
    );
    assert_eq!(get(&node.http, "/accounts/Alice").await["account"]["balance"], "-0.3");
    assert_eq!(get(&node.http, "/accounts/Bharathi").await["account"]["balance"], "1");
}

#[tokio::test]
async fn peers_are_added_and_forgotten() {
    let node = TestNode::start().await;
    let body = r#"{"nodes": ["http://127.0.0.1:9", "127.0.0.1:9", "localhost:10"]}"#;
    let (status, answer) = send(&node.http, "POST", "/peers", body).await;
    let both = json!(["127.0.0.1:9", "localhost:10"]);
    assert_eq!((status, answer), (201, json!({"added": both, "peers": both})));
    let (status, answer) = send(&node.http, "POST", "/peers", body).await;
    assert_eq!((status, &answer["added"]), (200, &json!([])));
    let known = get(&node.http, "/peers?ask=false").await;
    assert_eq!(known["peers"][0]["state"], "unasked");
    assert_eq!(send(&node.http, "DELETE", "/peers/127.0.0.1:9", "").await, (204, Value::Null));
    assert_eq!(send(&node.http, "DELETE", "/peers/127.0.0.1:9", "").await.0, 404);
    let answer = node.http.post("/connect_node", r#"{"nodes": []}"#).await;
    assert_eq!(answer.json()["total_nodes"], json!(["localhost:10"]));
}

#[tokio::test]
async fn chains_fork_and_are_replaced() {
    let (ours, theirs) = (TestNode::start().await, TestNode::start().await);
    ours.connect(&[&theirs.address(), &ours.address(), "127.0.0.1:9"]).await;
    theirs.http.mine().await;
    // Their chains differ from the first block on. Then ours adopts theirs.
    let peer = &get(&ours.http, "/peers").await["peers"][0];
    assert_eq!((&peer["relation"], &peer["common"]), (&json!("parted"), &Value::Null));
    assert!(ours.http.replace_chain().await);
    let peers = get(&ours.http, "/peers").await;
    let relation =
        |peers: &Value| (peers["peers"][0]["relation"].clone(), peers["peers"][0]["common"]["index"].clone());
    assert_eq!(relation(&peers), (json!("same"), json!(2)));
    assert_eq!((&peers["peers"][0]["kind"], &peers["peers"][0]["state"]), (&json!("b-coin"), &json!("answers")));
    assert_eq!(peers["peers"][1]["state"], "itself");
    assert_eq!(peers["peers"][2]["state"], "fails");
    assert!(peers["peers"][2]["error"].as_str().unwrap().starts_with("No answer"), "{peers}");

    ours.http.mine().await;
    assert_eq!(relation(&get(&ours.http, "/peers").await), (json!("behind"), json!(2)));
    for _ in 0..20 {
        theirs.http.mine().await;
    }
    pay(&ours.http, "Alice", "Bob", "7").await;
    ours.http.mine().await;
    assert_eq!(relation(&get(&ours.http, "/peers").await), (json!("parted"), json!(2)));

    let (status, round) = send(&ours.http, "POST", "/replacements", "").await;
    assert_eq!((status, &round["replaced"], &round["length"]), (200, &json!(true), &json!(22)));
    let replacement = &round["replacement"];
    assert_eq!((&replacement["fork"], &replacement["from"]), (&json!(2), &json!(theirs.address())));
    assert_eq!((&replacement["given_up"]["count"], &replacement["given_up"]["number"]), (&json!(2), &json!(2)));
    assert_eq!(replacement["given_up"]["blocks"][1]["transactions"], 2);
    assert_eq!(
        (&replacement["returned"]["count"], &replacement["returned"]["transactions"][0]["sender"]),
        (&json!(1), &json!("Alice"))
    );
    let outcomes: Vec<_> = round["offers"].as_array().unwrap().iter().map(|offer| offer["outcome"].clone()).collect();
    assert_eq!(outcomes, ["taken", "itself", "passed_over"]);
    assert_eq!(relation(&get(&ours.http, "/peers").await), (json!("same"), json!(22)));
    assert_eq!(get(&ours.http, "/pending").await["total"], 1);
    assert_eq!(get(&ours.http, "/replacements").await["replacements"][0]["length"], 4);
    assert_eq!(ours.http.get("/api/v1/accounts/Alice").await.status, 404, "her payment waits again");

    let (_, round) = send(&ours.http, "POST", "/replacements", "").await;
    assert_eq!((&round["replaced"], &round["replacement"]), (&json!(false), &Value::Null));
    assert!(round["offers"][0]["reason"].as_str().unwrap().contains("not longer"), "{round}");
}

#[tokio::test]
async fn a_node_of_the_listing_is_known_by_its_chain() {
    let node = TestNode::start().await;
    let chain = node.http.get("/get_chain").await.text;
    let listing = FakePeer::handling(move |mut stream| {
        // Every path gets the chain, so `/api/v1/status` gets no status: the peer counts as a node of the listing.
        let chain = chain.clone();
        async move {
            use tokio::io::AsyncWriteExt as _;
            let _ = stream.write_all(&response("200 OK", "", chain.as_bytes())).await;
        }
    })
    .await;
    node.connect(&[&listing.address()]).await;
    let peer = &get(&node.http, "/peers").await["peers"][0];
    assert_eq!((&peer["kind"], &peer["relation"], &peer["length"]), (&json!("listing"), &json!("same"), &json!(1)));
}

#[tokio::test]
async fn peers_that_lie_are_reported() {
    let node = TestNode::start().await;
    let hash = "0".repeat(64);
    for (body, expected) in [
        (format!(r#"{{"length": 5, "tip": {{"index": 4, "hash": "{hash}"}}}}"#), "fails"),
        (format!(r#"{{"length": 0, "tip": {{"index": 0, "hash": "{hash}"}}}}"#), "fails"),
        // Whether these are true shows when the chain is fetched.
        (format!(r#"{{"length": 5, "tip": {{"index": 5, "hash": "{hash}"}}}}"#), "answers"),
        (
            format!(
                r#"{{"length": 18446744073709551615, "tip": {{"index": 18446744073709551615, "hash": "{hash}"}}}}"#
            ),
            "answers",
        ),
        (r#"{"length": 1, "tip": {"index": 1, "hash": "<img src=x>"}}"#.to_owned(), "fails"),
        (format!(r#"{{"length": 1, "tip": {{"index": 1, "hash": "{hash}"}}}}"#), "answers"),
        ("[".repeat(100_000), "fails"),
        ("x".repeat(200_000), "fails"),
    ] {
        let liar = FakePeer::serving(body.clone()).await;
        send(&node.http, "POST", "/peers", &json!({"nodes": [liar.address()]}).to_string()).await;
        let peers = get(&node.http, "/peers").await;
        let peer = peers["peers"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(peer["state"], expected, "{body:.60}: {peer}");
        assert_eq!(peer["error"].is_string(), expected == "fails");
        send(&node.http, "DELETE", &format!("/peers/{}", liar.address()), "").await;
    }
}

#[tokio::test]
async fn every_problem_is_one() {
    let node = TestNode::start().await;
    let unzipping = Http::unzipping(node.running.address());
    for (verb, path, body, status, name) in [
        ("GET", "/nothing", "", 404, "unknown-path"),
        ("GET", "/blocks/2", "", 404, "unknown-block"),
        ("GET", "/blocks/0", "", 404, "unknown-block"),
        ("GET", "/blocks/%FF", "", 400, "bad-path"),
        ("GET", "/blocks/99999999999999999999", "", 404, "unknown-block"),
        ("GET", "/blocks/%3Cimg%3E/text", "", 404, "unknown-block"),
        ("GET", "/blocks?from=0", "", 400, "bad-query"),
        ("GET", "/blocks?from=x", "", 400, "bad-query"),
        ("GET", "/blocks?limit=1001", "", 400, "bad-query"),
        ("GET", "/headers?limit=0", "", 400, "bad-query"),
        ("GET", "/accounts/nobody", "", 404, "unknown-account"),
        ("GET", "/accounts/Bharathi?before=x", "", 400, "bad-query"),
        ("GET", "/peers?ask=perhaps", "", 400, "bad-query"),
        ("GET", "/events?last_event_id=x", "", 400, "bad-query"),
        ("DELETE", "/blocks", "", 405, "wrong-verb"),
        ("DELETE", "/peers/nobody:1", "", 404, "unknown-peer"),
        ("POST", "/pending", "{", 400, "bad-body"),
        ("POST", "/pending", "{}", 400, "bad-body"),
        ("POST", "/pending", r#"{"sender": "", "receiver": "b", "amount": 1}"#, 400, "bad-body"),
        ("POST", "/peers", r#"{"nodes": ["ftp://x"]}"#, 400, "bad-body"),
        ("POST", "/peers", "{}", 400, "bad-body"),
        ("PUT", "/mining", r#"{"mode": "always"}"#, 400, "bad-body"),
        ("PUT", "/mining", r#"{"mode": "interval", "every_ms": 99}"#, 400, "bad-interval"),
    ] {
        // A client that accepts compressed answers gets the same.
        for http in [&node.http, &unzipping] {
            let answer = http.send(http.request(verb, &format!("/api/v1{path}")).body(body)).await;
            let case = format!("{verb} {path} {body}: {}", answer.text);
            assert_eq!(answer.status, status, "{case}");
            assert_eq!(answer.headers["content-type"], "application/problem+json", "{case}");
            let problem = answer.json();
            assert_eq!(problem["type"], format!("urn:bcoin:problem:{name}"), "{case}");
            assert_eq!(problem["status"], status, "{case}");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.ends_with('.') && detail.starts_with(|c: char| !c.is_lowercase()), "{case}");
            assert_eq!(answer.headers.contains_key("allow"), status == 405, "{case}");
        }
    }
    let foreign = node.http.request("POST", "/api/v1/blocks").header("Origin", "http://evil.example");
    let answer = node.http.send(foreign).await;
    assert_eq!((answer.status, &answer.json()["type"]), (403, &json!("urn:bcoin:problem:foreign-site")));
    assert_eq!(node.http.chain().await.len(), 1);
}

#[tokio::test]
async fn the_mining_mode_is_set_and_shown() {
    let node = TestNode::start().await;
    for (body, answer) in [
        (r#"{"mode": "interval", "every_ms": 3600000.0}"#, json!({"mode": "interval", "every_ms": 3_600_000})),
        (r#"{"mode": "on_payment", "further": 1}"#, json!({"mode": "on_payment"})),
        (r#"{"mode": "off"}"#, json!({"mode": "off"})),
    ] {
        assert_eq!(send(&node.http, "PUT", "/mining", body).await, (200, answer.clone()));
        assert_eq!(get(&node.http, "/mining").await, answer);
        assert_eq!(get(&node.http, "/status").await["mining"], answer);
    }
    for every in ["99", "3600001", "1000.5", "-1", "1e300", "\"1000\"", "null"] {
        let body = format!(r#"{{"mode": "interval", "every_ms": {every}}}"#);
        assert_eq!(send(&node.http, "PUT", "/mining", &body).await.0, 400, "{every}");
    }
}

#[tokio::test]
async fn a_full_mempool_answers_with_retry_after() {
    let mut config = TestNode::config();
    config.max_mempool = 1;
    let node = TestNode::start_with(config).await;
    pay(&node.http, "a", "b", "1").await;
    let answer = node.http.post("/api/v1/pending", r#"{"sender": "a", "receiver": "b", "amount": 1}"#).await;
    assert_eq!((answer.status, &answer.headers["retry-after"]), (503, &"1".parse().unwrap()));
    assert_eq!(answer.json()["type"], "urn:bcoin:problem:pending-full");
}

#[tokio::test]
async fn the_document_names_every_route_and_is_shown() {
    let node = TestNode::start().await;
    let document = get(&node.http, "/openapi.json").await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "/api/v1/accounts",
            "/api/v1/accounts/{name}",
            "/api/v1/blocks",
            "/api/v1/blocks/{id}",
            "/api/v1/blocks/{id}/text",
            "/api/v1/chain",
            "/api/v1/events",
            "/api/v1/headers",
            "/api/v1/mining",
            "/api/v1/peers",
            "/api/v1/peers/{address}",
            "/api/v1/pending",
            "/api/v1/qr.svg",
            "/api/v1/replacements",
            "/api/v1/status",
        ]
    );
    let page = node.http.get("/docs").await;
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    let sources: Vec<_> = page.text.split(['"']).filter(|part| part.starts_with('/')).collect();
    assert_eq!(sources.len(), 3, "{sources:?}");
    for source in sources {
        assert_eq!(node.http.get(source).await.status, 200, "{source}");
    }
    assert!(!page.text.contains("http"), "nothing comes from elsewhere");
}
