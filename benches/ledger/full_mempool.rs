//! What holds the owner of a node longest while 50,000 transfers wait: a new block, and a group that comes in.

use std::cell::RefCell;

use bcoin_ledger::sound::{CheckedTransfer, mempool::MEMPOOL_LIMITS};
use bcoin_node::now;
use divan::{Bencher, counter::ItemsCount};
use tempfile::TempDir;

use crate::{folder::Folder, funded::Funded, room::trusted};

const SENDERS: usize = 2500;
/// How many of those that wait a block takes.
const IN_BLOCK: usize = 1000;
/// How many commits are measured. Each waits for the disk.
const COMMITS: usize = 9;

/// A network on the disk, and transfers that are covered in their order.
fn network(transfers: usize) -> (TempDir, Folder, Funded, Vec<CheckedTransfer>) {
    let path = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let mut funded = Funded::new(SENDERS);
    let mut folder = Folder::open(&funded.room.rules, path.path());
    folder.extend(std::mem::take(&mut funded.blocks));
    let transfers = trusted(&funded.room.transfers(transfers));
    (path, folder, funded, transfers)
}

/// Lets transfers wait behind those that do.
fn put(Folder { store, blockchain }: &mut Folder, more: &[CheckedTransfer]) {
    let (mut admission, accounts) = (blockchain.admission(), store.reader().accounts());
    for transfer in more {
        blockchain.admit(&accounts, &mut admission, transfer.clone()).expect("it may wait");
    }
    store.add_to_mempool(more, &[], &[], now().to_utc()).expect("room on the disk");
    blockchain.enter(admission);
}

/// A block with the first of those that wait, from the checked block to the state that is published.
#[divan::bench(sample_count = COMMITS as u32, sample_size = 1)]
fn append_a_thousand_of_fifty_thousand(bencher: Bencher<'_, '_>) {
    // One block more than is measured, for the run that is not counted.
    let (_path, mut folder, funded, transfers) = network(MEMPOOL_LIMITS.count + IN_BLOCK * COMMITS);
    put(&mut folder, &transfers[..MEMPOOL_LIMITS.count]);
    let (folder, branch) = (RefCell::new(folder), RefCell::new(funded.branch));
    let mut blocks = transfers.chunks(IN_BLOCK);
    let mut more = transfers[MEMPOOL_LIMITS.count..].chunks(IN_BLOCK);
    bencher
        .counter(ItemsCount::new(1_u32))
        .with_inputs(|| {
            if folder.borrow().blockchain.waiting() < MEMPOOL_LIMITS.count {
                put(&mut folder.borrow_mut(), more.next().expect("more transfers"));
            }
            let of_block = blocks.next().expect("transfers").iter().map(|transfer| transfer.transfer().clone());
            branch.borrow_mut().mine(&of_block.collect::<Vec<_>>())
        })
        .bench_local_refs(|block| {
            let Folder { store, blockchain } = &mut *folder.borrow_mut();
            let reorganised = store.append(blockchain, block, now().to_utc()).expect("room on the disk");
            blockchain.advance(reorganised.ancestors, reorganised.after.mempool);
            assert_eq!(blockchain.waiting(), MEMPOOL_LIMITS.count - IN_BLOCK);
        });
}

/// A group that comes in while all others wait: judged by accounts on the disk, and saved.
#[divan::bench(sample_count = COMMITS as u32, sample_size = 1)]
fn add_a_hundred_to_fifty_thousand(bencher: Bencher<'_, '_>) {
    const GROUP: usize = 100;
    let (_path, mut folder, _, transfers) = network(MEMPOOL_LIMITS.count);
    let (first, groups) = transfers.split_at(transfers.len() - GROUP * (COMMITS + 1));
    put(&mut folder, first);
    let (folder, groups) = (RefCell::new(folder), RefCell::new(groups.chunks(GROUP)));
    bencher.counter(ItemsCount::new(GROUP)).bench_local(|| {
        put(&mut folder.borrow_mut(), groups.borrow_mut().next().expect("a group"));
    });
}
