//! The OpenAPI document, driven by schemathesis against a running node: no 5xx, no answer outside its schema, nothing accepted
//! that the document forbids.

use std::process::Command;

use crate::support::BCOIN;

#[test]
#[ignore = "needs schemathesis, from PyPI"]
fn the_node_answers_as_its_document_says() {
    let schemathesis =
        std::env::var("BCOIN_TEST_SCHEMATHESIS").expect("BCOIN_TEST_SCHEMATHESIS names the program schemathesis");
    let cases = std::env::var("BCOIN_TEST_SCHEMATHESIS_CASES").unwrap_or_else(|_| "60".into());
    // The mempool has to hold all transactions that are sent.
    let node = BCOIN.start(&["--port", "0", "--max-pending", "1000000"]);
    let document = format!("http://{}/api/v1/openapi.json", node.address());
    let output = Command::new(schemathesis)
        .args(["--config-file", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis/schemathesis.toml")])
        .args(["run", &document, "--max-examples", &cases])
        .args(["--continue-on-failure", "--generation-database", "none", "--request-timeout", "15"])
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
