//! The six routes under the sound rules: the same walk, with signed payments.

use bcoin_node::now;
use bcoin_testkit::sound::{Branch, COIN, FEE, SUBSIDY, address, instant, transfer, transfer_json};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::TestNode;

const MINER: u8 = 1;

#[tokio::test]
async fn a_reward_is_earned_paid_on_and_found_in_the_chain() {
    let rules = instant("the walk");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    let first = node.http.get("/mine_block").await.json();
    assert_eq!(first["message"], "Congrats, you just mined a block!");
    assert_eq!(
        (&first["index"], &first["bits"], &first["version"]),
        (&json!(2), &json!("207fffff"), &json!(0x2000_0000))
    );
    let reward = &first["transactions"][0];
    assert_eq!((&reward["receiver"], &reward["amount"]), (&json!(address(MINER).to_string()), &json!(SUBSIDY)));
    for _ in 0..10 {
        node.http.mine().await;
    }
    let sent = transfer(&rules, MINER, 2, COIN, FEE, 0);
    let answer = node.http.post("/add_transaction", transfer_json(&sent).to_string()).await.expect(201).unwrap().json();
    assert_eq!(
        answer,
        json!({"message": "This transaction will be added to the Block 13", "id": sent.id().to_string()})
    );
    let block = node.http.mine().await;
    assert_eq!(block["transactions"][1]["id"], answer["id"]);
    assert_eq!(block["transactions"][0]["amount"], SUBSIDY + FEE);

    let chain = node.http.get("/get_chain").await;
    let tag = chain.headers["etag"].clone();
    let chain = chain.json();
    assert_eq!((&chain["length"], &chain["chain"][12]["hash"]), (&json!(13), &block["hash"]));
    let blocks = chain["chain"].as_array().unwrap();
    assert!(blocks.windows(2).all(|pair| pair[1]["previous_hash"] == pair[0]["hash"]));
    assert_eq!(blocks[0]["transactions"][0]["receiver"], Value::Null);
    let known = node.http.request("GET", "/get_chain").header("If-None-Match", tag);
    assert_eq!(node.http.send(known).await.status, 304);
    assert!(node.http.is_valid().await);
    assert_eq!(node.http.get("/replace_chain").await.json()["new_chain"], chain["chain"]);
    assert_eq!(node.http.post("/connect_node", r#"{"nodes": []}"#).await.json()["total_nodes"], json!([]));
}

#[tokio::test]
async fn a_chain_of_many_chunks_arrives_whole() {
    let rules = instant("chunks");
    let node = TestNode::sound(&rules, None).await;
    let mut branch = Branch::new(&rules, MINER, now() - TimeDelta::seconds(1000));
    for raw in branch.mine_empty(700) {
        let body = json!({"raw": hex::encode(raw)}).to_string();
        node.http.post("/api/v1/blocks/raw", body).await.expect(201).unwrap();
    }
    let answer = node.http.get("/get_chain").await;
    assert!(answer.text.len() > 300 << 10, "{}", answer.text.len());
    let chain = answer.json();
    assert_eq!((&chain["length"], chain["chain"].as_array().unwrap().len()), (&json!(701), 701));
    assert_eq!(chain["chain"][700]["hash"], branch.tip().hash.to_string());
}

#[tokio::test]
async fn each_payment_that_is_not_taken_is_told_why() {
    let rules = instant("refusals");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    for _ in 0..12 {
        node.http.mine().await;
    }
    let valid = || transfer_json(&transfer(&rules, MINER, 2, COIN, FEE, 0));
    let with = |field: &str, value: Value| {
        let mut body = valid();
        body[field] = value;
        body
    };
    let unsigned = with("signature", Value::Null);
    for (body, part) in [
        (json!({"sender": "Alice", "receiver": "Bob", "amount": 10}), "sign it with `bcoin send AMOUNT --to ADDRESS`"),
        (unsigned, "sign it with `bcoin send AMOUNT --to ADDRESS`"),
        (with("amount", json!(2 * COIN)), "the signature does not fit"),
        (with("amount", json!("1")), "in units, 1 coin = 100000000 units"),
        (with("amount", json!(0)), "at least 1 unit"),
        (with("sender", json!("Alice")), "`sender` is no address"),
        (transfer_json(&transfer(&instant("another room"), MINER, 2, COIN, FEE, 0)), "or for another network"),
        (transfer_json(&transfer(&rules, MINER, 2, COIN, FEE, 1)), "send the transfers before it first"),
        (transfer_json(&transfer(&rules, MINER, 2, 3 * SUBSIDY, FEE, 0)), "a reward counts once 10 more blocks"),
        (transfer_json(&transfer(&rules, MINER, 2, COIN, FEE - 1, 0)), "pays at least 154: 1 for each byte"),
        (json!({"raw": "00"}), "This transfer is not taken"),
    ] {
        let answer = node.http.post("/add_transaction", body.to_string()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        assert!(answer.text.contains(part), "{body}: {}", answer.text);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/plain"), "{body}");
    }
    assert_eq!(node.http.get("/api/v1/pending").await.json()["total"], 0);
    let body = valid().to_string();
    assert_eq!(node.http.post("/add_transaction", body.clone()).await.status, 201);
    let again = node.http.post("/add_transaction", body).await;
    assert_eq!((again.status, again.text.contains("waits already")), (400, true), "{}", again.text);
}

#[tokio::test]
async fn a_node_without_a_receiver_says_how_to_name_one() {
    let node = TestNode::sound(&instant("nobody"), None).await;
    for answer in [
        node.http.get("/mine_block").await,
        node.http.post("/api/v1/blocks", "").await,
        node.http.send(node.http.request("PUT", "/api/v1/mining").body(r#"{"mode": "continuous"}"#)).await,
    ] {
        assert_eq!(answer.status, 409, "{}", answer.text);
        assert!(answer.text.contains("start it with --miner ADDRESS"), "{}", answer.text);
    }
    assert_eq!(node.http.get("/api/v1/status").await.json()["length"], 1);
}
