//! The Postman collection, run by newman against three real processes.

use std::process::Command;

use crate::support::BCOIN;

#[test]
#[ignore = "needs newman from the npm registry; BCOIN_TEST_NEWMAN names the program"]
fn the_collection_passes_on_fresh_nodes_and_again_on_used_ones() {
    let newman = std::env::var("BCOIN_TEST_NEWMAN").unwrap_or_else(|_| "newman".into());
    let nodes: Vec<_> =
        (6001..=6003).map(|port: u16| BCOIN.start(&["--in-memory", "--port", &port.to_string()])).collect();
    for run in ["fresh", "used"] {
        let status = Command::new(&newman)
            .args(["run", concat!(env!("CARGO_MANIFEST_DIR"), "/postman_collection.json"), "--bail"])
            .args(["--env-var", "network=http://127.0.0.1:600", "--color", "off", "--disable-unicode"])
            .status()
            .unwrap_or_else(|error| panic!("{newman}: {error}"));
        assert!(status.success(), "on {run} nodes");
    }
    assert_eq!(nodes.len(), 3);
}
