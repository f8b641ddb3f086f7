//! Adopting a chain of 100,000 blocks from a peer, each time by a new node.

use std::cell::Cell;

use bcoin_testkit::{Process, process};

use crate::{process::node, reading::adopt, rounds::medians, stage::Stage, table::Row};

pub fn rows(stage: &Stage, peer: &Process) -> Vec<Row> {
    let memory = Cell::new(0_u64);
    let [seconds] = medians(
        3,
        [Some(Box::new(|| {
            let new = node(&stage.new_folder());
            let answer = adopt(&new, peer);
            memory.set(memory.get().max(process::memory(new.id(), "VmHWM").unwrap_or_default()));
            eprintln!("  the answer began after {:.2?}, ended after {:.2?}", answer.began, answer.ended);
            answer.began.as_secs_f64()
        }))],
    );
    let mebibytes = memory.get() as f64 / f64::from(1 << 20);
    vec![
        Row::bound("adopting 100,000 blocks from a peer", seconds.unwrap_or_default(), 3.0, "s"),
        Row::bound("the same, most resident memory", mebibytes, 200.0, "MiB"),
    ]
}
