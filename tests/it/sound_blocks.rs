//! Blocks that are sent to a node under the sound rules, one at a time.

use bcoin_ledger::{
    CheckedBlock as _,
    sound::{Block, MAX_BLOCK_BYTES, Network, Sound, Transaction},
};
use bcoin_node::now;
use bcoin_testkit::{
    Http,
    sound::{Branch, COIN, FEE, address, instant, transfer, transfer_json},
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{TestNode, vectors};

/// Offers an encoding in hexadecimal digits: status and answer.
async fn offer(http: &Http, raw: &str) -> (u16, Value) {
    let answer = http.post("/api/v1/blocks/raw", json!({"raw": raw}).to_string()).await;
    (answer.status, answer.json())
}

async fn tip(http: &Http) -> Value {
    http.get("/api/v1/status").await.json()["tip"].clone()
}

#[tokio::test]
async fn each_refused_block_of_the_model_names_its_rule_and_changes_nothing() {
    let golden = vectors("sound/ledger");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let genesis = hex::decode(text(&golden["chain"]["genesis_block"])).unwrap();
    let rules = Sound::new(Network::from_genesis(&genesis, u32::MAX).unwrap());
    let node = TestNode::sound(&rules, None).await;
    let blocks = golden["chain"]["blocks"].as_array().unwrap();
    let mut offered = 0;
    for after in 0..=blocks.len() {
        let before = tip(&node.http).await;
        let is_here = |list: &&Value| list["after"] == json!(after);
        let refused = golden["refused_blocks"].as_array().unwrap().iter().filter(is_here);
        let bodies = golden["same_header"].as_array().unwrap().iter().filter(is_here);
        let bodies = bodies.flat_map(|list| list["bodies"].as_array().unwrap());
        for block in refused.chain(bodies) {
            let (status, answer) = offer(&node.http, &text(&block["raw"])).await;
            offered += 1;
            if block["why"] == "previous" && status == 202 {
                // It may follow a block that this node has not seen.
                continue;
            }
            assert_eq!((status, &answer["why"]), (422, &block["why"]), "{}: {answer}", block["what"]);
            assert_eq!(answer["type"], "urn:bcoin:problem:broken-rule");
            assert!(answer["detail"].as_str().unwrap().starts_with("This block is not taken: "), "{answer}");
        }
        assert_eq!(tip(&node.http).await, before);
        let Some(block) = blocks.get(after) else { break };
        let (status, answer) = offer(&node.http, &text(&block["raw"])).await;
        assert_eq!((status, &answer["outcome"]), (201, &json!("connected")), "{answer}");
        assert_eq!((&answer["index"], &answer["hash"]), (&block["index"], &block["hash"]));
    }
    assert!(offered > 100, "{offered}");
    let status = node.http.get("/api/v1/status").await.json();
    assert_eq!(status["work"], golden["chain"]["work"]);
    assert!(node.http.is_valid().await);
}

#[tokio::test]
async fn what_becomes_of_a_block_is_told_by_status_and_outcome() {
    let rules = instant("outcomes");
    let node = TestNode::sound(&rules, None).await;
    let mut ours = Branch::new(&rules, 1, now() - TimeDelta::seconds(100));
    let mut theirs = ours.fork(2);
    let own: Vec<_> = ours.mine_empty(2).iter().map(hex::encode).collect();
    let other: Vec<_> = theirs.mine_empty(3).iter().map(hex::encode).collect();
    let mut outcomes = Vec::new();
    for raw in [&own[0], &own[1], &own[1], &other[1], &other[0], &other[2]] {
        let (status, answer) = offer(&node.http, raw).await;
        outcomes.push((status, answer["outcome"].as_str().unwrap().to_owned()));
    }
    let expected = [
        (201, "connected"),
        (201, "connected"),
        (200, "known"),
        (202, "orphan"),
        (200, "branch"),
        (201, "reorganised"),
    ];
    assert_eq!(outcomes, expected.map(|(status, outcome)| (status, outcome.to_owned())));
    assert_eq!(tip(&node.http).await, json!({"index": 4, "hash": theirs.tip().hash.to_string()}));

    // The block that has left is found by its hash, and not by its index.
    let left = node.http.get(&format!("/api/v1/blocks/{}", ours.tip().hash)).await.json();
    assert_eq!((&left["active"], &left["index"]), (&json!(false), &json!(3)));
    let active = node.http.get("/api/v1/blocks/3").await.json();
    assert_eq!(active["active"], true);
    assert_ne!(active["hash"], left["hash"]);

    let ahead = hex::encode(Branch::new(&rules, 3, now() + TimeDelta::seconds(300)).mine_empty(1).remove(0));
    let (status, answer) = offer(&node.http, &ahead).await;
    assert_eq!((status, &answer["outcome"]), (202, &json!("early")));
}

#[tokio::test]
async fn what_is_no_encoding_is_a_bad_request() {
    let node = TestNode::sound(&instant("bad bodies"), None).await;
    for body in ["", "{}", r#"{"raw": 7}"#, r#"{"raw": "0"}"#, "raw=00"] {
        let answer = node.http.post("/api/v1/blocks/raw", body).await;
        assert_eq!((answer.status, &answer.json()["type"]), (400, &json!("urn:bcoin:problem:bad-body")), "{body}");
    }
    let long = json!({"raw": "00".repeat(1_000_001)}).to_string();
    let answer = node.http.post("/api/v1/blocks/raw", long).await;
    assert_eq!((answer.status, &answer.json()["why"]), (422, &json!("size")), "{}", answer.text);
}

#[tokio::test]
async fn an_outside_miner_takes_a_template_and_submits_a_block() {
    let rules = instant("outside");
    let node = TestNode::sound(&rules, Some(1)).await;
    for _ in 0..11 {
        node.http.mine().await;
    }
    let sent = transfer(&rules, 1, 2, COIN, FEE, 0);
    node.http.post("/api/v1/transactions", transfer_json(&sent).to_string()).await.expect(201).unwrap();
    let body = json!({"receiver": address(3).to_string()}).to_string();
    let template = node.http.post("/api/v1/mining/template", body.clone()).await.expect(200).unwrap().json();
    assert_eq!(
        (&template["index"], &template["transactions"], &template["bits"]),
        (&json!(13), &json!(2), &json!("207fffff"))
    );
    assert_eq!(template["previous_hash"], tip(&node.http).await["hash"]);
    let raw = template["raw"].as_str().unwrap();
    assert!(raw.starts_with(template["header"].as_str().unwrap()));
    let other = node.http.post("/api/v1/mining/template", body).await.json();
    assert_ne!(other["raw"], template["raw"], "each template has another extranonce");

    let mut block = Block::decode(&hex::decode(raw).unwrap()).unwrap();
    let target = block.header.bits.decode().unwrap();
    assert_eq!(template["target"], target.to_string());
    assert_eq!(block.header.nonce, 0);
    while !target.is_met_by(block.header.hash()) {
        block.header.nonce += 1;
    }
    let body = json!({"raw": hex::encode(block.encode())}).to_string();
    let answer = node.http.post("/api/v1/mining/submit", body).await.expect(201).unwrap().json();
    assert_eq!(answer, json!({"outcome": "connected", "index": 13, "hash": block.header.hash().to_string()}));
    let mined = node.http.get("/api/v1/blocks/13").await.json();
    assert_eq!(mined["transactions"][0]["receiver"], address(3).to_string());
    assert_eq!(mined["transactions"][0]["amount"], template["reward"]);
    assert_eq!(mined["transactions"][1]["id"], sent.id().to_string());
}

#[tokio::test]
async fn the_longest_block_fits_a_request() {
    let rules = instant("long");
    let node = TestNode::sound(&rules, None).await;
    let mut branch = Branch::new(&rules, 1, now());
    let mut block = Block::decode(branch.mine(&[]).encoding()).unwrap();
    let filling = Transaction::Transfer(transfer(&rules, 1, 2, COIN, FEE, 0));
    while block.encoded_len() + FEE as usize <= MAX_BLOCK_BYTES {
        block.transactions.push(filling.clone());
    }
    // It was read whole: the transactions are not those of the header.
    let (status, answer) = offer(&node.http, &hex::encode(block.encode())).await;
    assert_eq!((status, &answer["why"]), (422, &json!("merkle")), "{answer}");
}
