//! The Postman collection, run by newman against real processes: three nodes of each set of rules.

use std::{
    ops::RangeInclusive,
    process::{Command, ExitStatus},
};

use bcoin_testkit::Process;

use crate::support::BCOIN;

/// Whom the walk through the sound rules lets the nodes pay.
const ALICE: &str = "bco1qracvj2zulfxe77e22kj36evh8p40kn6dflyr5fkdg5tl575vjlzxq73qgk";

fn start(ports: RangeInclusive<u16>, rules: &[&str]) -> Vec<Process> {
    let node = |port: u16| BCOIN.start(&[&["--in-memory", "--port", &port.to_string()], rules].concat());
    ports.map(node).collect()
}

fn start_sound(ports: RangeInclusive<u16>) -> Vec<Process> {
    start(ports, &["--rules", "sound", "--profile", "instant", "--room", "Postman", "--miner", ALICE])
}

fn newman(arguments: &[&str]) -> ExitStatus {
    let newman = std::env::var("BCOIN_TEST_NEWMAN").unwrap_or_else(|_| "newman".into());
    Command::new(&newman)
        .args(["run", concat!(env!("CARGO_MANIFEST_DIR"), "/postman_collection.json"), "--bail"])
        .args(["--color", "off", "--disable-unicode"])
        .args(arguments)
        .status()
        .unwrap_or_else(|error| panic!("{newman}: {error}"))
}

#[test]
#[ignore = "needs newman from the npm registry; BCOIN_TEST_NEWMAN names the program"]
fn the_collection_passes_on_fresh_nodes_and_again_on_used_ones() {
    let (chapter, sound) = (start(6001..=6003, &[]), start_sound(6101..=6103));
    for run in ["fresh", "used"] {
        let status = newman(&["--env-var", "network=http://127.0.0.1:600", "--env-var", "sound=http://127.0.0.1:610"]);
        assert!(status.success(), "on {run} nodes");
    }
    assert_eq!(chapter.len() + sound.len(), 6);
}

#[test]
#[ignore = "needs newman from the npm registry; BCOIN_TEST_NEWMAN names the program"]
fn the_walk_through_the_sound_rules_passes_without_the_others() {
    let nodes = start_sound(6111..=6113);
    let status = newman(&["--folder", "Sound rules", "--env-var", "sound=http://127.0.0.1:611"]);
    assert!(status.success());
    assert_eq!(nodes.len(), 3);
}
