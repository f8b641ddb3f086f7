//! Nodes of one network under the sound rules that mine with different power: they agree in the end, and what was paid twice is
//! told of.

use std::time::{Duration, Instant};

use bcoin::app::{Config, RulesConfig};
use bcoin_ledger::{Power, Tip};
use bcoin_node::now;
use bcoin_testkit::{
    Http,
    sound::{Branch, FEE, SUBSIDY, address, instant, transfer, transfer_json},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{events::Listener, support::TestNode};

/// How long a test waits for anything that has to happen.
const TIMEOUT: Duration = Duration::from_secs(120);
/// How long the nodes mine beside each other.
const MINING: Duration = Duration::from_secs(4);

/// Nodes of a room that know each other; each mines for the key of its number, from 1 on, with this part of the processor.
async fn meshed<const N: usize>(room: &str, percents: [u8; N]) -> Vec<TestNode> {
    let rules = instant(room);
    let mut nodes = Vec::new();
    for (number, percent) in (1..).zip(percents) {
        let network = Box::new(rules.network().clone());
        let config = Config {
            rules: RulesConfig::Sound { network, miner: Some(address(number)) },
            power: percent.to_string().parse::<Power>().unwrap(),
            ..TestNode::config()
        };
        nodes.push(TestNode::start_with(config).await);
    }
    for node in &nodes {
        let others: Vec<_> = nodes.iter().map(TestNode::address).filter(|other| *other != node.address()).collect();
        node.connect(&others.iter().map(String::as_str).collect::<Vec<_>>()).await;
    }
    nodes
}

async fn set_mining(node: &TestNode, mining: Value) {
    let request = node.http.request("PUT", "/api/v1/mining").body(mining.to_string());
    assert_eq!(node.http.send(request).await.status, 200);
}

fn tip(node: &TestNode) -> Tip {
    node.running.node().view().tip
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < TIMEOUT, "{what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Lets nodes mine in these ways for a while, and asserts that all have the same chain afterwards.
async fn converge(nodes: &[TestNode], ways: &[Value]) {
    for (node, way) in nodes.iter().zip(ways) {
        set_mining(node, way.clone()).await;
    }
    sleep(MINING).await;
    for node in nodes {
        set_mining(node, json!({"mode": "off"})).await;
    }
    // Each has as much work as any other, but of two chains with the same work each keeps the one that it had first.
    until("all hear of the most work", || nodes.iter().all(|node| tip(node).work == tip(&nodes[0]).work)).await;
    nodes[0].http.mine().await;
    until("all take the best chain", || nodes.iter().all(|node| tip(node) == tip(&nodes[0]))).await;
    let best = nodes[0].http.get("/get_chain").await.text;
    for node in nodes {
        assert_eq!(node.http.get("/get_chain").await.text, best);
        assert!(node.http.is_valid().await);
    }
}

/// How many blocks of the chain each of the first `count` keys was paid for.
async fn shares(node: &TestNode, count: u8) -> Vec<usize> {
    let chain = node.http.chain().await;
    let of = |number| {
        let receiver = json!(address(number).to_string());
        chain.iter().filter(|block| block["transactions"][0]["receiver"] == receiver).count()
    };
    (1..=count).map(of).collect()
}

#[tokio::test]
async fn two_nodes_with_different_power_agree_when_mining_stops() {
    let nodes = meshed("two powers", [100, 100]).await;
    let interval = |every_ms: u64| json!({"mode": "interval", "every_ms": every_ms});
    converge(&nodes, &[interval(400), interval(100)]).await;
    let shares = shares(&nodes[0], 2).await;
    assert!(shares[0] > 0 && shares[1] > shares[0], "{shares:?}");
}

#[tokio::test]
async fn three_nodes_of_which_one_never_rests_agree_when_mining_stops() {
    let nodes = meshed("three powers", [100, 100, 5]).await;
    let interval = |every_ms: u64| json!({"mode": "interval", "every_ms": every_ms});
    converge(&nodes, &[interval(500), interval(200), json!({"mode": "continuous"})]).await;
    let shares = shares(&nodes[0], 3).await;
    assert!(shares[2] > shares[0], "{shares:?}");
}

async fn offer(http: &Http, raw: &[u8]) {
    let answer = http.post("/api/v1/blocks/raw", json!({"raw": hex::encode(raw)}).to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

async fn balance(node: &TestNode, number: u8) -> u64 {
    let account = node.http.get(&format!("/api/v1/accounts/{}", address(number))).await.json();
    account["balance"].as_u64().unwrap()
}

#[tokio::test]
async fn a_double_spend_on_the_weaker_branch_disappears_and_is_told_of() {
    let room = "double spend";
    let rules = instant(room);
    let (weak, strong) = (TestNode::sound(&rules, Some(1)).await, TestNode::sound(&rules, Some(3)).await);
    for raw in Branch::new(&rules, 1, now() - TimeDelta::seconds(100)).mine_empty(11) {
        offer(&weak.http, &raw).await;
        offer(&strong.http, &raw).await;
    }
    // All that key 1 has goes to the shop here, and to another key of the same person there.
    let all = SUBSIDY - 10 * FEE;
    let (to_shop, to_self) = (transfer(&rules, 1, 2, all, 10 * FEE, 0), transfer(&rules, 1, 4, all, 10 * FEE, 0));
    let path = format!("/api/v1/transactions/{}", to_shop.id());
    for (node, sent) in [(&weak, &to_shop), (&strong, &to_self)] {
        node.http.post("/add_transaction", transfer_json(sent).to_string()).await.expect(201).unwrap();
        node.http.mine().await;
    }
    // What the shop pays on is built on money that it will have never had.
    let paid_on = transfer(&rules, 2, 5, 7, FEE, 0);
    weak.http.post("/add_transaction", transfer_json(&paid_on).to_string()).await.expect(201).unwrap();
    weak.http.mine().await;
    let before = weak.http.get(&path).await.json();
    assert_eq!((&before["state"], &before["confirmations"]), (&json!("confirmed"), &json!(2)));
    assert_eq!(balance(&weak, 2).await, all - 7 - FEE);
    for _ in 0..2 {
        strong.http.mine().await;
    }

    let mut listener = Listener::start(&weak.http, None).await;
    weak.connect(&[&strong.address()]).await;
    until("the weaker branch gives way", || tip(&weak) == tip(&strong)).await;
    for id in [to_shop.id(), paid_on.id()] {
        let gone = weak.http.get(&format!("/api/v1/transactions/{id}")).await.json();
        assert_eq!((&gone["state"], &gone["why"]), (&json!("gone"), &json!("undone")), "{gone}");
        assert_eq!(weak.http.get(&format!("/api/v1/transactions/{id}/proof")).await.status, 404);
    }
    let (mut left, mut replaced) = (Vec::new(), None);
    while left.len() < 2 || replaced.is_none() {
        let heard = listener.next().await.unwrap();
        match heard.name.as_str() {
            "left" => {
                assert_eq!(heard.data["why"], "undone");
                left.extend(heard.data["ids"].as_array().unwrap().clone());
            }
            "replacement" => replaced = Some(heard.data["replacement"]["given_up"]["count"].clone()),
            _ => {}
        }
    }
    assert_eq!(left, [json!(to_shop.id().to_string()), json!(paid_on.id().to_string())]);
    assert_eq!(replaced, Some(json!(2)));
    assert_eq!((balance(&weak, 2).await, balance(&weak, 4).await), (0, all));
    assert_eq!(weak.http.get("/api/v1/pending").await.json()["total"], 0);
    // The same payment cannot come back.
    let again = weak.http.post("/add_transaction", transfer_json(&to_shop).to_string()).await;
    assert_eq!(again.status, 400, "{}", again.text);
    assert!(again.text.contains("nonce"), "{}", again.text);
}
