//! Which stale chains are kept: ten at most, within a bound of bytes, this node's own work longest.

use std::path::Path;

use bcoin_ledger::{
    Blockchain, MempoolLimits, Rules as _,
    chapter::{Ancestors, Block, Chapter, CheckedBlock, Receiver, Scalar, Transaction, puzzle},
};
use bcoin_node::{
    now,
    store::{FirstContent, KeptBranch, Location, Opened, Store, verify},
};
use redb::{Database, ReadableDatabase as _, TableDefinition};
use tempfile::TempDir;

const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
const STALE_OWN: TableDefinition<'_, u64, bool> = TableDefinition::new("stale_own");
/// How many bytes of canonical text a long block has here, at least.
const LONG: u64 = 100 << 10;
/// Room for two and a half long blocks.
const MAX_BYTES: u64 = LONG * 5 / 2;

/// Who mined a block.
#[derive(Clone, Copy)]
enum Miner {
    ThisNode,
    Another,
}

fn receiver(miner: Miner) -> Receiver {
    let node_address = match miner {
        Miner::ThisNode => "this",
        Miner::Another => "another",
    };
    Receiver { node_address: node_address.into(), miner: "m".into() }
}

/// A block after `parent` with about so many bytes: DEL takes six.
fn block(parent: &Ancestors, miner: Miner, bytes: u64, time: &str) -> CheckedBlock {
    let Receiver { node_address, miner } = receiver(miner);
    let text =
        Transaction { sender: Scalar::Text("\u{7f}".repeat(bytes as usize / 6)), ..Transaction::coinbase("", "b") };
    let block = Block {
        index: parent.tip.height + 1,
        previous_hash: parent.tip.hash.to_string(),
        proof: puzzle::search(parent.proof, || false).unwrap(),
        timestamp: time.into(),
        transactions: vec![text, Transaction::coinbase(&node_address, &miner)],
    };
    Chapter.check(Some(parent), block, now()).unwrap()
}

/// A store in a folder, used as the owner uses it.
struct Ledger {
    folder: TempDir,
    store: Store<Chapter>,
    chain: Vec<Ancestors>,
    blockchain: Blockchain<Chapter>,
}

impl Ledger {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, blockchain) = open(folder.path());
        Self { folder, store, chain: vec![*blockchain.ancestors()], blockchain }
    }

    /// Replaces all blocks after the first by `blocks`, of about so many bytes each. Returns the number of the stale branch.
    fn replace(&mut self, blocks: &[(Miner, u64)]) -> Option<u64> {
        self.replace_from(1, blocks)
    }

    fn replace_from(&mut self, fork: usize, blocks: &[(Miner, u64)]) -> Option<u64> {
        let before = self.chain.len();
        self.chain.truncate(fork);
        let mut connected = Vec::new();
        for (miner, bytes) in blocks {
            let block = block(&self.chain[self.chain.len() - 1], *miner, *bytes, &format!("after {before} blocks"));
            self.chain.push(block.ancestors());
            connected.push(block);
        }
        let (this, connected) = (receiver(Miner::ThisNode), connected.into_iter().map(Ok));
        let (reorganised, kept) =
            self.store.replace(&self.blockchain, fork as u64, connected, Some(&this), MAX_BYTES, now()).unwrap();
        self.blockchain.advance(reorganised.ancestors, reorganised.after.mempool);
        match kept {
            Some(KeptBranch { number, fits: false }) => {
                self.store.forget_branch(number, MAX_BYTES).unwrap();
                None
            }
            kept => kept.map(|kept| kept.number),
        }
    }

    /// A chain of these blocks that is longer than the one that is there: the rest are short blocks of another node.
    fn outgrow(&mut self, first: &[(Miner, u64)]) -> Option<u64> {
        let mut blocks = first.to_vec();
        blocks.resize(self.chain.len().max(first.len()), (Miner::Another, 0));
        self.replace(&blocks)
    }

    fn stale(&self) -> Vec<u64> {
        let branches = self.store.reader().snapshot().unwrap().stale_branches().unwrap();
        branches.iter().map(|branch| branch.number).collect()
    }

    /// How many bytes the branches have beyond the chain; no two share a block here.
    fn stale_bytes(&self) -> u64 {
        let snapshot = self.store.reader().snapshot().unwrap();
        let branches = snapshot.stale_branches().unwrap();
        let own = |branch| snapshot.stale_blocks(branch).unwrap().skip(1).map(|block| block.unwrap().len() as u64);
        branches.iter().flat_map(own).sum()
    }

    /// Closes the store, and returns the folder once everything in it is in order.
    fn close(self) -> TempDir {
        drop(self.store);
        assert_in_order(self.folder.path());
        self.folder
    }
}

fn open(folder: &Path) -> (Store<Chapter>, Blockchain<Chapter>) {
    let first = FirstContent { node_address: "this".into(), genesis: Chapter.genesis(now()) };
    let opened = Opened::open(Chapter, &Location::Folder(folder.to_owned()), first, &|_, _| ()).unwrap();
    (
        opened.store,
        Blockchain::new(Chapter, opened.contents.ancestors, opened.contents.mempool, MempoolLimits::UNLIMITED),
    )
}

fn assert_in_order(folder: &Path) {
    let verdict = verify(&Chapter, folder, &|_, _| ()).unwrap();
    assert_eq!((verdict.database, verdict.faults), (None, Vec::new()));
}

#[test]
fn beyond_the_bound_the_oldest_stale_chain_is_forgotten_with_its_bytes() {
    let mut ledger = Ledger::new();
    let long = [(Miner::Another, LONG)];
    assert_eq!(ledger.outgrow(&long), None, "the chain only went on");
    assert_eq!((ledger.outgrow(&long), ledger.stale()), (Some(1), vec![1]));
    assert_eq!((ledger.outgrow(&long), ledger.stale()), (Some(2), vec![2, 1]));
    assert!(ledger.stale_bytes() > 2 * LONG);
    for number in 3..=5 {
        assert_eq!(ledger.outgrow(&long), Some(number));
        assert_eq!(ledger.stale(), [number, number - 1]);
        assert!(ledger.stale_bytes() <= MAX_BYTES);
    }
    ledger.close();
}

#[test]
fn what_this_node_has_mined_is_kept_longest() {
    let mut ledger = Ledger::new();
    ledger.outgrow(&[(Miner::ThisNode, LONG)]);
    let foreign = [(Miner::Another, LONG)];
    assert_eq!(ledger.outgrow(&foreign), Some(1));
    for number in 2..=5 {
        assert_eq!(ledger.outgrow(&foreign), Some(number));
        assert_eq!(ledger.stale(), [number, 1], "the node's own block, and the latest");
    }
    assert_eq!(ledger.outgrow(&[(Miner::ThisNode, LONG)]), Some(6));
    assert_eq!(ledger.stale(), [6, 1]);
    assert_eq!(ledger.outgrow(&foreign), Some(7));
    assert_eq!(ledger.stale(), [7, 1], "two own ones");
    // The two own ones leave no room for a foreign one.
    assert_eq!(ledger.outgrow(&foreign), None);
    assert_eq!(ledger.stale(), [7, 1]);
    // Of own ones the oldest goes.
    ledger.outgrow(&[(Miner::ThisNode, LONG)]);
    assert_eq!(ledger.outgrow(&foreign), Some(10), "no number is given twice");
    assert_eq!(ledger.stale(), [10, 7]);
    ledger.close();
}

#[test]
fn a_chain_beyond_the_bound_is_not_kept_and_takes_no_other_along() {
    let mut ledger = Ledger::new();
    ledger.outgrow(&[(Miner::Another, LONG)]);
    assert_eq!(ledger.outgrow(&[(Miner::ThisNode, LONG); 3]), Some(1));
    assert_eq!((ledger.outgrow(&[]), ledger.stale()), (None, vec![1]), "too long, whoever has mined it");
    assert!(ledger.stale_bytes() < LONG + (8 << 10));
    assert_eq!((ledger.outgrow(&[]), ledger.stale()), (Some(3), vec![3, 1]));
    ledger.close();
}

#[test]
fn a_chain_that_only_goes_on_gives_nothing_up_and_drives_nobody_out() {
    let mut ledger = Ledger::new();
    ledger.outgrow(&[(Miner::ThisNode, 0)]);
    assert_eq!(ledger.outgrow(&[(Miner::Another, 0)]), Some(1));
    for _ in 0..12 {
        assert_eq!(ledger.replace_from(ledger.chain.len(), &[(Miner::Another, 0)]), None);
    }
    assert_eq!(ledger.stale(), [1]);
    ledger.close();
}

#[test]
fn blocks_that_come_back_count_no_more() {
    let mut ledger = Ledger::new();
    ledger.outgrow(&[(Miner::Another, LONG)]);
    let first = ledger.chain.clone();
    assert_eq!(ledger.outgrow(&[(Miner::Another, LONG)]), Some(1));
    // The first chain comes back with two blocks more: the long block of each of both is stored once.
    let mut end = first[first.len() - 1];
    let long = ledger.store.reader().snapshot().unwrap();
    let long = long.stale_blocks(&long.stale_branches().unwrap()[0]).unwrap().last().unwrap().unwrap();
    let long = Chapter.restore(end.tip, long).unwrap();
    let more = ["u", "v"].map(|time| {
        let block = block(&end, Miner::Another, 0, time);
        end = block.ancestors();
        block
    });
    let this = receiver(Miner::ThisNode);
    let blocks = std::iter::once(long).chain(more).map(Ok);
    let (reorganised, kept) =
        ledger.store.replace(&ledger.blockchain, 1, blocks, Some(&this), MAX_BYTES, now()).unwrap();
    assert_eq!(kept, Some(KeptBranch { number: 2, fits: true }));
    assert_eq!(reorganised.ancestors, end);
    assert_eq!(ledger.stale(), [2, 1]);
    ledger.close();
}

#[test]
fn a_file_that_is_mostly_free_is_cut_off_at_a_stop() {
    let mut ledger = Ledger::new();
    ledger.outgrow(&[(Miner::Another, 20 << 20)]);
    ledger.outgrow(&[(Miner::Another, LONG)]);
    ledger.outgrow(&[]);
    assert_eq!(ledger.stale(), [2], "the long block is gone");
    let file = ledger.folder.path().join("chain.redb");
    let bytes = || std::fs::metadata(&file).unwrap().len();
    assert!(bytes() > 32 << 20, "{}", bytes());
    let reader = ledger.store.reader().snapshot().unwrap();
    ledger.store.compact_if_sparse().unwrap();
    assert!(bytes() > 32 << 20, "somebody reads");
    drop(reader);
    ledger.store.compact_if_sparse().unwrap();
    assert!(bytes() < 4 << 20, "{}", bytes());
    let chain = ledger.chain.len() as u64;
    let folder = ledger.close();
    assert_eq!(open(folder.path()).1.tip().height, chain);
}

/// Programs of before knew neither the count nor whose work a branch is.
#[test]
fn a_folder_without_the_count_is_counted_and_what_it_keeps_may_be_own_work() {
    let mut ledger = Ledger::new();
    for _ in 0..3 {
        ledger.outgrow(&[(Miner::Another, LONG)]);
    }
    let chain = ledger.chain.clone();
    let folder = ledger.close();
    let database = Database::open(folder.path().join("chain.redb")).unwrap();
    let write = database.begin_write().unwrap();
    {
        let mut meta = write.open_table(META).unwrap();
        for name in ["stale_bytes", "next_stale"] {
            assert!(meta.remove(name).unwrap().is_some(), "{name}");
        }
    }
    assert!(write.delete_table(STALE_OWN).unwrap());
    write.commit().unwrap();
    drop(database);

    let (store, blockchain) = open(folder.path());
    let mut ledger = Ledger { folder, store, chain, blockchain };
    assert_eq!(ledger.stale(), [2, 1]);
    assert_eq!(ledger.outgrow(&[(Miner::Another, LONG)]), None, "foreign work goes before what may be own");
    assert_eq!(ledger.stale(), [2, 1]);
    let folder = ledger.close();
    let database = Database::open(folder.path().join("chain.redb")).unwrap();
    let read = database.begin_read().unwrap();
    assert!(read.open_table(META).unwrap().get("stale_bytes").unwrap().is_some());
}

/// A count that is wrong is noticed where everything is.
#[test]
fn verify_notices_a_wrong_count() {
    let mut ledger = Ledger::new();
    for _ in 0..2 {
        ledger.outgrow(&[(Miner::Another, 0)]);
    }
    let tip = *ledger.blockchain.tip();
    let folder = ledger.close();
    let database = Database::open(folder.path().join("chain.redb")).unwrap();
    let write = database.begin_write().unwrap();
    let record = [&7_u64.to_le_bytes(), tip.hash.as_bytes().as_slice()].concat();
    write.open_table(META).unwrap().insert("stale_bytes", record.as_slice()).unwrap();
    write.commit().unwrap();
    drop(database);
    let faults = verify(&Chapter, folder.path(), &|_, _| ()).unwrap().faults;
    assert!(matches!(&faults[..], [fault] if fault.contains("7 were counted")), "{faults:?}");
}
