//! Mining blocks over HTTP. Both chains begin at proof 1, so both nodes solve the same puzzles.

use bcoin_testkit::Process;

use crate::{
    once,
    process::node,
    python,
    rounds::{Measure, medians},
    stage::Stage,
    table::Row,
};

const BLOCKS: usize = 40;

pub fn rows(stage: &Stage) -> Vec<Row> {
    let node = node(&stage.new_folder());
    let flask = python::flask();
    let [bcoin, flask] = medians(BLOCKS, [Some(mining(&node)), flask.as_ref().map(mining)]);
    vec![Row::times("mining one block over HTTP, median", bcoin.unwrap_or_default(), "Flask", flask, 20.0)]
}

fn mining(server: &Process) -> Measure<'_> {
    Box::new(|| once::request(server.address(), "GET", "/mine_block", "").ended.as_secs_f64())
}
