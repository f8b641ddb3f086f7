//! Exchanging chains with nodes of the printed listing (docs/contract.md section 5): a real Flask node, in both directions.

use std::process::Command;

use bcoin::wire::MAX_NESTING;
use bcoin_ledger::chapter::{Number, Scalar, Transaction};
use bcoin_testkit::{FakePeer, Http, Process, chain};
use serde_json::json;

use crate::support::TestNode;

/// The fixture of `tests/flask_node`.
struct FlaskNode {
    process: Process,
    http: Http,
}

fn python() -> String {
    std::env::var("BCOIN_TEST_PYTHON").unwrap_or_else(|_| "python3".into())
}

impl FlaskNode {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flask_node/node.py");
        let process =
            Process::start_saying("listening on http://", Command::new(python()).args([script, "--port", "0"]));
        Self { http: process.http(), process }
    }

    fn address(&self) -> String {
        self.process.address().to_string()
    }

    async fn post(&self, path: &str, body: serde_json::Value) -> u16 {
        let request = self.http.request("POST", path).header("Content-Type", "application/json").body(body.to_string());
        self.http.send(request).await.status
    }
}

#[tokio::test]
#[ignore = "needs Python with tests/flask_node/requirements.txt; BCOIN_TEST_PYTHON names its interpreter"]
async fn a_flask_node_and_a_bcoin_node_adopt_each_others_chains() {
    let (bcoin, flask) = (TestNode::start().await, FlaskNode::start());
    bcoin.connect(&[&flask.address()]).await;
    assert_eq!(flask.post("/connect_node", json!({"nodes": [format!("http://{}", bcoin.address())]})).await, 201);

    // All kinds of values that the two languages could write differently.
    for amount in [
        "7",
        "\"12.50\"",
        "0.1",
        "1e16",
        "1E-7",
        "654823117306748.25",
        "123456789012345680.0",
        "1e23",
        "5e-324",
        "1000000000000000000000000000000000000000000",
    ] {
        let body =
            format!(r#"{{"sender": "张三 \u00e9😀 \u007f/\u2028", "receiver": "\"\\\b\f", "amount": {amount}}}"#);
        assert_eq!(bcoin.http.post("/add_transaction", body).await.status, 201, "{amount}");
    }
    bcoin.http.mine().await;
    bcoin.http.mine().await;

    assert!(flask.http.replace_chain().await, "Flask adopts the chain");
    assert!(flask.http.is_valid().await, "Flask calls it valid");
    assert_eq!(flask.http.chain().await, bcoin.http.chain().await);

    assert_eq!(
        flask.post("/add_transaction", json!({"sender": "漢字", "receiver": "b", "amount": 0.30000000000000004})).await,
        201
    );
    assert_eq!(flask.http.mine().await["index"], 4);

    assert!(bcoin.http.replace_chain().await, "B-Coin adopts it back");
    assert!(bcoin.http.is_valid().await, "B-Coin calls it valid");
    assert_eq!(bcoin.http.chain().await, flask.http.chain().await);

    assert!(!flask.http.replace_chain().await);
    assert!(!bcoin.http.replace_chain().await);
    assert_eq!(bcoin.http.mine().await["index"], 5);
    assert!(flask.http.replace_chain().await);
    assert!(flask.http.is_valid().await);
}

/// A peer's chain holds what CPython does not read and what no node takes; then the peer has another chain. What the node mines
/// afterwards has to be of use to printed nodes.
#[tokio::test]
#[ignore = "needs Python with tests/flask_node/requirements.txt; BCOIN_TEST_PYTHON names its interpreter"]
async fn what_a_node_mines_after_a_stranger_was_there_is_read_by_cpython_and_adopted_by_flask() {
    let (bcoin, flask) = (TestNode::start().await, FlaskNode::start());
    let take = async |body: String| {
        let stranger = FakePeer::serving(body).await;
        bcoin.connect(&[&stranger.address()]).await;
        bcoin.http.replace_chain().await
    };
    let text = |text: &str| Scalar::Text(text.into());
    let good = Transaction { sender: text("Alice"), receiver: text("Bob"), amount: text("10") };
    let marked = Transaction { amount: text("MARK"), ..good.clone() };
    let strange = vec![
        Transaction { amount: Scalar::Number(Number::from_json("-7").unwrap()), ..good.clone() },
        Transaction { sender: Scalar::Null, receiver: Scalar::Null, ..good.clone() },
        good.clone(),
        Transaction::coinbase("n", "m"),
    ];
    let chain_of = |length: u64, content: Vec<Transaction>| {
        chain::body(chain::texts_with(length, move |_| ("t".into(), content.clone())))
    };
    let long_integer = chain_of(2, vec![marked]).replace("\"MARK\"", &"9".repeat(4301));
    assert!(!take(long_integer).await, "an integer that CPython does not read");
    assert!(take(chain_of(3, strange)).await);
    assert!(take(chain_of(4, vec![])).await);

    let mined = bcoin.http.mine().await;
    let amounts: Vec<_> = mined["transactions"].as_array().unwrap().iter().map(|paid| paid["amount"].clone()).collect();
    assert_eq!(amounts, [json!("10"), json!("10"), json!(1)], "two payments wait again, and the reward follows");
    let script = "import json, sys, urllib.request as r; print(json.load(r.urlopen(sys.argv[1]))['length'])";
    let url = format!("http://{}/get_chain", bcoin.address());
    let mut read = Command::new(python());
    read.args(["-c", script, &url]);
    let read = tokio::task::spawn_blocking(move || read.output().unwrap()).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&read.stdout).trim(), "5", "{}", String::from_utf8_lossy(&read.stderr));

    assert_eq!(flask.post("/connect_node", json!({"nodes": [format!("http://{}", bcoin.address())]})).await, 201);
    assert!(flask.http.replace_chain().await, "Flask adopts the chain");
    assert!(flask.http.is_valid().await, "Flask calls it valid");
    assert_eq!(flask.http.chain().await, bcoin.http.chain().await);
}

#[tokio::test]
#[ignore = "needs Python with tests/flask_node/requirements.txt; BCOIN_TEST_PYTHON names its interpreter"]
async fn bodies_are_read_as_deep_as_a_flask_node_reads_them() {
    let (bcoin, flask) = (TestNode::start().await, FlaskNode::start());
    for (opening, closing) in [("[", "]"), ("{\"a\":", "}")] {
        let body = |levels: usize| {
            let (inner, levels) = (if opening == "[" { "" } else { "1" }, levels - 1);
            let note = format!("{}{inner}{}", opening.repeat(levels), closing.repeat(levels));
            format!(r#"{{"sender": "a", "receiver": "b", "amount": 1, "note": {note}}}"#)
        };
        for (levels, by_flask, here) in [(MAX_NESTING, 201, 201), (MAX_NESTING + 1, 500, 400)] {
            for (node, expected) in [(&flask.http, by_flask), (&bcoin.http, here)] {
                let request = node.request("POST", "/add_transaction").header("Content-Type", "application/json");
                assert_eq!(node.send(request.body(body(levels))).await.status, expected, "{opening} {levels}");
            }
        }
    }
}
