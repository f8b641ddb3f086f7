//! Reading the chain: a short one many times, and a long one at once.

use bcoin_testkit::Process;

use crate::{
    load::Load,
    once,
    process::{bare, node_with_chain},
    python,
    rounds::{Measure, medians},
    stage::{LONG, Stage},
    table::{Rate, Row},
};

const CONNECTIONS: usize = 64;

pub fn short(stage: &Stage) -> Vec<Row> {
    let node = node_with_chain(&stage.short_chain(), &stage.new_folder());
    let bare = bare(&stage.short_chain());
    let flask = python::flask().inspect(|flask| drop(adopt(flask, &node)));
    let [bcoin, bare, flask] = medians(7, [Some(reading(&node)), Some(reading(&bare)), flask.as_ref().map(reading)]);
    let requests = |rate: f64| Rate::new(rate, "requests");
    let bcoin = requests(bcoin.unwrap_or_default());
    vec![
        Row::rates("`/get_chain` at 100 blocks", bcoin, "axum, the same bytes from memory", bare.map(requests), 0.7),
        Row::rates("the same", bcoin, "Flask", flask.map(requests), 20.0),
    ]
}

pub fn long(stage: &Stage, node: &Process) -> Vec<Row> {
    let bare = bare(&stage.long_chain());
    let [bcoin, bare] = medians(7, [node, &bare].map(|server| Some(Box::new(|| bytes_in_a_second(server)) as _)));
    let bytes = |rate: f64| Rate::new(rate, "bytes");
    let bcoin = bytes(bcoin.unwrap_or_default());
    vec![Row::rates("`/get_chain` at 100,000 blocks", bcoin, "axum, one static body", bare.map(bytes), 0.5)]
}

fn reading(server: &Process) -> Measure<'_> {
    let load = Load::get(server.address(), "/get_chain", CONNECTIONS);
    Box::new(move || load.round())
}

fn bytes_in_a_second(server: &Process) -> f64 {
    let answer = once::request(server.address(), "GET", "/get_chain", "");
    assert!(answer.bytes as u64 > 200 * LONG, "only {} bytes", answer.bytes);
    answer.bytes as f64 / answer.ended.as_secs_f64()
}

/// Makes a node adopt the chain of a peer.
pub fn adopt(node: &Process, peer: &Process) -> once::Answer {
    once::request(node.address(), "POST", "/connect_node", &format!(r#"{{"nodes": ["http://{}"]}}"#, peer.address()));
    let answer = once::request(node.address(), "GET", "/replace_chain", "");
    assert!(answer.text.contains("Because the nodes are different") || answer.bytes > 20_000, "{}", answer.text);
    answer
}
