//! The index of accounts and hashes beside a plain scan of the chain, whatever happens to the chain.

use std::collections::{BTreeMap, HashMap};

use bcoin::{
    ledger::{Block, BlockHash, CheckedBlock, Scalar, Tip, Transaction, check_block, puzzle},
    store::{FirstContent, Location, Reader, Store, open, verify},
};
use proptest::prelude::*;

use crate::support::{BCOIN, TestNode};

/// Amounts as they stand in a block, and what they are worth in millionths; nothing when they are no number.
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

/// Senders and receivers as they stand in a block, and the account they mean.
fn names() -> Vec<(String, String)> {
    let long = "x".repeat(300);
    let hash = BlockHash::of(&format!("\"{long}\""));
    let plain = ["Alice", "Bob", "", "__proto__", "a/b?c", "ä\u{202e}\u{1f600}", "null"];
    let mut names: Vec<_> = plain.map(|name| (serde_json::to_string(name).unwrap(), name.to_owned())).into();
    names.extend([("5", "5"), ("null", "null"), ("1e2", "100.0")].map(|(json, name)| (json.into(), name.into())));
    names.push((format!("\"{long}\""), format!("{}…{hash}", "x".repeat(190))));
    names
}

/// A transaction by its places in the two tables.
type Payment = (usize, usize, usize);

#[derive(Clone, Debug)]
enum Change {
    /// A block more.
    Append(Vec<Payment>),
    /// Other blocks after a fork, so many blocks before the end.
    Replace { depth: u64, blocks: Vec<Vec<Payment>> },
    /// The latest change was reported as failed, and is taken back.
    TakeBack,
}

fn change() -> impl Strategy<Value = Change> {
    let payments = || prop::collection::vec((0..AMOUNTS.len(), 0..names().len(), 0..names().len()), 0..5);
    prop_oneof![
        4 => payments().prop_map(Change::Append),
        2 => (0..4_u64, prop::collection::vec(payments(), 5..8)).prop_map(|(depth, blocks)| Change::Replace { depth, blocks }),
        2 => Just(Change::TakeBack),
    ]
}

fn transaction((amount, sender, receiver): Payment) -> Transaction {
    let names = names();
    let json = format!(
        r#"{{"amount": {}, "receiver": {}, "sender": {}}}"#,
        AMOUNTS[amount].0, names[receiver].0, names[sender].0
    );
    Transaction::from_json(&json).unwrap()
}

fn block_after(tip: &Tip, payments: &[Payment]) -> CheckedBlock {
    let block = Block {
        index: tip.index + 1,
        previous_hash: tip.hash.to_string(),
        proof: puzzle::search(tip.proof, || false).unwrap(),
        timestamp: format!("{payments:?}"),
        transactions: payments.iter().copied().map(transaction).collect(),
    };
    check_block(Some(tip), block).unwrap()
}

/// What a plain scan finds for one account.
#[derive(Debug, Default, PartialEq)]
struct Scanned {
    received: i128,
    sent: i128,
    uncounted: u64,
    /// Block and position, in the chain's order.
    payments: Vec<(u64, u64)>,
}

fn scan(reader: &Reader) -> BTreeMap<String, Scanned> {
    let means: HashMap<String, String> = names().into_iter().map(|(json, name)| (canonical(&json), name)).collect();
    let worth: HashMap<String, Option<i128>> = AMOUNTS.iter().map(|(json, worth)| (canonical(json), *worth)).collect();
    let mut accounts = BTreeMap::<String, Scanned>::new();
    for text in reader.snapshot().unwrap().blocks(1).unwrap() {
        let block = Block::from_json(&text.unwrap()).unwrap();
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
                account.payments.push((block.index, position));
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

/// The index says what a scan finds, account by account, payment by payment, hash by hash.
fn check(reader: &Reader) {
    let (index, scanned) = (reader.index().unwrap(), scan(reader));
    assert_eq!(index.account_count().unwrap(), scanned.len() as u64);
    let mut after: Option<String> = None;
    let mut listed = Vec::new();
    loop {
        let page = index.accounts(after.as_deref(), 3).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.name.clone());
        listed.extend(page);
    }
    assert_eq!(listed.iter().map(|account| &account.name).collect::<Vec<_>>(), scanned.keys().collect::<Vec<_>>());
    for account in listed {
        let expected = &scanned[&account.name];
        assert_eq!(index.account(&account.name).unwrap().as_ref(), Some(&account));
        assert_eq!(millionths(&account.received), expected.received, "{account:?}");
        assert_eq!(millionths(&account.sent), expected.sent, "{account:?}");
        assert_eq!(millionths(&account.balance), expected.received - expected.sent, "{account:?}");
        assert_eq!((account.payments, account.uncounted), (expected.payments.len() as u64, expected.uncounted));
        let (mut places, mut before) = (Vec::new(), None);
        loop {
            let (page, next) = index.account_payments(&account.name, before, 2).unwrap();
            places.extend(page.iter().map(|payment| (payment.block, payment.position)));
            before = next;
            if before.is_none() {
                break;
            }
        }
        places.reverse();
        assert_eq!(places, expected.payments, "{}", account.name);
    }
    for text in reader.snapshot().unwrap().blocks(1).unwrap() {
        let text = text.unwrap();
        assert_eq!(index.block_of_hash(&BlockHash::of(&text)).unwrap(), Some(text));
    }
}

fn length(reader: &Reader) -> u64 {
    reader.snapshot().unwrap().length().unwrap()
}

fn tip_at(reader: &Reader, index: u64) -> Tip {
    let text = reader.snapshot().unwrap().block(index).unwrap().unwrap();
    Tip { index, proof: Block::from_json(&text).unwrap().proof, hash: BlockHash::of(&text) }
}

fn apply(store: &Store, change: &Change, before: &mut Tip) {
    let reader = store.reader();
    let tip = tip_at(&reader, length(&reader));
    match change {
        Change::Append(payments) => {
            store.append(&block_after(&tip, payments)).unwrap();
            *before = tip;
        }
        Change::Replace { depth, blocks } => {
            let fork = tip.index.saturating_sub(*depth).max(1);
            let mut end = tip_at(&reader, fork);
            let texts: Vec<_> = blocks
                .iter()
                .map(|payments| {
                    let block = block_after(&end, payments);
                    end = block.tip();
                    Ok(block.text().to_owned())
                })
                .collect();
            store.replace(fork, texts.into_iter(), &end, &[], "t".into()).unwrap();
            *before = tip;
        }
        // Taking back the same change twice changes nothing.
        Change::TakeBack => store.take_back(before, &[], &[]).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_index_is_what_a_scan_finds(changes in prop::collection::vec(change(), 1..10)) {
        let first = FirstContent { node_address: "n".into(), timestamp: "t".into() };
        let opened = open(&Location::Memory, first, &|_, _| ()).unwrap();
        let store = opened.store;
        let mut before = opened.contents.tip;
        for change in &changes {
            apply(&store, change, &mut before);
            check(&store.reader());
        }
    }
}

/// What a program that knows no index leaves, and what one leaves that wrote blocks without it.
#[test]
fn a_folder_without_its_index_gets_one() {
    use redb::{Database, TableDefinition};
    const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
    const ACCOUNTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("accounts");
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--port", "0", "--data-dir", folder.path().to_str().unwrap()];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let run = |mine: bool| {
        let node = BCOIN.start(&arguments);
        let accounts = runtime.block_on(async {
            if mine {
                node.http().pay(5).await;
                node.http().mine().await;
            }
            node.http().get("/api/v1/accounts").await.text
        });
        assert!(node.end_by("-TERM").success());
        accounts
    };
    let accounts = run(true);
    assert!(accounts.contains("Bharathi"), "{accounts}");
    for damage in ["missing", "of another tip"] {
        let database = Database::open(folder.path().join("chain.redb")).unwrap();
        let write = database.begin_write().unwrap();
        if damage == "missing" {
            write.delete_table(ACCOUNTS).unwrap();
            write.open_table(META).unwrap().remove("index_tip").unwrap();
        } else {
            write.open_table(META).unwrap().insert("index_tip", [7; 32].as_slice()).unwrap();
            write.open_table(ACCOUNTS).unwrap().insert(b"Nobody".as_slice(), b"{}".as_slice()).unwrap();
        }
        write.commit().unwrap();
        drop(database);
        assert_eq!(run(false), accounts, "{damage}");
    }
    // Nobody notices a wrong entry by looking at the tip alone; `verify` looks at everything.
    let database = Database::open(folder.path().join("chain.redb")).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(ACCOUNTS).unwrap().remove(b"Alice".as_slice()).unwrap();
    write.commit().unwrap();
    drop(database);
    let verdict = verify(folder.path(), &|_, _| ()).unwrap();
    assert_eq!(verdict.faults.len(), 1, "{:?}", verdict.faults);
    assert!(verdict.faults[0].contains("Alice"), "{:?}", verdict.faults);
}

#[tokio::test]
async fn an_account_without_payments_is_gone() {
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
