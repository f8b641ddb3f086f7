//! `/api/v1` under the sound rules: reading the chain, following a transfer, accounts, events and the document.

use bcoin_ledger::sound::{Header, MerkleProof, Txid, double_sha256};
use bcoin_node::now;
use bcoin_testkit::sound::{Branch, COIN, FEE, SUBSIDY, address, instant, transfer, transfer_json};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{events::Listener, support::TestNode};

const MINER: u8 = 1;

async fn get(node: &TestNode, path: &str) -> Value {
    let answer = node.http.get(&format!("/api/v1{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

async fn send(node: &TestNode, transfer: &bcoin_ledger::sound::Transfer) -> (u16, Value) {
    let answer = node.http.post("/api/v1/transactions", transfer_json(transfer).to_string()).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn the_status_names_the_rules_and_the_network() {
    let rules = instant("status");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    let block = node.http.mine().await;
    let status = get(&node, "/status").await;
    for (field, value) in [
        ("rules", json!("sound")),
        ("profile", json!("instant")),
        ("room", json!("status")),
        ("genesis", json!(rules.network().genesis_hash().to_string())),
        ("bits", json!("207fffff")),
        ("work", json!(format!("{:064x}", 4))),
        ("mempool", json!({"count": 0, "bytes": 0})),
        ("miner", json!(address(MINER).to_string())),
        ("length", json!(2)),
        ("tip", json!({"index": 2, "hash": block["hash"]})),
    ] {
        assert_eq!(status[field], value, "{field}");
    }
    let chapter = TestNode::start().await;
    assert_eq!(get(&chapter, "/status").await["rules"], "chapter");
}

#[tokio::test]
async fn the_chain_is_read_in_pages_and_in_pieces() {
    let rules = instant("pages");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    for _ in 0..4 {
        node.http.mine().await;
    }
    let blocks = get(&node, "/blocks?from=2&limit=2").await;
    assert_eq!((&blocks["length"], &blocks["next"]), (&json!(5), &json!("/api/v1/blocks?from=4&limit=2")));
    let headers = get(&node, "/headers").await;
    assert_eq!((headers["headers"].as_array().unwrap().len(), &headers["next"]), (5, &Value::Null));
    let (block, header) = (&blocks["blocks"][0], &headers["headers"][1]);
    for same in ["index", "hash", "previous_hash", "merkle_root", "timestamp", "bits", "proof", "version"] {
        assert_eq!(block[same], header[same], "{same}");
    }
    assert_eq!((&header["work"], &header["transactions"]), (&json!(format!("{:064x}", 4)), &json!(1)));

    let raw = get(&node, "/blocks/2/raw").await["raw"].as_str().unwrap().to_owned();
    let by_hash = format!("/blocks/{}/header", block["hash"].as_str().unwrap());
    let hex = get(&node, &by_hash).await["header"].as_str().unwrap().to_owned();
    assert!(raw.starts_with(&hex) && hex.len() == 160);
    assert_eq!(header["bytes"], raw.len() / 2);
    let piece = get(&node, "/chain?from=2").await;
    assert_eq!((&piece["length"], &piece["chain"][0]), (&json!(4), &json!(raw)));
    let piece = get(&node, "/chain/headers?from=2").await;
    assert_eq!((&piece["length"], &piece["headers"][0]), (&json!(4), &json!(hex)));
    assert_eq!(get(&node, "/chain/headers?from=6").await, json!({"headers": [], "length": 0}));
    for path in ["/blocks/6", "/blocks/0", "/blocks/x/raw", &format!("/blocks/{}", "0".repeat(64))] {
        assert_eq!(node.http.get(&format!("/api/v1{path}")).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_transfer_is_followed_from_waiting_to_its_proof() {
    let rules = instant("following");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    for _ in 0..11 {
        node.http.mine().await;
    }
    let sent = transfer(&rules, MINER, 2, COIN, FEE, 0);
    let path = format!("/transactions/{}", sent.id());
    assert_eq!(node.http.get(&format!("/api/v1{path}")).await.status, 404);
    assert_eq!(send(&node, &sent).await, (201, json!({"id": sent.id().to_string(), "block": 13})));
    let waiting = get(&node, &path).await;
    assert_eq!((&waiting["state"], &waiting["confirmations"]), (&json!("waiting"), &json!(0)));
    assert_eq!(waiting["transaction"], get(&node, "/pending").await["transactions"][0]);
    assert_eq!(node.http.get(&format!("/api/v1{path}/proof")).await.status, 404);
    let account = get(&node, &format!("/accounts/{}", address(MINER))).await;
    assert_eq!((&account["nonce"], &account["next_nonce"]), (&json!(0), &json!(1)));

    node.http.mine().await;
    node.http.mine().await;
    let confirmed = get(&node, &path).await;
    assert_eq!(
        (&confirmed["state"], &confirmed["index"], &confirmed["position"]),
        (&json!("confirmed"), &json!(13), &json!(2))
    );
    assert_eq!((&confirmed["confirmations"], &confirmed["transaction"]), (&json!(2), &waiting["transaction"]));
    let proof = get(&node, &format!("{path}/proof")).await;
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let branch = proof["branch"].as_array().unwrap().iter();
    let branch = branch.map(|hash| hash.as_str().unwrap().parse::<Txid>().unwrap().to_hashed()).collect();
    let way = MerkleProof::from_parts(branch, proof["position"].as_u64().unwrap() as u32).unwrap();
    let header = Header::decode(bytes(&proof["header"]).first_chunk().unwrap());
    assert!(way.verify(Txid::from_hashed(double_sha256(bytes(&proof["raw"]))), header.merkle_root));
    assert_eq!(
        (header.hash().to_string(), &proof["index"]),
        (get(&node, "/blocks/13").await["hash"].as_str().unwrap().to_owned(), &json!(13))
    );
    assert_eq!(node.http.get("/api/v1/transactions/xyz").await.status, 400);
}

#[tokio::test]
async fn a_transfer_that_is_gone_is_told_why() {
    let rules = instant("gone");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    for _ in 0..11 {
        node.http.mine().await;
    }
    let (first, second) = (transfer(&rules, MINER, 2, COIN, FEE, 0), transfer(&rules, MINER, 3, COIN, 10 * FEE, 0));
    let mut listener = Listener::start(&node.http, None).await;
    assert_eq!(send(&node, &first).await.0, 201);
    assert_eq!(send(&node, &second).await.0, 201);
    let replaced = get(&node, &format!("/transactions/{}", first.id())).await;
    assert_eq!((&replaced["state"], &replaced["why"]), (&json!("gone"), &json!("replaced")));
    assert_eq!(replaced["transaction"], Value::Null);
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(listener.next().await.unwrap());
    }
    let left = heard.iter().find(|event| event.name == "left").unwrap();
    assert_eq!((&left.data["why"], &left.data["ids"]), (&json!("replaced"), &json!([first.id().to_string()])));
    let names: Vec<_> = heard.iter().filter(|event| event.name == "transaction").collect();
    assert_eq!(names[0].data["transaction"]["id"], first.id().to_string());
}

#[tokio::test]
async fn refusals_name_the_rule_or_the_policy() {
    let rules = instant("policy");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    for _ in 0..11 {
        node.http.mine().await;
    }
    let other_room = instant("another");
    for (transfer, why) in [
        (transfer(&other_room, MINER, 2, COIN, FEE, 0), "signature"),
        (transfer(&rules, MINER, 2, COIN, FEE, 5), "gap"),
        (transfer(&rules, MINER, 2, 2 * SUBSIDY, FEE, 0), "funds"),
        (transfer(&rules, MINER, 2, COIN, FEE - 1, 0), "fee"),
        (transfer(&rules, MINER, 2, 0, FEE, 0), "amount"),
    ] {
        let (status, problem) = send(&node, &transfer).await;
        assert_eq!((status, &problem["why"], &problem["status"]), (422, &json!(why), &json!(422)), "{problem}");
        assert_eq!(problem["type"], "urn:bcoin:problem:broken-rule");
    }
    let problem = node.http.post("/api/v1/transactions", r#"{"sender": "Alice"}"#).await;
    assert_eq!((problem.status, problem.text.contains("bcoin send")), (400, true), "{}", problem.text);
}

#[tokio::test]
async fn an_account_has_a_balance_rewards_to_come_and_a_paged_history() {
    let rules = instant("accounts");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    for _ in 0..12 {
        node.http.mine().await;
    }
    let of = |number| format!("/accounts/{}", address(number));
    let miner = get(&node, &of(MINER)).await;
    assert_eq!((&miner["balance"], &miner["immature"]), (&json!(2 * SUBSIDY), &json!(10 * SUBSIDY)));
    assert_eq!(miner["transactions"].as_array().unwrap().len(), 12);
    assert_eq!((&miner["transactions"][0]["block"], &miner["next"]), (&json!(13), &Value::Null));
    for nonce in 0..3 {
        assert_eq!(send(&node, &transfer(&rules, MINER, 2, COIN, FEE, nonce)).await.0, 201);
    }
    node.http.mine().await;
    let receiver = get(&node, &format!("{}?limit=2", of(2))).await;
    assert_eq!(
        (&receiver["balance"], &receiver["nonce"], &receiver["immature"]),
        (&json!(3 * COIN), &json!(0), &json!(0))
    );
    let next = receiver["next"].as_str().unwrap();
    assert_eq!(next, format!("/api/v1{}?before=14-3&limit=2", of(2)));
    let rest = node.http.get(next).await.json();
    assert_eq!((&rest["transactions"][0]["position"], &rest["next"]), (&json!(2), &Value::Null));
    assert_eq!(rest["transactions"][0]["transaction"]["nonce"], 0);

    let nobody = get(&node, &of(9)).await;
    assert_eq!(
        (&nobody["balance"], &nobody["next_nonce"], &nobody["transactions"]),
        (&json!(0), &json!(0), &json!([]))
    );
    let all = get(&node, "/accounts?limit=1").await;
    assert_eq!(all["total"], 2);
    let second = node.http.get(all["next"].as_str().unwrap()).await.json();
    let addresses = [&all, &second].map(|page| page["accounts"][0]["address"].as_str().unwrap().to_owned());
    let mut expected = [address(MINER), address(2)].map(|address| address.to_string());
    expected.sort_by_key(|address| addresses.iter().position(|other| other == address).unwrap());
    assert_eq!((addresses, &second["next"]), (expected, &Value::Null));
    for bad in ["/accounts/Alice", "/accounts?after=Alice"] {
        assert_eq!(node.http.get(&format!("/api/v1{bad}")).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn events_tell_of_blocks_from_here_and_elsewhere_and_of_replacements() {
    let rules = instant("events");
    let node = TestNode::sound(&rules, Some(MINER)).await;
    let mut listener = Listener::start(&node.http, None).await;
    let mined = node.http.mine().await;
    let heard = listener.next().await.unwrap();
    assert_eq!((heard.name.as_str(), &heard.data["mined_here"]), ("block", &json!(true)));
    assert_eq!(
        (&heard.data["header"]["hash"], &heard.data["header"]["work"]),
        (&mined["hash"], &json!(format!("{:064x}", 4)))
    );
    assert!(heard.data["tries"].is_u64() && heard.data["took_ms"].is_number());

    let mut branch = Branch::new(&rules, 2, now() - TimeDelta::seconds(10));
    for raw in branch.mine_empty(3) {
        node.http.post("/api/v1/blocks/raw", json!({"raw": hex::encode(raw)}).to_string()).await;
    }
    let replaced = listener.next().await.unwrap();
    assert_eq!(replaced.name, "replacement");
    let replacement = &replaced.data["replacement"];
    assert_eq!((&replacement["fork"], &replacement["length"]), (&json!(1), &json!(3)));
    assert_eq!((&replacement["given_up"]["count"], &replacement["connected"]["count"]), (&json!(1), &json!(2)));
    assert_eq!(replacement["given_up"]["blocks"][0]["hash"], mined["hash"]);
    let received = listener.next().await.unwrap();
    assert_eq!((received.name.as_str(), &received.data["mined_here"]), ("block", &json!(false)));
    assert_eq!(received.data["header"]["hash"], branch.tip().hash.to_string());
    let bad = node.http.get("/api/v1/events?only=payment").await;
    assert_eq!((bad.status, bad.text.contains("transaction")), (400, true), "{}", bad.text);
}

#[tokio::test]
async fn the_document_is_that_of_these_rules_and_its_examples_are_true() {
    let node = TestNode::sound(&instant("document"), Some(MINER)).await;
    let document = node.http.get("/api/v1/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    for path in [
        "/mine_block",
        "/api/v1/blocks/raw",
        "/api/v1/blocks/{id}/header",
        "/api/v1/transactions/{id}/proof",
        "/api/v1/mining/template",
        "/api/v1/mining/submit",
        "/api/v1/network",
        "/api/v1/qr.svg",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    assert!(!paths.contains_key("/api/v1/judgements"));
    // Whatever a schema refers to is there.
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document["components"]["schemas"].get(reference).is_some(), "{reference}");
    }
    let example = &paths["/mine_block"]["get"]["responses"]["200"]["content"]["application/json"]["example"];
    let mined = node.http.mine().await;
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(example), keys(&mined));
    let chain = &paths["/get_chain"]["get"]["responses"]["200"]["content"]["application/json"]["example"]["chain"];
    assert_eq!(chain[1]["previous_hash"], chain[0]["hash"]);
    assert_eq!(example["hash"], chain[1]["hash"]);
    let sent = &paths["/add_transaction"]["post"]["requestBody"]["content"]["application/json"]["example"];
    // It is signed for another network, and that is all that is wrong with it.
    let refusal = node.http.post("/add_transaction", sent.to_string()).await;
    assert!(refusal.status == 400 && refusal.text.contains("or for another network"), "{}", refusal.text);
}
