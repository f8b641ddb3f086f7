//! One block: hashing, writing, reading, checking.

use bcoin_ledger::{
    BlockHash, Rules as _,
    chapter::{Block, ChainCheck, Chapter},
};
use bcoin_node::now;
use bcoin_testkit::chain;
use divan::{Bencher, black_box, counter::BytesCount};

/// How many transactions the block has: as many as a class sends between two blocks, and very many.
const TRANSACTIONS: [usize; 2] = [2, 1000];

fn block(transactions: usize) -> Block {
    let text = chain::texts(2).last().expect("a block");
    let mut block = Block::from_json(&text).expect("a block");
    block.transactions = (1..).map(chain::transaction).take(transactions).collect();
    block
}

#[divan::bench(args = TRANSACTIONS)]
fn hash(bencher: Bencher<'_, '_>, transactions: usize) {
    let text = block(transactions).canonical();
    bencher.counter(BytesCount::of_str(&text)).bench(|| BlockHash::sha256(black_box(&text)));
}

#[divan::bench(args = TRANSACTIONS)]
fn write_canonical(bencher: Bencher<'_, '_>, transactions: usize) {
    let block = block(transactions);
    bencher.counter(BytesCount::of_str(&block.canonical())).bench(|| black_box(&block).canonical());
}

#[divan::bench(args = TRANSACTIONS)]
fn read(bencher: Bencher<'_, '_>, transactions: usize) {
    let text = block(transactions).canonical();
    bencher.counter(BytesCount::of_str(&text)).bench(|| Block::from_json(black_box(&text)).expect("a block"));
}

/// Reads and checks a block: every block that is checked is read before.
#[divan::bench(args = TRANSACTIONS)]
fn check(bencher: Bencher<'_, '_>, transactions: usize) {
    let mut chain = ChainCheck::default();
    let genesis = Block::from_json(&chain::texts(1).next().expect("a block")).expect("a block");
    chain.push(genesis, now()).expect("a first block");
    let parent = chain.ancestors().copied();
    let text = block(transactions).canonical();
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let block = Block::from_json(black_box(&text)).expect("a block");
        Chapter.check(parent.as_ref(), block, now()).expect("a successor")
    });
}
