//! The mining modes: in an interval, on each transaction, and off.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::support::TestNode;

/// How long a test waits for anything that has to happen.
const TIMEOUT: Duration = Duration::from_secs(30);

async fn set(node: &TestNode, body: &'static str) {
    let answer = node.http.send(node.http.request("PUT", "/api/v1/mining").body(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Waits until `reached` holds for the length of the chain and the size of the mempool.
async fn until(node: &TestNode, reached: impl Fn(u64, u64) -> bool) {
    let polling = async {
        loop {
            let status = node.http.get("/api/v1/status").await.json();
            if reached(status["length"].as_u64().unwrap(), status["pending"].as_u64().unwrap()) {
                return;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(TIMEOUT, polling).await.expect("the node gets there");
}

#[tokio::test]
async fn blocks_come_in_an_interval_until_it_is_switched_off() {
    let node = TestNode::start().await;
    set(&node, r#"{"mode": "interval", "every_ms": 100}"#).await;
    until(&node, |length, _| length >= 4).await;
    set(&node, r#"{"mode": "off"}"#).await;
    // One may have been under way.
    sleep(Duration::from_millis(300)).await;
    let length = node.http.chain().await.len();
    sleep(Duration::from_millis(400)).await;
    assert_eq!(node.http.chain().await.len(), length);
    assert!(node.http.is_valid().await);
}

#[tokio::test]
async fn transactions_are_mined_when_they_arrive_and_only_then() {
    let node = TestNode::start().await;
    node.http.pay(1).await;
    set(&node, r#"{"mode": "on_payment"}"#).await;
    until(&node, |length, mempool| length == 2 && mempool == 0).await;
    for amount in 2..=50 {
        node.http.pay(amount).await;
    }
    until(&node, |_, mempool| mempool == 0).await;
    let mut paid = node.http.paid_amounts().await;
    paid.sort_unstable();
    assert_eq!(paid, (1..=50).collect::<Vec<_>>());
    let length = node.http.chain().await.len();
    sleep(Duration::from_millis(300)).await;
    assert_eq!(node.http.chain().await.len(), length, "nothing waits, so nothing is mined");
}

#[tokio::test]
async fn a_node_that_mines_by_itself_serves_others_and_stops() {
    let node = TestNode::start().await;
    set(&node, r#"{"mode": "interval", "every_ms": 100}"#).await;
    let mined = futures_util::future::join_all((0..20).map(|_| node.http.mine())).await;
    assert_eq!(mined.len(), 20);
    set(&node, r#"{"mode": "on_payment"}"#).await;
    node.http.pay(1).await;
    timeout(TIMEOUT, node.running.stop()).await.expect("the node stops");
}
