//! The OpenAPI document, driven by schemathesis against a running node: no 5xx, no answer outside its schema, nothing accepted
//! that the document forbids.

use std::process::Command;

use crate::support::BCOIN;

/// Who is paid by the node of the sound rules.
const ADDRESS: &str = "bco1qracvj2zulfxe77e22kj36evh8p40kn6dflyr5fkdg5tl575vjlzxq73qgk";

#[test]
#[ignore = "needs schemathesis, from PyPI"]
fn the_node_answers_as_its_document_says() {
    // The mempool has to hold all transactions that are sent.
    drive(&["--port", "0", "--max-pending", "1000000"], &cases(), &[]);
}

/// What a schema describes is mostly not signed, and so is refused.
#[test]
#[ignore = "needs schemathesis, from PyPI"]
fn a_node_of_the_sound_rules_answers_as_its_document_says() {
    let node =
        ["--port", "0", "--rules", "sound", "--profile", "instant", "--room", "schemathesis", "--miner", ADDRESS];
    drive(&node, "30", &["--exclude-checks", "positive_data_acceptance"]);
}

fn cases() -> String {
    std::env::var("BCOIN_TEST_SCHEMATHESIS_CASES").unwrap_or_else(|_| "60".into())
}

/// Starts a node with these arguments, and asks it whatever its document lets one ask.
fn drive(node: &[&str], cases: &str, further: &[&str]) {
    let schemathesis =
        std::env::var("BCOIN_TEST_SCHEMATHESIS").expect("BCOIN_TEST_SCHEMATHESIS names the program schemathesis");
    let node = BCOIN.start(node);
    let document = format!("http://{}/api/v1/openapi.json", node.address());
    let output = Command::new(schemathesis)
        .args(["--config-file", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis/schemathesis.toml")])
        .args(["run", &document, "--max-examples", cases])
        .args(["--continue-on-failure", "--generation-database", "none", "--request-timeout", "15"])
        .args(further)
        .output()
        .expect("schemathesis runs");
    let report = String::from_utf8_lossy(&output.stdout);
    println!("{report}");
    assert!(output.status.success(), "{report}");
    // The node still works.
    let http = node.http();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        assert_eq!(http.get("/readyz").await.status, 200);
        assert!(http.is_valid().await);
    });
}
