//! Chains that are served in several segments, the first of which a node caches.

use serde_json::json;

use crate::support::TestNode;

/// Mines a block that is longer than a chunk, with transactions of this sender.
async fn mine_long_block(node: &TestNode, sender: &str) {
    let amount = "7".repeat(4_300);
    for _ in 0..70 {
        let transaction = json!({"sender": sender, "receiver": "Bob", "amount": amount}).to_string();
        assert_eq!(node.http.post("/add_transaction", transaction).await.status, 201);
    }
    node.http.mine().await;
}

/// The expected answer to `/get_chain`, joined from the single blocks.
async fn expected(node: &TestNode) -> String {
    let length = node.running.node().view().tip.height;
    let mut blocks = Vec::new();
    for index in 1..=length {
        blocks.push(node.http.get(&format!("/api/v1/blocks/{index}/text")).await.text);
    }
    format!("{{\"chain\": [{}], \"length\": {length}}}\n", blocks.join(", "))
}

/// Reads the chain twice: the second time from the cache.
async fn assert_served(node: &TestNode) {
    let expected = expected(node).await;
    assert!(expected.len() > 900_000, "several pieces");
    for reading in ["first", "second"] {
        assert!(node.http.get("/get_chain").await.text == expected, "another chain at the {reading} reading");
    }
    let again = node.http.get("/replace_chain").await.text;
    let blocks = expected.strip_prefix("{\"chain\": ").unwrap().rsplit_once(", \"length\"").unwrap().0;
    assert!(again.ends_with(&format!("\"new_chain\": {blocks}}}\n")), "another chain after /replace_chain");
}

#[tokio::test]
async fn a_chain_is_served_as_it_is_whatever_was_served_before() {
    let node = TestNode::start().await;
    for _ in 0..3 {
        mine_long_block(&node, "Alice").await;
    }
    assert_served(&node).await;
    // One more block after the last cached segment.
    node.http.mine().await;
    assert_served(&node).await;
    mine_long_block(&node, "Alice").await;
    assert_served(&node).await;

    // Another, longer chain with blocks of the same lengths.
    let other = TestNode::start().await;
    for _ in 0..6 {
        mine_long_block(&other, "Carol").await;
    }
    node.connect(&[&other.address()]).await;
    assert!(node.http.replace_chain().await);
    assert_served(&node).await;
    assert_eq!(node.http.get("/get_chain").await.text, other.http.get("/get_chain").await.text);

    // The same beginning, and another end.
    mine_long_block(&node, "Alice").await;
    assert_served(&node).await;
    mine_long_block(&other, "Dave").await;
    mine_long_block(&other, "Dave").await;
    assert!(node.http.replace_chain().await);
    assert_served(&node).await;
    assert_eq!(node.http.get("/get_chain").await.text, other.http.get("/get_chain").await.text);
}
