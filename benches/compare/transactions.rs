//! Sending transactions. B-Coin answers when a transaction is on the disk; the others keep nothing there.

use bcoin_testkit::Process;

use crate::{
    load::Load,
    once,
    process::{bare, node},
    python,
    rounds::{Measure, medians},
    stage::Stage,
    table::{Rate, Row},
};

const ROUNDS: usize = 7;
const CONNECTIONS: usize = 128;
const TRANSACTION: &str = r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#;

pub fn rows(stage: &Stage) -> Vec<Row> {
    let node = node(&stage.new_folder());
    let bare = bare(&stage.short_chain());
    let flask = python::flask();
    let [bcoin, bare, flask] =
        medians(ROUNDS, [Some(sending_and_mining(&node)), Some(sending(&bare)), flask.as_ref().map(sending)]);
    let payments = |rate: f64| Rate::new(rate, "payments");
    let bcoin = payments(bcoin.unwrap_or_default());
    vec![
        Row::rates(
            "durable payments, 128 connections",
            bcoin,
            "bare axum handler, nothing kept",
            bare.map(payments),
            0.6,
        ),
        Row::rates("the same", bcoin, "Flask, nothing kept", flask.map(payments), 30.0),
    ]
}

fn sending(server: &Process) -> Measure<'_> {
    let load = Load::post(server.address(), "/add_transaction", TRANSACTION, CONNECTIONS);
    Box::new(move || load.round())
}

/// Mines a block after each round, so that the mempool never gets full.
fn sending_and_mining(node: &Process) -> Measure<'_> {
    let mut send = sending(node);
    Box::new(move || {
        let rate = send();
        once::request(node.address(), "GET", "/mine_block", "");
        rate
    })
}
