//! Compares the index of accounts with a plain scan of the chain after every kind of change.

use std::collections::{BTreeMap, HashMap};

use bcoin_ledger::{
    BlockHash, Blockchain, MempoolLimits, Rules as _, Tip,
    chapter::{
        Account, Ancestors, Block, ChainCheck, Chapter, CheckedBlock, Mempool, Receiver, Scalar, Transaction, puzzle,
    },
};
use bcoin_node::store::{Contents, FirstContent, Location, Opened, Reader, Store, verify};
use bcoin_node::{MAX_STALE_BYTES, now};
use proptest::prelude::*;

use crate::support::{BCOIN, TestNode};

/// Amounts as JSON, and their values in millionths; none when they are no number.
const AMOUNTS: &[(&str, Option<i128>)] = &[
    ("1", Some(1_000_000)),
    ("-3", Some(-3_000_000)),
    ("0.1", Some(100_000)),
    ("1e3", Some(1_000_000_000)),
    ("1e-06", Some(1)),
    ("12345678901234567890", Some(12_345_678_901_234_567_890_000_000)),
    (r#""2.50""#, Some(2_500_000)),
    (r#""1E1""#, Some(10_000_000)),
    (r#""-0""#, Some(0)),
    (r#""ten""#, None),
    (r#""""#, None),
    (r#""1e999""#, None),
    (r#"" 1""#, None),
    ("null", None),
    ("true", None),
];

/// Senders and receivers as JSON, and the names of their accounts.
fn names() -> Vec<(String, String)> {
    let long = "x".repeat(300);
    let hash = BlockHash::sha256(format!("\"{long}\""));
    let plain = ["Alice", "Bob", "", "__proto__", "a/b?c", "ä\u{202e}\u{1f600}", "null"];
    let mut names: Vec<_> = plain.map(|name| (serde_json::to_string(name).unwrap(), name.to_owned())).into();
    names.extend([("5", "5"), ("null", "null"), ("1e2", "100.0")].map(|(json, name)| (json.into(), name.into())));
    names.push((format!("\"{long}\""), format!("{}…{hash}", "x".repeat(190))));
    names
}

/// A transaction: the indices of its amount, its sender and its receiver in the two tables.
type Indices = (usize, usize, usize);

#[derive(Clone, Debug)]
enum Change {
    /// One more block.
    Append(Vec<Indices>),
    /// Other blocks after a fork at `depth` blocks before the end.
    Replace { depth: u64, blocks: Vec<Vec<Indices>> },
    /// The latest change was reported as failed, and is rolled back.
    RollBack,
}

fn change() -> impl Strategy<Value = Change> {
    let transactions = || prop::collection::vec((0..AMOUNTS.len(), 0..names().len(), 0..names().len()), 0..5);
    prop_oneof![
        4 => transactions().prop_map(Change::Append),
        2 => (0..4_u64, prop::collection::vec(transactions(), 5..8)).prop_map(|(depth, blocks)| Change::Replace { depth, blocks }),
        2 => Just(Change::RollBack),
    ]
}

fn transaction((amount, sender, receiver): Indices) -> Transaction {
    let names = names();
    let json = format!(
        r#"{{"amount": {}, "receiver": {}, "sender": {}}}"#,
        AMOUNTS[amount].0, names[receiver].0, names[sender].0
    );
    Transaction::from_json(&json).unwrap()
}

fn block_after(ancestors: &Ancestors, transactions: &[Indices]) -> CheckedBlock {
    let block = Block {
        index: ancestors.tip.height + 1,
        previous_hash: ancestors.tip.hash.to_string(),
        proof: puzzle::search(ancestors.proof, || false).unwrap(),
        timestamp: format!("{transactions:?}"),
        transactions: transactions.iter().copied().map(transaction).collect(),
    };
    Chapter.check(Some(ancestors), block, now()).unwrap()
}

/// What a plain scan finds for one account.
#[derive(Debug, Default, PartialEq)]
struct Scanned {
    received: i128,
    sent: i128,
    uncounted: u64,
    /// Block and position, in the chain's order.
    transactions: Vec<(u64, u64)>,
}

fn scan(reader: &Reader) -> BTreeMap<String, Scanned> {
    let means: HashMap<String, String> = names().into_iter().map(|(json, name)| (canonical(&json), name)).collect();
    let worth: HashMap<String, Option<i128>> = AMOUNTS.iter().map(|(json, worth)| (canonical(json), *worth)).collect();
    let mut accounts = BTreeMap::<String, Scanned>::new();
    for block in reader.snapshot().unwrap().blocks(..).unwrap() {
        let block = Block::from_json_bytes(&block.unwrap()).unwrap();
        for (position, transaction) in (1..).zip(&block.transactions) {
            let (sender, receiver) =
                (&means[&transaction.sender.canonical()], &means[&transaction.receiver.canonical()]);
            let worth = worth[&transaction.amount.canonical()];
            accounts.entry(sender.clone()).or_default().sent += worth.unwrap_or(0);
            accounts.entry(receiver.clone()).or_default().received += worth.unwrap_or(0);
            let mut both = vec![sender, receiver];
            both.dedup();
            for name in both {
                let account = accounts.get_mut(name).unwrap();
                account.transactions.push((block.index, position));
                account.uncounted += u64::from(worth.is_none());
            }
        }
    }
    accounts
}

fn canonical(json: &str) -> String {
    let raw: Box<serde_json::value::RawValue> = serde_json::from_str(json).unwrap();
    Scalar::from_raw(&raw).unwrap().canonical()
}

fn millionths(sum: &str) -> i128 {
    let (whole, fraction) = sum.split_once('.').unwrap_or((sum, ""));
    format!("{whole}{fraction:0<6}").parse().unwrap()
}

/// The accounts are what a scan finds, account by account, transaction by transaction; every block is found by its hash.
fn check(reader: &Reader) {
    let (snapshot, scanned) = (reader.snapshot().unwrap(), scan(reader));
    assert_eq!(snapshot.account_count().unwrap(), scanned.len() as u64);
    let mut after: Option<Vec<u8>> = None;
    let mut listed = Vec::new();
    loop {
        let page = snapshot.accounts::<Account>(after.as_deref(), 3).unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        listed.extend(page);
    }
    let name = |name: &[u8]| String::from_utf8(name.to_vec()).unwrap();
    assert_eq!(
        listed.iter().map(|(found, _)| name(found)).collect::<Vec<_>>(),
        scanned.keys().cloned().collect::<Vec<_>>()
    );
    for (found, account) in listed {
        let expected = &scanned[&name(&found)];
        assert_eq!(snapshot.account(&found).unwrap().as_ref(), Some(&account));
        assert_eq!(millionths(&account.received.to_string()), expected.received, "{account:?}");
        assert_eq!(millionths(&account.sent.to_string()), expected.sent, "{account:?}");
        assert_eq!(millionths(&account.balance().to_string()), expected.received - expected.sent, "{account:?}");
        assert_eq!((account.transactions, account.uncounted), (expected.transactions.len() as u64, expected.uncounted));
        let (mut positions, mut before) = (Vec::new(), None);
        loop {
            let (page, more) = snapshot.account_transactions::<Account>(&found, before, 2).unwrap();
            positions.extend(page.iter().map(|(height, position)| (*height, u64::from(*position))));
            before = page.last().copied();
            if !more {
                break;
            }
        }
        positions.reverse();
        assert_eq!(positions, expected.transactions, "{}", name(&found));
    }
    for (height, block) in (1..).zip(snapshot.blocks(..).unwrap()) {
        assert_eq!(snapshot.height_of(&BlockHash::sha256(block.unwrap())).unwrap(), Some(height));
    }
}

/// The chain that a node has in its store, and the one it had before the latest change.
struct Ledger {
    store: Store<Chapter>,
    now: Blockchain<Chapter>,
    before: Blockchain<Chapter>,
}

impl Ledger {
    fn new() -> Self {
        let genesis = ChainCheck::default().push(Block::genesis("t".into()), now()).unwrap();
        let first = FirstContent { node_address: "n".into(), genesis };
        let opened = Opened::open(Chapter, &Location::Memory, first, &|_, _| ()).unwrap();
        let now = Blockchain::new(Chapter, opened.contents.ancestors, Mempool::default(), MempoolLimits::UNLIMITED);
        Self { store: opened.store, before: now.clone(), now }
    }

    fn ancestors_at(&self, height: u64) -> Ancestors {
        let block = self.store.reader().snapshot().unwrap().block(height).unwrap().unwrap();
        let (block, hash) = (Block::from_json_bytes(&block).unwrap(), BlockHash::sha256(&block));
        Ancestors { tip: Tip { height, hash, work: height.into() }, proof: block.proof }
    }

    fn apply(&mut self, change: &Change) {
        let before = self.now.clone();
        let reorganised = match change {
            Change::Append(transactions) => {
                self.store.append(&self.now, &block_after(self.now.ancestors(), transactions), now().to_utc()).unwrap()
            }
            Change::Replace { depth, blocks } => {
                let fork = self.now.tip().height.saturating_sub(*depth).max(1);
                let mut end = self.ancestors_at(fork);
                let receiver = Receiver { node_address: "n".into(), miner: "m".into() };
                let blocks = blocks.iter().map(|transactions| {
                    let block = block_after(&end, transactions);
                    end = block.ancestors();
                    Ok(block)
                });
                self.store
                    .replace(&self.now, fork, blocks, Some(&receiver), MAX_STALE_BYTES, bcoin_node::now())
                    .unwrap()
                    .0
            }
            // Rolling back the same change twice changes nothing.
            Change::RollBack => {
                let found = Contents {
                    node_address: "n".into(),
                    ancestors: *self.now.ancestors(),
                    mempool: Mempool::default(),
                    peers: Vec::new(),
                };
                self.store.roll_back(&found, &self.before, &[]).unwrap();
                self.now = self.before.clone();
                return;
            }
        };
        self.before = before;
        self.now.advance(reorganised.ancestors, reorganised.after.mempool);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_accounts_are_what_a_scan_finds(changes in prop::collection::vec(change(), 1..10)) {
        let mut ledger = Ledger::new();
        for change in &changes {
            ledger.apply(change);
            let reader = ledger.store.reader();
            prop_assert_eq!(reader.snapshot().unwrap().tip().unwrap(), *ledger.now.tip());
            check(&reader);
        }
    }
}

/// A running node does not notice a wrong account; `verify` checks all of them.
#[test]
fn verify_finds_a_wrong_account() {
    use redb::{Database, TableDefinition};
    const ACCOUNTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("accounts");
    let folder = tempfile::tempdir().unwrap();
    let node = BCOIN.start(&["--port", "0", "--data-dir", folder.path().to_str().unwrap()]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        node.http().pay(5).await;
        node.http().mine().await;
    });
    assert!(node.end_by("-TERM").success());
    let found = || verify(&Chapter, folder.path(), &|_, _| ()).unwrap().faults;
    assert_eq!(found(), Vec::<String>::new());
    let change = |name: &[u8], value: Option<&[u8]>| {
        let database = Database::open(folder.path().join("chain.redb")).unwrap();
        let write = database.begin_write().unwrap();
        let before = {
            let mut accounts = write.open_table(ACCOUNTS).unwrap();
            let before = match value {
                Some(value) => accounts.insert(name, value).unwrap(),
                None => accounts.remove(name).unwrap(),
            };
            before.map(|before| before.value().to_vec())
        };
        write.commit().unwrap();
        before
    };
    let alice = change(b"Alice", None).unwrap();
    assert!(matches!(&found()[..], [fault] if fault.contains("Alice")), "{:?}", found());
    let wrong = [&alice[..8], b"0 6 1 0"].concat();
    assert_eq!(change(b"Alice", Some(&wrong)), None);
    assert!(matches!(&found()[..], [fault] if fault.contains("Alice")), "{:?}", found());
    change(b"Alice", Some(&alice));
    change(b"Nobody", Some(&alice));
    assert!(matches!(&found()[..], [fault] if fault.contains("Nobody")), "{:?}", found());
}

#[tokio::test]
async fn an_account_without_transactions_is_gone() {
    let (node, peer) = (TestNode::start().await, TestNode::start().await);
    node.http.pay(1).await;
    node.http.mine().await;
    assert_eq!(node.http.get("/api/v1/accounts/Alice").await.status, 200);
    for _ in 0..2 {
        peer.http.mine().await;
    }
    node.connect(&[&peer.address()]).await;
    assert!(node.http.replace_chain().await);
    assert_eq!(node.http.get("/api/v1/accounts/Alice").await.status, 404);
    assert_eq!(node.http.get("/api/v1/accounts/Bharathi").await.json()["account"]["balance"], "2");
}
