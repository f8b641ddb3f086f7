//! The parts that are counted.

use std::hint::black_box;

use bcoin_ledger::{
    Kernel, Rules as _,
    chapter::{Block, ChainCheck, Chapter, puzzle::first_in},
};
use bcoin_node::now;
use bcoin_testkit::chain;

/// Does the preparation, which is not counted, and returns the work that is counted.
type Prepare = fn() -> Box<dyn FnOnce()>;

/// Each part by its name.
pub const PARTS: [(&str, Prepare); 3] =
    [("puzzle", puzzle), ("canonical_writer", canonical_writer), ("block_check", block_check)];

/// Runs one of them.
pub fn run(name: &str) {
    let (_, prepare) = PARTS.iter().find(|(part, _)| *part == name).expect("a part of this name");
    counted(prepare());
}

/// The function inside which callgrind counts. It is selected by its name.
#[inline(never)]
fn counted(work: Box<dyn FnOnce()>) {
    work();
    black_box(());
}

/// 10,000 nonces, none of which is a solution.
fn puzzle() -> Box<dyn FnOnce()> {
    Box::new(|| assert_eq!(first_in(black_box(Kernel::Portable), black_box(45_293), 1..10_001), None))
}

/// A block with 1,000 transactions.
fn block() -> Block {
    let text = chain::texts(2).last().expect("a block");
    let mut block = Block::from_json(&text).expect("a block");
    block.transactions = (1..=1000).map(chain::transaction).collect();
    block
}

fn canonical_writer() -> Box<dyn FnOnce()> {
    let block = block();
    Box::new(move || drop(black_box(black_box(&block).canonical())))
}

/// Reads and checks the same block.
fn block_check() -> Box<dyn FnOnce()> {
    let genesis = Block::from_json(&chain::texts(1).next().expect("a block")).expect("a block");
    let mut check = ChainCheck::default();
    check.push(genesis, now()).expect("a first block");
    let (parent, text) = (check.ancestors().copied(), block().canonical());
    Box::new(move || {
        let block = Block::from_json(black_box(&text)).expect("a block");
        drop(black_box(Chapter.check(parent.as_ref(), block, now()).expect("a successor")));
    })
}
