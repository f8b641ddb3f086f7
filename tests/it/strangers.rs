//! Transactions that only a stranger's chain can hold: they do not wait here.

use bcoin::app::Config;
use bcoin_ledger::{
    Rules as _,
    chapter::{Chapter, Number, Scalar, Transaction},
};
use bcoin_node::{
    now,
    store::{FirstContent, Location, Opened},
};
use bcoin_testkit::{FakePeer, chain};
use serde_json::{Value, json};

use crate::support::{LOCALHOST, TestNode};

fn text(text: &str) -> Scalar {
    Scalar::Text(text.into())
}

fn number(json: &str) -> Scalar {
    Scalar::Number(Number::from_json(json).unwrap())
}

/// A payment that every node takes, and what `/add_transaction` refuses.
fn transactions() -> (Transaction, Vec<Transaction>) {
    let good = Transaction { sender: text("Alice"), receiver: text("Bob"), amount: text("10") };
    let long = "x".repeat(257);
    let refused = vec![
        Transaction { sender: Scalar::Null, ..good.clone() },
        Transaction { receiver: number("7"), ..good.clone() },
        Transaction { sender: text(""), ..good.clone() },
        Transaction { receiver: text(&long), ..good.clone() },
        Transaction { amount: number("-1"), ..good.clone() },
        Transaction { amount: number("0.0"), ..good.clone() },
        Transaction { amount: text("ten"), ..good.clone() },
        Transaction { amount: Scalar::Bool(true), ..good.clone() },
    ];
    (good, refused)
}

#[tokio::test]
async fn what_no_node_takes_does_not_wait_again_and_is_counted() {
    let (good, refused) = transactions();
    let count = refused.len();
    let strange = chain::body(chain::texts_with(2, |_| {
        let reward = Transaction::coinbase("n", "m");
        ("t".into(), [refused.clone(), vec![good.clone(), reward]].concat())
    }));
    let (node, stranger) = (TestNode::start().await, FakePeer::serving(strange).await);
    node.connect(&[&stranger.address()]).await;
    let replace = async || node.http.post("/api/v1/replacements", "").await.json();
    assert_eq!(replace().await["replacement"]["not_returned"], 0);

    let longer = FakePeer::serving(chain::body(chain::texts(3))).await;
    node.connect(&[&longer.address()]).await;
    let replacement = replace().await["replacement"].clone();
    assert_eq!((&replacement["returned"]["count"], &replacement["not_returned"]), (&json!(1), &json!(count)));
    let pending: Value = node.http.get("/api/v1/pending").await.json();
    assert_eq!(pending["transactions"], json!([{"sender": "Alice", "receiver": "Bob", "amount": "10"}]));
    let block = node.http.mine().await;
    assert_eq!(block["transactions"].as_array().unwrap().len(), 2);
}

/// Earlier programs let everything in disconnected blocks wait again.
#[tokio::test]
async fn what_waited_in_a_folder_and_may_not_is_gone_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let first = || FirstContent { node_address: "n".into(), genesis: Chapter.genesis(now()) };
    let (good, mut waiting) = transactions();
    waiting.insert(1, good.clone());
    waiting.push(good);
    let opened = Opened::open(Chapter, &location, first(), &|_, _| ()).unwrap();
    opened.store.add_to_mempool(&waiting, &[], &[], bcoin_node::now().to_utc()).unwrap();
    drop(opened);

    let node = TestNode::start_with(Config::new(LOCALHOST, 0, location.clone())).await;
    assert_eq!(node.http.get("/api/v1/status").await.json()["pending"], 2);
    assert_eq!(node.http.get("/api/v1/pending").await.json()["total"], 2);
    node.http.mine().await;
    node.running.stop().await;
    let opened = Opened::open(Chapter, &location, first(), &|_, _| ()).unwrap();
    assert!(opened.contents.mempool.transactions().is_empty());
}
