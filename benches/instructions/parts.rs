//! The parts that are counted.

use std::hint::black_box;

use bcoin_ledger::{
    Kernel, Rules as _,
    chapter::{Block, ChainCheck, Chapter, puzzle::first_in},
    sound::{self, CompactTarget, HEADER_BYTES, Header, Merkle, Note, Signature, Transaction, Transfer, XOnlyKey},
};
use bcoin_node::now;
use bcoin_testkit::chain;

/// Does the preparation, which is not counted, and returns the work that is counted.
type Prepare = fn() -> Box<dyn FnOnce()>;

/// Each part by its name.
pub const PARTS: [(&str, Prepare); 6] = [
    ("puzzle", puzzle),
    ("canonical_writer", canonical_writer),
    ("block_check", block_check),
    ("sound_headers", sound_headers),
    ("sound_block", sound_block),
    ("sound_merkle", sound_merkle),
];

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

/// 10,000 nonces, none of which is a solution.
fn sound_headers() -> Box<dyn FnOnce()> {
    let target = CompactTarget::from_consensus(0x0300_0001).decode().expect("a target");
    let header = Header::decode(&[7; HEADER_BYTES]);
    let search = sound::search::first_in;
    Box::new(move || assert_eq!(search(black_box(Kernel::Portable), black_box(&header), target, 0..10_000), None))
}

/// A block of the sound rules with 1,000 transfers that nobody has signed.
fn transfers() -> sound::Block {
    let transfer = |nonce| Transfer {
        sender: XOnlyKey::from_bytes([1; 32]),
        receiver: XOnlyKey::from_bytes([2; 32]),
        amount: 1000,
        fee: 200,
        nonce,
        note: Note::new(b"for the tea").expect("a short note"),
        signature: Signature::from_bytes([3; 64]),
    };
    let transactions = (0..1000).map(|nonce| Transaction::Transfer(transfer(nonce))).collect();
    sound::Block { header: Header::decode(&[7; HEADER_BYTES]), transactions }
}

/// Reads it, and writes it again.
fn sound_block() -> Box<dyn FnOnce()> {
    let bytes = transfers().encode();
    Box::new(move || {
        let block = sound::Block::decode(black_box(&bytes)).expect("a block");
        assert_eq!(block.encode(), bytes);
    })
}

/// The names of its transactions, and their root.
fn sound_merkle() -> Box<dyn FnOnce()> {
    let block = transfers();
    Box::new(move || assert!(Merkle::of(black_box(&block).ids()).is_some_and(|merkle| !merkle.mutated)))
}
