//! Payments: B-Coin answers when they are on the disk, the others keep nothing there.

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
const PAYMENT: &str = r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#;

pub fn rows(stage: &Stage) -> Vec<Row> {
    let node = node(&stage.new_folder());
    let bare = bare(&stage.short_chain());
    let flask = python::flask();
    let [bcoin, bare, flask] =
        medians(ROUNDS, [Some(paying_and_mining(&node)), Some(paying(&bare)), flask.as_ref().map(paying)]);
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

fn paying(server: &Process) -> Measure<'_> {
    let load = Load::post(server.address(), "/add_transaction", PAYMENT, CONNECTIONS);
    Box::new(move || load.round())
}

/// A block takes all payments that wait, so that no round meets the bound of the pool.
fn paying_and_mining(node: &Process) -> Measure<'_> {
    let mut pay = paying(node);
    Box::new(move || {
        let rate = pay();
        once::request(node.address(), "GET", "/mine_block", "");
        rate
    })
}
