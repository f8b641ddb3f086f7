//! Chains on the disk: appending, checking, reading, and decoding a peer's chain.

use std::cell::RefCell;

use bcoin::peers::{Turn, decode_chain};
use bcoin_ledger::{
    Blockchain, MempoolLimits,
    chapter::{Block, ChainCheck, Chapter, CheckedBlock, Mempool, Receiver, Transaction},
};
use bcoin_node::{
    CandidateBuilder, CandidateLimits, MAX_STALE_BYTES, now,
    store::{FirstContent, Location, Opened, Store},
};
use bcoin_testkit::chain;
use divan::{
    Bencher,
    counter::{BytesCount, ItemsCount},
};
use tempfile::TempDir;

const BLOCKS: u64 = 10_000;
/// How many commits are measured. Each waits for the disk.
const COMMITS: u32 = 200;
/// How many transactions share a commit when a whole class sends at once.
const AT_ONCE: u64 = 128;

/// A store with only its first block. It is on a real disk: the system's folder for temporary files is often in memory.
fn fresh() -> (TempDir, Store<Chapter>, Blockchain<Chapter>) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let genesis = checked(1).remove(0);
    let first = FirstContent { node_address: "0123456789abcdef0123456789abcdef".into(), genesis };
    let location = Location::Folder(folder.path().into());
    let opened = Opened::open(Chapter, &location, first, &|_, _| ()).expect("a store");
    let blockchain = Blockchain::new(Chapter, opened.contents.ancestors, Mempool::default(), MempoolLimits::UNLIMITED);
    (folder, opened.store, blockchain)
}

fn checked(length: u64) -> Vec<CheckedBlock> {
    let mut check = ChainCheck::default();
    let block = |text: String| Block::from_json(&text).expect("a block");
    chain::texts(length).map(|text| check.push(block(text), now()).expect("the next block")).collect()
}

fn with_chain(length: u64) -> (TempDir, Store<Chapter>) {
    let (folder, store, blockchain) = fresh();
    let blocks = checked(length).into_iter().skip(1).map(Ok);
    let receiver = Receiver { node_address: "n".into(), miner: "m".into() };
    store.replace(&blockchain, 1, blocks, Some(&receiver), MAX_STALE_BYTES, now()).expect("a chain");
    (folder, store)
}

#[divan::bench(sample_count = COMMITS, sample_size = 1)]
fn append(bencher: Bencher<'_, '_>) {
    let (_folder, store, blockchain) = fresh();
    let blockchain = RefCell::new(blockchain);
    // One more than the samples, for the run that is not counted.
    let blocks = RefCell::new(checked(u64::from(COMMITS) + 2).into_iter().skip(1));
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        let block = blocks.borrow_mut().next().expect("a block");
        let appended =
            store.append(&blockchain.borrow(), &block, bcoin_node::now().to_utc()).expect("room on the disk");
        blockchain.borrow_mut().advance(appended.ancestors, appended.after.mempool);
    });
}

#[divan::bench(sample_count = COMMITS, sample_size = 1)]
fn add_transactions(bencher: Bencher<'_, '_>) {
    let (_folder, store, _) = fresh();
    let transactions: Vec<Transaction> = (1..=AT_ONCE).map(chain::transaction).collect();
    bencher.counter(ItemsCount::new(AT_ONCE)).bench_local(|| {
        store.add_to_mempool(&transactions, &[], &[], bcoin_node::now().to_utc()).expect("room on the disk")
    });
}

#[divan::bench(sample_count = 20)]
fn check_chain(bencher: Bencher<'_, '_>) {
    let (_folder, store) = with_chain(BLOCKS);
    let reader = store.reader();
    bencher.counter(ItemsCount::new(BLOCKS)).bench_local(|| {
        reader.snapshot().expect("a snapshot").check_chain(&Chapter, &|_, _| ()).expect("a valid chain")
    });
}

#[divan::bench(sample_count = 20)]
fn read_stored_chain(bencher: Bencher<'_, '_>) {
    let (_folder, store) = with_chain(BLOCKS);
    let reader = store.reader();
    let read = || -> usize {
        let texts = reader.snapshot().expect("a snapshot").blocks(..).expect("blocks");
        texts.map(|text| text.expect("a block").len()).sum()
    };
    let bytes = read();
    bencher.counter(ItemsCount::new(BLOCKS)).counter(BytesCount::new(bytes)).bench_local(read);
}

/// Decodes and checks the body of a peer's answer.
#[divan::bench(sample_count = 20)]
fn take_peers_chain(bencher: Bencher<'_, '_>) {
    let (_folder, store, _) = fresh();
    let (reader, body) = (store.reader(), chain::body(chain::texts(BLOCKS)));
    bencher.counter(ItemsCount::new(BLOCKS)).counter(BytesCount::of_str(&body)).bench_local(|| {
        let mut builder = CandidateBuilder::new(Chapter, &reader, CandidateLimits::unlimited());
        decode_chain(body.as_bytes(), u64::MAX, &mut Turn::alone(), &Chapter, &mut builder).expect("a chain");
        builder.finish().expect("a valid chain")
    });
}
