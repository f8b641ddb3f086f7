//! Blocks that are shown to nodes: each says what it would do with them, and nothing changes.

use std::time::Duration;

use bcoin_testkit::{FakePeer, fake_peer::response};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, time::sleep};

use crate::support::TestNode;

async fn judged(node: &TestNode, blocks: &[Value]) -> Value {
    let answer = node.http.post("/api/v1/judgements", json!({"blocks": blocks}).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

async fn node_with(blocks: usize) -> (TestNode, Vec<Value>) {
    let node = TestNode::start().await;
    for amount in 1..blocks {
        node.http.pay(amount as u64).await;
        node.http.mine().await;
    }
    let chain = node.http.chain().await;
    (node, chain)
}

#[tokio::test]
async fn a_node_says_whether_blocks_are_valid_and_whether_it_would_take_them() {
    let (node, chain) = node_with(4).await;
    let (longer, _) = node_with(1).await;
    longer.connect(&[&node.address()]).await;
    assert!(longer.http.replace_chain().await);
    longer.http.mine().await;
    let grown = longer.http.chain().await;
    let before = node.http.get("/get_chain").await.text;

    let same = judged(&node, &chain[1..]).await;
    assert_eq!((&same["verdict"], &same["length"], &same["own_length"]), (&json!("not_longer"), &json!(4), &json!(4)));
    assert_eq!(judged(&node, &chain).await, same, "from the first block on");
    for from in 0..5 {
        let judgement = judged(&node, &grown[from..]).await;
        assert_eq!((&judgement["verdict"], &judgement["length"]), (&json!("longer"), &json!(5)), "{judgement}");
    }

    let changed = |place: usize, field: &str, value: Value| {
        let mut blocks = chain.clone();
        blocks[place][field] = value;
        blocks
    };
    let mut amount = chain.clone();
    amount[1]["transactions"][0]["amount"] = json!(1_000_000);
    for (blocks, block, code) in [
        (amount[1..].to_vec(), json!(3), "link"),
        (changed(2, "proof", json!(5))[1..].to_vec(), json!(3), "proof"),
        (changed(2, "index", json!(7))[1..].to_vec(), json!(3), "index"),
        (changed(0, "proof", json!(2)), json!(1), "genesis"),
        (changed(1, "previous_hash", json!("00".repeat(32)))[1..].to_vec(), json!(2), "unknown_parent"),
        (changed(1, "previous_hash", json!("not a hash"))[1..].to_vec(), json!(2), "unknown_parent"),
        (changed(2, "timestamp", json!(5))[1..].to_vec(), json!(3), "shape"),
        (vec![json!("a text")], Value::Null, "shape"),
    ] {
        let judgement = judged(&node, &blocks).await;
        assert_eq!(
            (&judgement["verdict"], &judgement["block"], &judgement["code"]),
            (&json!("refused"), &block, &json!(code)),
            "{judgement}"
        );
        assert!(judgement["reason"].as_str().unwrap().ends_with('.'), "{judgement}");
    }
    assert_eq!(node.http.get("/get_chain").await.text, before, "nothing has changed");
}

#[tokio::test]
async fn all_peers_are_asked_and_who_cannot_judge_is_named() {
    let (one, chain) = node_with(3).await;
    let (two, _) = node_with(1).await;
    let listing = FakePeer::routing(|line, mut stream| async move {
        let status = if line.contains("/get_chain") { "200 OK" } else { "404 NOT FOUND" };
        _ = stream.write_all(&response(status, "", b"{}")).await;
    })
    .await;
    let liar = FakePeer::serving(
        json!({"verdict": "longer", "block": null, "code": null, "reason": "x".repeat(5000), "length": 9, "own_length": 1}).to_string(),
    )
    .await;
    let addresses = [one.address(), two.address(), listing.address(), liar.address(), "127.0.0.1:9".to_owned()];
    one.connect(&addresses.each_ref().map(String::as_str)).await;
    let answer = one.http.post("/api/v1/peers/judgements", json!({"blocks": chain}).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let all = answer.json()["judgements"].as_array().unwrap().clone();
    let told: Vec<_> = all
        .iter()
        .map(|one| (one["address"].clone(), one["judgement"]["verdict"].clone(), one["error_code"].clone()))
        .collect();
    let expected = [
        (Value::Null, json!("not_longer"), Value::Null),
        (json!(two.address()), json!("longer"), Value::Null),
        (json!(listing.address()), Value::Null, json!("listing")),
        (json!(liar.address()), json!("longer"), Value::Null),
        (json!("127.0.0.1:9"), Value::Null, json!("refused")),
    ];
    assert_eq!(told, expected);
    assert_eq!(all[3]["judgement"]["reason"].as_str().unwrap().len(), 500);
    assert_eq!(two.http.chain().await.len(), 1, "nothing has changed");
}

#[tokio::test]
async fn what_is_no_list_of_blocks_or_too_long_is_refused() {
    let node = TestNode::start().await;
    for path in ["/api/v1/judgements", "/api/v1/peers/judgements"] {
        for body in ["", "[]", "{}", r#"{"blocks": []}"#, r#"{"blocks": 7}"#, r#"{"blocks": null}"#] {
            let answer = node.http.post(path, body).await;
            assert_eq!((answer.status, &answer.json()["type"]), (400, &json!("urn:bcoin:problem:bad-body")), "{body}");
        }
        let long = format!(r#"{{"blocks": ["{}"]}}"#, "x".repeat(256 << 10));
        assert_eq!(node.http.post(path, long).await.status, 413);
    }
}

#[tokio::test]
async fn who_would_have_to_wait_for_the_judgement_of_others_is_told_so() {
    let mut config = TestNode::config();
    config.client_limits.document = Duration::from_secs(3);
    let node = TestNode::start_with(config).await;
    let silent = FakePeer::handling(|stream| async move {
        sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    node.connect(&[&silent.address()]).await;
    let body = json!({"blocks": node.http.chain().await}).to_string();
    let ask = || node.http.post("/api/v1/peers/judgements", body.clone());
    let answers = join_all((0..18).map(|_| ask())).await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(200), count(503)), (16, 2));
    let refused = answers.iter().find(|answer| answer.status == 503).unwrap();
    assert_eq!(refused.json()["type"], "urn:bcoin:problem:too-many-judgements");
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(ask().await.status, 200, "there is room again");
}
