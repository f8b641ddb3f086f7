//! Many clients at once.

use std::collections::BTreeSet;

use bcoin_node::now;

use crate::support::TestNode;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_miners_get_sixty_four_blocks() {
    let node = TestNode::start().await;
    let miners: Vec<_> = (0..64)
        .map(|_| {
            let http = node.http.clone();
            tokio::spawn(async move { http.mine().await["index"].as_u64().unwrap() })
        })
        .collect();
    let mut indices = BTreeSet::new();
    for miner in miners {
        indices.insert(miner.await.unwrap());
    }
    assert_eq!(indices, (2..=65).collect());
    assert_eq!(node.http.chain().await.len(), 65);
    assert!(node.http.is_valid().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_transactions_while_mining_are_each_kept_once() {
    let node = TestNode::start().await;
    let payers: Vec<_> = (1..=300)
        .map(|amount| {
            let http = node.http.clone();
            tokio::spawn(async move { http.pay(amount).await.status })
        })
        .collect();
    let miner = {
        let http = node.http.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                http.mine().await;
            }
        })
    };
    for payer in payers {
        assert_eq!(payer.await.unwrap(), 201);
    }
    miner.await.unwrap();
    node.http.mine().await;
    let mut amounts = node.http.paid_amounts().await;
    amounts.sort_unstable();
    assert_eq!(amounts, (1..=300).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_is_read_while_it_grows_is_never_inconsistent() {
    let node = TestNode::start().await;
    // Long enough that it is read in more than one piece.
    let sender = "x".repeat(256);
    for _ in 0..1200 {
        let body = format!(r#"{{"sender": "{sender}", "receiver": "b", "amount": 1}}"#);
        assert_eq!(node.http.post("/add_transaction", body).await.status, 201);
    }
    let miner = {
        let http = node.http.clone();
        tokio::spawn(async move {
            for _ in 0..20 {
                http.mine().await;
            }
        })
    };
    let mut lengths = BTreeSet::new();
    while !miner.is_finished() {
        let chain = node.http.chain().await;
        let mut check = bcoin_ledger::chapter::ChainCheck::default();
        for block in &chain {
            let block = bcoin_ledger::chapter::Block::from_json(&block.to_string()).unwrap();
            check.push(block, now()).unwrap();
        }
        lengths.insert(chain.len());
    }
    miner.await.unwrap();
    assert!(lengths.len() > 1, "the chain grew while it was read: {lengths:?}");
}
