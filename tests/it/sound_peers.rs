//! Nodes under the sound rules exchange blocks over HTTP, and with nobody who is not of their network.

use std::time::Duration;

use bcoin::app::{Config, RuledNode, RulesConfig};
use bcoin_ledger::{
    Rules as _, Tip,
    sound::{Network, Profile, Sound},
};
use bcoin_node::{CandidateBuilder, CandidateLimits, now, store::Location};
#[cfg(target_os = "linux")]
use bcoin_testkit::process::memory;
use bcoin_testkit::sound::{Branch, address, instant};
use chrono::TimeDelta;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::support::{BCOIN, LOCALHOST, TestNode};

/// How long a test waits for anything that has to happen.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The room of these tests.
const ROOM: &str = "sound peers";

/// A node of this room that mines for the key of this number.
async fn node_of(room: &str, number: u8) -> TestNode {
    let network = Box::new(Network::room(Profile::Instant, room, || false).unwrap());
    let rules = RulesConfig::Sound { network, miner: Some(address(number)) };
    TestNode::start_with(Config { rules, ..Config::new(LOCALHOST, 0, Location::Memory) }).await
}

/// Nodes that know each other.
async fn meshed<const N: usize>(numbers: [u8; N]) -> Vec<TestNode> {
    let mut nodes = Vec::new();
    for number in numbers {
        nodes.push(node_of(ROOM, number).await);
    }
    let addresses: Vec<_> = nodes.iter().map(TestNode::address).collect();
    for node in &nodes {
        let others: Vec<_> = addresses.iter().filter(|other| **other != node.address()).map(String::as_str).collect();
        node.connect(&others).await;
    }
    nodes
}

fn tip(node: &TestNode) -> Tip {
    node.running.node().view().tip
}

async fn reaches(node: &TestNode, expected: Tip) {
    let mut views = node.running.node().watch_view();
    let reached = timeout(TIMEOUT, views.wait_for(|view| view.tip == expected)).await;
    assert!(reached.is_ok(), "the chain ends at {:?} instead of {expected:?}", tip(node));
}

async fn state_of_peer(node: &TestNode) -> (Value, Value, String) {
    let peers = node.http.get("/api/v1/peers").await.json();
    let peer = &peers["peers"][0];
    (peer["state"].clone(), peer["error_code"].clone(), peer["error"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_mined_block_reaches_the_others_without_being_asked_for() {
    let nodes = meshed([1, 2, 3]).await;
    for miner in [0, 1, 2, 0] {
        nodes[miner].http.mine().await;
        let mined = tip(&nodes[miner]);
        for node in &nodes {
            reaches(node, mined).await;
        }
    }
    assert_eq!(tip(&nodes[0]).height, 5);
}

#[tokio::test]
async fn nodes_that_mined_apart_converge_on_the_chain_with_more_work() {
    let (weak, strong) = (node_of(ROOM, 1).await, node_of(ROOM, 2).await);
    for _ in 0..3 {
        weak.http.mine().await;
        strong.http.mine().await;
    }
    strong.http.mine().await;
    let best = tip(&strong);
    weak.connect(&[&strong.address()]).await;
    reaches(&weak, best).await;
    assert!(!weak.http.replace_chain().await);
    assert_eq!(tip(&weak), best);
}

#[tokio::test]
async fn nodes_of_different_networks_exchange_nothing_and_say_so() {
    let (here, other) = (node_of(ROOM, 1).await, node_of("another room", 2).await);
    let printed = TestNode::start().await;
    for _ in 0..3 {
        other.http.mine().await;
        printed.http.mine().await;
    }
    for (node, peer, code, sentence) in [
        (&here, &other, "other_network", r#"the room "another room""#),
        (&other, &here, "other_network", r#"the room "sound peers""#),
    ] {
        node.connect(&[&peer.address()]).await;
        let (state, error_code, error) = state_of_peer(node).await;
        assert_eq!((state, error_code), ("fails".into(), code.into()), "{error}");
        assert!(error.contains(sentence), "{error}");
    }
    for (node, peer) in [(node_of(ROOM, 3).await, &printed), (TestNode::start().await, &other)] {
        node.connect(&[&peer.address()]).await;
        let (state, error_code, error) = state_of_peer(&node).await;
        assert_eq!((state, error_code), ("fails".into(), "other_rules".into()), "{error}");
        assert!(error.contains("--rules"), "{error}");
        assert!(!node.http.replace_chain().await);
        assert_eq!(tip(&node).height, 1);
    }
    assert!(!here.http.replace_chain().await);
    // Nothing was fetched meanwhile either.
    assert_eq!((tip(&here).height, tip(&other).height), (1, 4));
}

/// The chain of `branch`, given to a node as if it had come from a file.
async fn adopt(node: &TestNode, rules: &Sound, branch: &mut Branch, count: usize) {
    let RuledNode::Sound(handle) = node.running.ruled() else { panic!("other rules") };
    let reader = handle.view().reader.clone();
    let mut builder = CandidateBuilder::new(rules.clone(), &reader, CandidateLimits::unlimited());
    let genesis = rules.genesis(now());
    for encoding in
        [bcoin_ledger::CheckedBlock::encoding(&genesis).to_vec()].into_iter().chain(branch.mine_empty(count))
    {
        builder.push(rules.decode(&encoding).unwrap()).unwrap();
    }
    handle.adopt(builder.finish().unwrap(), None).await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_branch_of_10000_blocks_overtakes_in_bounded_memory() {
    const MAX_BYTES: u64 = 250 << 20;
    let rules = instant(ROOM);
    let best = node_of(ROOM, 1).await;
    let mut branch = Branch::new(&rules, 2, now() - TimeDelta::seconds(20_000));
    adopt(&best, &rules, &mut branch, 10_000).await;
    let folder = tempfile::tempdir().unwrap();
    let receiver = address(3).to_string();
    let arguments = ["--rules", "sound", "--profile", "instant", "--room", ROOM, "--miner", &receiver];
    let data = ["--port", "0", "--data-dir", folder.path().to_str().unwrap()];
    let process = BCOIN.start(&[&arguments[..], &data[..]].concat());
    let http = process.http();
    for _ in 0..20 {
        http.mine().await;
    }
    http.connect(&[&best.address()]).await;
    let overtaken = async {
        while http.get("/api/v1/status").await.json()["length"] != 10_001 {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(TIMEOUT, overtaken).await.expect("the branch overtakes");
    let peak = memory(process.id(), "VmHWM").unwrap();
    assert!(peak < MAX_BYTES, "{peak} bytes");
    process.terminate().unwrap();
}
