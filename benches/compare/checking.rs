//! Checking a chain of 100,000 blocks.

use bcoin_testkit::Process;

use crate::{
    once, python,
    rounds::medians,
    stage::{LONG, Stage},
    table::{Rate, Row},
};

pub fn rows(stage: &Stage, node: &Process) -> Vec<Row> {
    let cpython = python::listing(vec!["blocks".into(), stage.long_chain().into()]);
    let [bcoin, cpython] = medians(
        3,
        [
            Some(Box::new(|| LONG as f64 / check(node)) as _),
            cpython.map(|run| Box::new(run) as Box<dyn FnMut() -> f64>),
        ],
    );
    let blocks = |rate: f64| Rate::new(rate, "blocks");
    let bcoin = blocks(bcoin.unwrap_or_default());
    vec![Row::rates(
        "`/is_valid` at 100,000 blocks",
        bcoin,
        "the listing's check in CPython",
        cpython.map(blocks),
        20.0,
    )]
}

fn check(node: &Process) -> f64 {
    let answer = once::request(node.address(), "GET", "/is_valid", "");
    assert!(answer.text.contains("Everything is fine"), "{}", answer.text);
    answer.ended.as_secs_f64()
}
