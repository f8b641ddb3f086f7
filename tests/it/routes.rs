//! The six routes, with their exact texts (docs/contract.md section 2).

use std::io::Read as _;

use serde_json::json;

use crate::support::TestNode;

#[tokio::test]
async fn mine_block_answers_with_the_message_and_the_block() {
    let node = TestNode::start().await;
    let first = node.http.chain().await[0].clone();
    assert_eq!(first["index"], 1);
    assert_eq!(first["proof"], 1);
    assert_eq!(first["previous_hash"], "0");
    assert_eq!(first["transactions"], json!([]));

    assert_eq!(node.http.pay(7).await.status, 201);
    let answer = node.http.get("/mine_block").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.keys(), ["index", "message", "previous_hash", "proof", "timestamp", "transactions"]);
    let block = answer.json();
    assert_eq!(block["message"], "Congrats, you just mined a block!");
    assert_eq!(block["index"], 2);
    assert_eq!(block["proof"], 533);
    assert_eq!(
        block["transactions"],
        json!([
            {"sender": "Alice", "receiver": "Bob", "amount": 7},
            {"sender": node.running.node().node_address(), "receiver": "Bharathi", "amount": 1},
        ])
    );
    let address = node.running.node().node_address();
    assert!(address.len() == 32 && address.chars().all(|digit| digit.is_ascii_hexdigit()), "{address}");
}

#[tokio::test]
async fn get_chain_answers_with_the_chain_and_its_length() {
    let node = TestNode::start().await;
    node.http.mine().await;
    let answer = node.http.get("/get_chain").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.keys(), ["chain", "length"]);
    let chain = answer.json();
    assert_eq!(chain["length"], 2);
    let keys: Vec<_> = chain["chain"][1].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["index", "previous_hash", "proof", "timestamp", "transactions"]);
    let stamp = chain["chain"][1]["timestamp"].as_str().unwrap();
    assert!(chrono::NaiveDateTime::parse_from_str(stamp, "%Y-%m-%d %H:%M:%S%.f").is_ok(), "{stamp}");
}

#[tokio::test]
async fn a_chain_that_the_client_has_is_not_sent_again() {
    let node = TestNode::start().await;
    let tag = node.http.get("/get_chain").await.headers["etag"].clone();
    let with = |tag: &str| node.http.request("GET", "/get_chain").header("If-None-Match", tag);
    let strong = tag.to_str().unwrap().trim_start_matches("W/").to_owned();
    for tags in [tag.to_str().unwrap(), &strong, "*", &format!("\"x\", {strong}")] {
        let answer = node.http.send(with(tags)).await;
        assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{tags}");
        assert_eq!(answer.headers["etag"], tag);
    }
    assert_eq!(node.http.send(with("\"x\"")).await.status, 200);
    node.http.mine().await;
    let answer = node.http.send(with(tag.to_str().unwrap())).await;
    assert_eq!((answer.status, answer.json()["length"].as_u64()), (200, Some(2)));
    assert_ne!(answer.headers["etag"], tag);
}

#[tokio::test]
async fn answers_are_compressed_on_request() {
    let node = TestNode::start().await;
    let plain = node.http.get("/get_chain").await;
    assert!(!plain.headers.contains_key("content-encoding"));
    let request = node.http.request("GET", "/get_chain").header("Accept-Encoding", "gzip");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let mut text = String::new();
    let bytes = answer.bytes().await.unwrap();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text);
}

#[tokio::test]
async fn what_is_served_is_what_is_hashed() {
    let node = TestNode::start().await;
    node.http.mine().await;
    let text = node.http.get("/get_chain").await.text;
    let blocks = text.strip_prefix("{\"chain\": [").unwrap().strip_suffix("], \"length\": 2}\n").unwrap();
    let (first, second) = blocks.split_at(blocks.find("}, {\"index\": 2").unwrap() + 1);
    let hash = bcoin_ledger::BlockHash::sha256(first).to_string();
    assert!(second.contains(&hash), "{hash} is not in {second}");
}

#[tokio::test]
async fn is_valid_says_so() {
    let node = TestNode::start().await;
    let answer = node.http.get("/is_valid").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({"message": "Everything is fine. The Blockchain is correct."}));
}

#[tokio::test]
async fn add_transaction_names_the_next_block() {
    let node = TestNode::start().await;
    node.http.mine().await;
    let answer = node.http.pay(10).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json(), json!({"message": "This transaction will be added to the Block 3"}));
}

#[tokio::test]
async fn a_transaction_is_kept_as_it_was_sent() {
    let node = TestNode::start().await;
    for amount in ["\"12.50\"", "12.50", "1E2", "10000000000000000000000000000000000000000"] {
        let body = format!(r#"{{"sender": "张三 😀", "receiver": "<b>\u0000", "amount": {amount}, "memo": [[1]]}}"#);
        let answer = node.http.post("/add_transaction", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
    let text = node.http.get("/mine_block").await.text;
    for kept in [
        "\"amount\": \"12.50\"",
        "\"amount\": 12.5,",
        "\"amount\": 100.0,",
        "\"amount\": 10000000000000000000000000000000000000000,",
        r#""sender": "\u5f20\u4e09 \ud83d\ude00""#,
        r#""receiver": "<b>\u0000""#,
    ] {
        assert!(text.contains(kept), "{kept} is not in {text}");
    }
    assert!(!text.contains("memo"));
}

#[tokio::test]
async fn a_body_is_read_whatever_its_content_type() {
    let node = TestNode::start().await;
    let body = include_str!("../../transaction.json");
    for content_type in ["application/json", "application/x-www-form-urlencoded", "text/plain", "nonsense"] {
        let request = node.http.request("POST", "/add_transaction").header("Content-Type", content_type).body(body);
        assert_eq!(node.http.send(request).await.status, 201, "{content_type}");
    }
    assert_eq!(node.http.post("/add_transaction", body).await.status, 201, "no content type at all");
}

#[tokio::test]
async fn bad_transactions_get_400_and_change_nothing() {
    let node = TestNode::start().await;
    let deep =
        format!(r#"{{"sender": "a", "receiver": "b", "amount": {}1{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
    let deep_note = deep.replace("\"amount\":", "\"amount\": 1, \"note\":");
    for (body, sentence) in [
        (r#"{"sender": "a", "receiver": "b"}"#, "Some transactional components are missing."),
        ("{}", "Some transactional components are missing."),
        (r#"{"sender": "a", "receiver": "b", "amount": 0}"#, "`amount`"),
        (r#"{"sender": "a", "receiver": "b", "amount": "ten"}"#, "`amount`"),
        (r#"{"sender": "a", "receiver": "b", "amount": true}"#, "`amount`"),
        (r#"{"sender": "a", "receiver": "b", "amount": 1e999}"#, "`amount`"),
        (r#"{"sender": "a", "receiver": "b", "amount": {"$serde_json::private::Number": "1"}}"#, "`amount`"),
        (r#"{"sender": "", "receiver": "b", "amount": 1}"#, "`sender`"),
        (r#"{"sender": "a", "receiver": ["b"], "amount": 1}"#, "`receiver`"),
        (&deep, "nested 50001 deep"),
        (&deep_note, "nested 50001 deep"),
        ("", "JSON object"),
        ("sender=a&receiver=b&amount=1", "JSON object"),
        ("[]", "JSON object"),
    ] {
        let answer = node.http.post("/add_transaction", body.to_owned()).await;
        assert_eq!(answer.status, 400, "{body:.80}");
        assert!(answer.text.contains(sentence), "{body:.80}: {}", answer.text);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    }
    let answer = node.http.post("/add_transaction", b"{\"sender\": \"\xff\"}".to_vec()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(node.http.mine().await["transactions"].as_array().unwrap().len(), 1, "only the reward");
}

#[tokio::test]
async fn connect_node_lists_all_nodes_that_are_known() {
    let node = TestNode::start().await;
    let answer = node.http.post("/connect_node", r#"{"nodes": ["http://127.0.0.1:1002", "127.0.0.1:1003/"]}"#).await;
    assert_eq!(answer.status, 201);
    assert_eq!(
        answer.json(),
        json!({
            "message": "All of the nodes are now linked together. The node has now been added to the Bitcoin blockchain",
            "total_nodes": ["127.0.0.1:1002", "127.0.0.1:1003"],
        })
    );
    let answer = node.http.post("/connect_node", r#"{"nodes": ["1003", "http://127.0.0.1:1003", "localhost"]}"#).await;
    assert_eq!(answer.json()["total_nodes"], json!(["127.0.0.1:1002", "127.0.0.1:1003", "localhost:80"]));
    let answer = node.http.post("/connect_node", r#"{"nodes": []}"#).await;
    assert_eq!(answer.json()["total_nodes"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn bad_addresses_get_400_and_none_is_added() {
    let node = TestNode::start().await;
    for (body, sentence) in [
        ("{}", "No node"),
        (r#"{"nodes": null}"#, "No node"),
        (r#"{"nodes": "http://127.0.0.1:1002"}"#, "list of addresses"),
        (r#"{"nodes": ["http://127.0.0.1:1002", 7]}"#, "list of addresses"),
        (r#"{"nodes": ["http://127.0.0.1:1002", "ftp://127.0.0.1"]}"#, "\"ftp://127.0.0.1\""),
        (r#"{"nodes": ["http://127.0.0.1:1002", "http://u:p@127.0.0.1"]}"#, "\"http://u:p@127.0.0.1\""),
        (r#"{"nodes": ["http://169.254.169.254/latest/meta-data"]}"#, "link-local"),
        (r#"{"nodes": ["http://[fe80::1]:1001"]}"#, "link-local"),
        (r#"{"nodes": ["http://[fd00:ec2::254]/latest"]}"#, "metadata"),
        (r#"{"nodes": ["1002", "65536"]}"#, "a port of this machine"),
        (r#"{"nodes": ["127.1:1002"]}"#, "four decimal parts"),
        (r#"{"nodes": [""]}"#, "\"\""),
        ("hello", "JSON object"),
    ] {
        let answer = node.http.post("/connect_node", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.text.contains(sentence), "{body}: {}", answer.text);
    }
    let answer = node.http.post("/connect_node", r#"{"nodes": []}"#).await;
    assert_eq!(answer.json()["total_nodes"], json!([]));
}

#[tokio::test]
async fn a_node_knows_at_most_128_others() {
    let node = TestNode::start().await;
    let many = |from: u16, to: u16| {
        json!({"nodes": (from..=to).map(|n| format!("127.0.0.1:{n}")).collect::<Vec<_>>()}).to_string()
    };
    assert_eq!(node.http.post("/connect_node", many(1, 127)).await.status, 201);
    let answer = node.http.post("/connect_node", many(128, 129)).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("128"), "{}", answer.text);
    assert_eq!(node.http.post("/connect_node", many(100, 128)).await.status, 201, "128 are allowed");
    assert_eq!(node.http.post("/connect_node", many(129, 129)).await.status, 400);
}

#[tokio::test]
async fn a_wrong_verb_gets_405_and_the_right_one() {
    let node = TestNode::start().await;
    for (path, right) in [
        ("/mine_block", "GET"),
        ("/get_chain", "GET, HEAD"),
        ("/is_valid", "GET, HEAD"),
        ("/replace_chain", "GET"),
        ("/add_transaction", "POST"),
        ("/connect_node", "POST"),
    ] {
        for verb in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            if right.contains(verb) {
                continue;
            }
            let answer = node.http.send(node.http.request(verb, path).body("{}")).await;
            assert_eq!(answer.status, 405, "{verb} {path}");
            let allowed: Vec<_> = answer.headers.get_all("allow").iter().collect();
            assert_eq!(allowed, [right], "{verb} {path}");
            assert!(answer.text.contains(right) && answer.text.contains(verb), "{}", answer.text);
        }
    }
    assert_eq!(node.http.chain().await.len(), 1);
}

#[tokio::test]
async fn head_never_mines_or_replaces() {
    let node = TestNode::start().await;
    for path in ["/mine_block", "/replace_chain"] {
        let answer = node.http.send(node.http.request("HEAD", path)).await;
        assert_eq!((answer.status, &answer.headers["allow"]), (405, &"GET".parse().unwrap()), "{path}");
    }
    for path in ["/get_chain", "/is_valid"] {
        let answer = node.http.send(node.http.request("HEAD", path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{path}");
    }
    assert_eq!(node.http.chain().await.len(), 1);
}

#[tokio::test]
async fn an_unknown_path_gets_404() {
    let node = TestNode::start().await;
    for path in ["/mine", "/get_chain/", "/api", "/%00"] {
        let answer = node.http.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text.contains("/mine_block"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_full_mempool_gets_503_until_a_block_empties_it() {
    let mut config = TestNode::config();
    config.max_mempool = 2;
    let node = TestNode::start_with(config).await;
    assert_eq!(node.http.pay(1).await.status, 201);
    assert_eq!(node.http.pay(2).await.status, 201);
    let answer = node.http.pay(3).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text.contains("mine a block"), "{}", answer.text);
    assert_eq!(node.http.mine().await["transactions"].as_array().unwrap().len(), 3);
    assert_eq!(node.http.pay(3).await.status, 201);
}

#[tokio::test]
async fn the_example_files_work_unchanged() {
    let node = TestNode::start().await;
    assert_eq!(node.http.post("/add_transaction", include_str!("../../transaction.json")).await.status, 201);
    let answer = node.http.post("/connect_node", include_str!("../../nodes.json")).await;
    assert_eq!(answer.json()["total_nodes"], json!(["127.0.0.1:1001", "127.0.0.1:1002", "127.0.0.1:1003"]));
}
