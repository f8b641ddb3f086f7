//! Compares the node with every golden vector of CPython.

use std::path::Path;

use bcoin_ledger::chapter::{Block, ChainCheck, puzzle};
use bcoin_node::now;
use bcoin_testkit::FakePeer;
use serde_json::Value;

use crate::support::{TestNode, vectors};

fn cases(name: &str) -> Vec<Value> {
    let cases = vectors(name).as_array().unwrap().clone();
    assert!(!cases.is_empty());
    cases
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap()
}

/// The bytes of an input that is given as text or in hexadecimal.
fn input(case: &Value) -> Vec<u8> {
    match case["hex"].as_str() {
        Some(digits) => hex::decode(digits).unwrap(),
        None => text(case, "json").as_bytes().to_vec(),
    }
}

#[test]
fn every_accepted_block_hashes_as_cpython_hashes_it() {
    for case in cases("encoding") {
        let name = text(&case, "name");
        let block = Block::from_json(text(&case, "json")).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(block.canonical(), text(&case, "canonical"), "{name}");
        assert_eq!(block.hash().to_string(), text(&case, "sha256"), "{name}");
        assert_eq!(Block::from_json(&block.canonical()).unwrap(), block, "{name}: what is hashed reads back the same");
    }
}

#[test]
fn every_refused_block_is_refused() {
    for case in cases("refused") {
        let block = String::from_utf8(input(&case)).ok().map(|json| Block::from_json(&json));
        assert!(!matches!(block, Some(Ok(_))), "{}: {}", text(&case, "name"), text(&case, "why"));
    }
}

#[tokio::test]
async fn a_peer_that_serves_a_refused_block_changes_nothing() {
    let genesis = r#"{"index":1,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[]}"#;
    for case in cases("refused") {
        let mut body = format!(r#"{{"chain":[{genesis},"#).into_bytes();
        body.extend(input(&case));
        body.extend(br#"],"length":2}"#);
        let (node, peer) = (TestNode::start().await, FakePeer::serving(body).await);
        let before = node.http.get("/get_chain").await.text;
        node.connect(&[&peer.address()]).await;
        assert!(!node.http.replace_chain().await, "{}", text(&case, "name"));
        assert_eq!(node.http.get("/get_chain").await.text, before, "{}", text(&case, "name"));
        node.running.stop().await;
    }
}

#[test]
fn the_proofs_are_the_ones_that_every_chain_follows() {
    let golden = vectors("puzzle");
    let sequence: Vec<u64> = serde_json::from_value(golden["sequence"].clone()).unwrap();
    for pair in sequence.windows(2) {
        assert_eq!(puzzle::search(pair[0], || false), Some(pair[1]), "after {}", pair[0]);
    }
    let repeats = golden["then_repeats_from_block"].as_u64().unwrap() as usize;
    assert_eq!(puzzle::search(sequence[sequence.len() - 1], || false), Some(sequence[repeats - 1]));
}

#[test]
fn single_proofs_are_checked_as_cpython_checks_them() {
    for case in vectors("puzzle")["checks"].as_array().unwrap() {
        let (previous, proof) = (case["previous"].as_u64().unwrap(), case["proof"].as_u64().unwrap());
        assert_eq!(puzzle::solves(previous, proof), case["solves"].as_bool().unwrap(), "{previous} {proof}");
    }
}

#[tokio::test]
async fn every_chain_gets_its_verdict_from_a_node_that_is_offered_it() {
    let longer_than_one = |body: &Value| body["chain"].as_array().map_or(0, Vec::len) > 1;
    for case in cases("chains") {
        let (name, body, valid) = (text(&case, "name"), text(&case, "json"), case["valid"].as_bool().unwrap());
        let (node, peer) = (TestNode::start().await, FakePeer::serving(body).await);
        let before = node.http.chain().await;
        node.connect(&[&peer.address()]).await;
        let replaced = node.http.replace_chain().await;
        let after = node.http.chain().await;
        let offered: Value = serde_json::from_str(body).unwrap_or_default();
        assert_eq!(replaced, valid && longer_than_one(&offered), "{name}: {}", text(&case, "why"));
        if replaced {
            // Blocks are compared by their hashes, because this test's JSON reader rounds the largest numbers.
            let hashes = |chain: &[Value]| chain.iter().map(|block| block["previous_hash"].clone()).collect::<Vec<_>>();
            assert_eq!(hashes(&after), hashes(offered["chain"].as_array().unwrap()), "{name}");
        } else {
            assert_eq!(after, before, "{name}");
        }
        assert!(node.http.is_valid().await, "{name}");
        node.running.stop().await;
    }
}

#[test]
fn every_chain_gets_its_verdict_from_the_rules_alone() {
    for case in cases("chains") {
        let Ok(body) = serde_json::from_str::<Value>(text(&case, "json")) else { continue };
        let Some(chain) = body["chain"].as_array() else { continue };
        if body["length"] != chain.len() || text(&case, "name") == "every_kind_of_value" {
            continue;
        }
        let mut check = ChainCheck::default();
        let judged = chain
            .iter()
            .all(|block| Block::from_json(&block.to_string()).is_ok_and(|block| check.push(block, now()).is_ok()));
        assert_eq!(judged && !chain.is_empty(), case["valid"].as_bool().unwrap(), "{}", text(&case, "name"));
    }
}

#[tokio::test]
async fn the_recorded_chains_are_adopted_from_a_peer_and_called_valid() {
    for case in cases("recorded") {
        let body = case["body"].to_string();
        let (node, peer) = (TestNode::start().await, FakePeer::serving(&body).await);
        node.connect(&[&peer.address()]).await;
        assert!(node.http.replace_chain().await, "{}", text(&case, "name"));
        assert_eq!(node.http.get("/get_chain").await.json(), case["body"]);
        assert!(node.http.is_valid().await);
        assert_eq!(node.http.mine().await["index"], 4, "the node mines on it");
        node.running.stop().await;
    }
}

#[test]
fn the_vectors_are_all_here() {
    for name in ["encoding", "refused", "puzzle", "chains", "recorded"] {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/{name}.json")).exists(), "{name}");
    }
}
