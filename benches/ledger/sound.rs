//! A full block of the sound rules, and the transfers that wait for it.

use std::{ops::Range, sync::LazyLock};

use bcoin_ledger::{
    Rules as _,
    sound::{
        Block, CheckedBlock, CheckedTransfer, Merkle, Template,
        mempool::{MEMPOOL_LIMITS, Mempool},
    },
};
use bcoin_node::now;
use divan::{
    Bencher, black_box,
    counter::{BytesCount, ItemsCount},
};

use crate::room::{Balances, FULL_BLOCK, Room, trusted};

/// How many keys send: each of them less than may wait of one sender.
const SENDERS: usize = 2500;
/// Those that come when the mempool is full: they pay more than the lowest ones in it.
const NEWCOMERS: Range<usize> = MEMPOOL_LIMITS.count + 1..MEMPOOL_LIMITS.count + 100;
/// How many blocks are measured.
const BLOCKS: u32 = 20;

static ROOM: LazyLock<Room> = LazyLock::new(|| Room::new(SENDERS));
static TRANSFERS: LazyLock<Vec<CheckedTransfer>> = LazyLock::new(|| trusted(&ROOM.transfers(NEWCOMERS.end)));
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| ROOM.block(&waiting(FULL_BLOCK)).encode());

/// A mempool with so many transfers.
fn waiting(count: usize) -> Mempool {
    TRANSFERS[..count].iter().cloned().collect()
}

fn block() -> Block {
    ROOM.rules.decode(&BYTES).expect("a block")
}

fn checked() -> CheckedBlock {
    ROOM.rules.check(Some(&ROOM.ancestors), block(), now()).expect("a right block")
}

#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::new(BYTES.len())).bench(|| ROOM.rules.decode(black_box(&BYTES)).expect("a block"));
}

#[divan::bench]
fn ids_and_root(bencher: Bencher<'_, '_>) {
    let block = block();
    bencher.counter(ItemsCount::new(block.transactions.len())).bench(|| Merkle::of(black_box(&block).ids()));
}

/// All that needs no accounts, on all cores: mostly signatures.
#[divan::bench(sample_count = BLOCKS, sample_size = 1)]
fn check(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(FULL_BLOCK))
        .with_inputs(block)
        .bench_values(|block| ROOM.rules.check(Some(&ROOM.ancestors), block, now()).expect("a right block"));
}

#[divan::bench]
fn connect(bencher: Bencher<'_, '_>) {
    let block = checked();
    bencher
        .counter(ItemsCount::new(FULL_BLOCK))
        .with_inputs(|| ROOM.accounts())
        .bench_refs(|accounts| connected(accounts, &block));
}

#[divan::bench]
fn disconnect(bencher: Bencher<'_, '_>) {
    let block = checked();
    let mut after = ROOM.accounts();
    connected(&mut after, &block);
    bencher.counter(ItemsCount::new(FULL_BLOCK)).with_inputs(|| after.clone()).bench_refs(|accounts| {
        let Ok(()) = ROOM.rules.disconnect(accounts, &block, None);
    });
}

fn connected(accounts: &mut Balances, block: &CheckedBlock) {
    ROOM.rules.connect(accounts, block, None).expect("transfers that are covered");
}

#[divan::bench]
fn admit_into_empty(bencher: Bencher<'_, '_>) {
    admit(bencher, Mempool::default(), &TRANSFERS[..NEWCOMERS.len()]);
}

/// Something has to leave for each of them.
#[divan::bench]
fn admit_into_full(bencher: Bencher<'_, '_>) {
    admit(bencher, waiting(MEMPOOL_LIMITS.count), &TRANSFERS[NEWCOMERS]);
}

/// A group whose signatures were verified before.
fn admit(bencher: Bencher<'_, '_>, mempool: Mempool, group: &[CheckedTransfer]) {
    let accounts = ROOM.accounts();
    bencher.counter(ItemsCount::new(group.len())).bench(|| {
        let mut admission = ROOM.rules.admission(&mempool, MEMPOOL_LIMITS);
        for transfer in group {
            ROOM.rules.admit(&accounts, &mempool, &mut admission, transfer.clone()).expect("it may wait");
        }
        admission
    });
}

#[divan::bench]
fn template_from_full(bencher: Bencher<'_, '_>) {
    let mempool = waiting(MEMPOOL_LIMITS.count);
    bencher.bench(|| -> Template { ROOM.rules.job(&ROOM.ancestors, &mempool, &ROOM.receiver(), now()) });
}
