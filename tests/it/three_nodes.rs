//! The chapter's walk on three nodes, and the transactions and blocks that a replacement keeps.

use serde_json::{Value, json};

use crate::support::TestNode;

#[tokio::test]
async fn the_walk_through_the_chapter() {
    let [one, two, three] = TestNode::three().await;
    assert_eq!(one.http.post("/add_transaction", include_str!("../../transaction.json")).await.status, 201);
    one.http.mine().await;
    one.http.mine().await;

    for node in [&two, &three] {
        let answer = node.http.get("/replace_chain").await;
        assert_eq!(answer.keys(), ["message", "new_chain"]);
        assert_eq!(
            answer.message(),
            "Because the nodes are different, the longest chain is used to replace the chain.."
        );
        assert_eq!(answer.json()["new_chain"], Value::from(one.http.chain().await));
        assert!(node.http.is_valid().await);
    }
    let answer = one.http.get("/replace_chain").await;
    assert_eq!(answer.message(), "Everything seems to be fine. It is the most extensive chain.");
    assert_eq!(answer.json()["new_chain"], Value::from(one.http.chain().await));

    three.http.mine().await;
    assert!(one.http.replace_chain().await, "the others follow whoever is ahead");
    assert_eq!(one.http.chain().await, three.http.chain().await);
}

#[tokio::test]
async fn a_tie_keeps_the_own_chain() {
    let [one, two, _three] = TestNode::three().await;
    one.http.mine().await;
    two.http.mine().await;
    let before = two.http.chain().await;
    assert!(!two.http.replace_chain().await);
    assert_eq!(two.http.chain().await, before);
}

#[tokio::test]
async fn a_replacement_returns_transactions_to_the_mempool_once() {
    let [one, two, _three] = TestNode::three().await;
    // Known to both: in a block of node 1, in the mempool of node 2.
    one.http.pay(1).await;
    two.http.pay(1).await;
    // Twice in a block that node 2 disconnects, and once in node 1's chain.
    two.http.pay(2).await;
    two.http.pay(2).await;
    one.http.pay(2).await;
    two.http.mine().await;
    two.http.pay(3).await;
    one.http.mine().await;
    one.http.mine().await;

    assert!(two.http.replace_chain().await);
    let next = two.http.mine().await;
    let amounts: Vec<_> = next["transactions"].as_array().unwrap().iter().map(|t| t["amount"].clone()).collect();
    assert_eq!(amounts, [json!(2), json!(3), json!(1)], "the second 2, then 3, then the reward: {next}");
    assert_eq!(next["transactions"][2]["sender"], two.running.node().node_address());

    let mut amounts = two.http.paid_amounts().await;
    amounts.sort_unstable();
    assert_eq!(amounts, [1, 2, 2, 3]);
}

#[tokio::test]
async fn a_chain_with_a_common_beginning_keeps_it() {
    let [one, two, _three] = TestNode::three().await;
    one.http.pay(1).await;
    one.http.mine().await;
    assert!(two.http.replace_chain().await);
    // A fork: node 2 disconnects one block, and not the common ones.
    two.http.pay(2).await;
    two.http.mine().await;
    one.http.mine().await;
    one.http.mine().await;
    assert!(two.http.replace_chain().await);
    two.http.mine().await;
    assert_eq!(two.http.paid_amounts().await, [1, 2]);
    assert!(two.http.is_valid().await);
}

#[tokio::test]
async fn a_node_that_knows_nobody_or_only_itself_keeps_its_chain() {
    let node = TestNode::start().await;
    assert!(!node.http.replace_chain().await);
    let own = node.address();
    let port = node.running.address().port();
    node.connect(&[&own, &format!("localhost:{port}")]).await;
    assert!(!node.http.replace_chain().await);
}
