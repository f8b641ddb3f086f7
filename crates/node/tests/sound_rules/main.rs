//! The node and the store under the sound rules: rewards that mature, payments that replace others, branches, restarts.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]

mod intake;

use bcoin_ledger::{
    Power, Rules as _, Tip,
    sound::{
        Account, Amount, CheckedTransfer, Header, Network, Note, Profile, PublicKey, Receiver, SecretKey, Signature,
        Sound, Transfer, mempool::AdmitError,
    },
};
use bcoin_node::{
    AddTransactionError, Adoption, CandidateBuilder, CandidateLimits, NodeHandle, NodeThreads, now, start,
    store::{FirstContent, Location, Opened, verify},
};

const COIN: u64 = 100_000_000;
/// What each of the first 210 blocks pays.
const SUBSIDY: u64 = 50_000 * COIN;

fn units(units: u64) -> Amount {
    Amount::from_units(units).unwrap()
}

fn rules() -> Sound {
    Sound::new(Network::room(Profile::Instant, "node tests", || false).unwrap())
}

fn secret(number: u8) -> SecretKey {
    SecretKey::from_bytes([number; 32]).unwrap()
}

fn key(number: u8) -> PublicKey {
    secret(number).public_key()
}

fn transfer(rules: &Sound, from: u8, to: u8, amount: u64, fee: u64, nonce: u64) -> CheckedTransfer {
    let mut transfer = Transfer {
        sender: key(from).into(),
        receiver: key(to).into(),
        amount,
        fee,
        nonce,
        note: Note::default(),
        signature: Signature::from_bytes([0; 64]),
    };
    transfer.signature = secret(from).sign(&transfer.sighash(rules.network().sighash_engine()), &[0; 32]);
    rules.check_transfer(transfer).unwrap()
}

/// A running node that mines for key 1.
struct Node {
    rules: Sound,
    handle: NodeHandle<Sound>,
    threads: NodeThreads,
}

impl Node {
    fn open(location: &Location) -> Self {
        Self::open_for(location, 1)
    }

    fn open_for(location: &Location, number: u8) -> Self {
        let rules = rules();
        let first = FirstContent { node_address: "sound".into(), genesis: rules.genesis(now()) };
        let opened = Opened::open(rules.clone(), location, first, &|_, _| ()).unwrap();
        let receiver = Receiver { key: key(number), note: Note::default(), extranonce: u64::from(number) };
        let (handle, threads) = start(opened, Some(receiver), 50_000, Power::FULL).unwrap();
        Self { rules, handle, threads }
    }

    fn stop(self) {
        drop(self.handle);
        self.threads.join();
    }

    async fn mine(&self, blocks: usize) {
        for _ in 0..blocks {
            self.handle.mine().await.unwrap();
        }
    }

    async fn pay(&self, transfer: CheckedTransfer) -> Result<u64, AddTransactionError<AdmitError>> {
        self.handle.add_transaction(transfer).await
    }

    fn tip(&self) -> Tip {
        self.handle.view().tip
    }

    fn account(&self, number: u8) -> Account {
        let snapshot = self.handle.view().reader.snapshot().unwrap();
        snapshot.account::<Account>(&key(number).to_bytes()).unwrap().unwrap_or_default()
    }

    fn waiting(&self) -> Vec<CheckedTransfer> {
        self.handle.view().reader.snapshot().unwrap().mempool(1, 1000).unwrap().0
    }

    fn blocks(&self) -> Vec<Vec<u8>> {
        self.handle.view().reader.snapshot().unwrap().blocks(..).unwrap().map(Result::unwrap).collect()
    }
}

#[tokio::test]
async fn a_reward_is_spendable_eleven_blocks_after_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    let node = Node::open(&location);
    node.mine(10).await;
    assert_eq!(node.account(1), Account::default());
    let refused = node.pay(transfer(&node.rules, 1, 2, 1, 154, 0)).await;
    assert!(matches!(refused, Err(AddTransactionError::Refused(AdmitError::Funds { .. }))), "{refused:?}");
    node.mine(1).await;
    assert_eq!(node.account(1), Account { balance: units(SUBSIDY), nonce: 0 });
    node.pay(transfer(&node.rules, 1, 2, COIN, 154, 0)).await.unwrap();
    node.mine(1).await;
    assert_eq!(node.account(1), Account { balance: units(2 * SUBSIDY - COIN - 154), nonce: 1 });
    assert_eq!(node.account(2), Account { balance: units(COIN), nonce: 0 });
    let state = (node.tip(), node.blocks());
    node.stop();
    let verdict = verify(&rules(), folder.path(), &|_, _| ()).unwrap();
    assert!(verdict.faults.is_empty() && verdict.database.is_none(), "{verdict:?}");
    let node = Node::open(&location);
    assert_eq!((node.tip(), node.blocks()), state);
    // The fee and the tenth reward arrive eleven blocks after theirs.
    node.mine(11).await;
    assert_eq!(node.account(1).balance, units(13 * SUBSIDY - COIN));
    node.stop();
}

#[tokio::test]
async fn a_replaced_payment_is_gone_after_a_restart_too() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    let node = Node::open(&location);
    node.mine(11).await;
    let first = transfer(&node.rules, 1, 2, 1, 200, 0);
    let second = transfer(&node.rules, 1, 2, 2, 200, 1);
    let dearer = transfer(&node.rules, 1, 3, 1, 400, 0);
    node.pay(first.clone()).await.unwrap();
    node.pay(second.clone()).await.unwrap();
    let again = node.pay(first).await;
    assert!(matches!(again, Err(AddTransactionError::Refused(AdmitError::Waits))), "{again:?}");
    node.pay(dearer.clone()).await.unwrap();
    assert_eq!(node.handle.view().waiting, 2);
    let waiting = node.waiting();
    assert_eq!(waiting, [second.clone(), dearer.clone()]);
    node.stop();
    let node = Node::open(&location);
    assert_eq!(node.waiting(), waiting);
    node.mine(1).await;
    assert_eq!(node.waiting(), []);
    assert_eq!((node.account(2).balance, node.account(3).balance, node.account(1).nonce), (units(2), units(1), 2));
    node.stop();
}

#[tokio::test]
async fn a_double_spend_on_the_branch_with_less_work_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    let (node, other) = (Node::open(&location), Node::open_for(&Location::Memory, 1));
    node.mine(12).await;
    adopt(&other, &node.blocks()).await;
    let (to_shop, to_self) =
        (transfer(&node.rules, 1, 2, SUBSIDY - 154, 154, 0), transfer(&node.rules, 1, 3, SUBSIDY - 154, 154, 0));
    node.pay(to_shop.clone()).await.unwrap();
    node.mine(2).await;
    assert_eq!(node.account(2).balance, units(SUBSIDY - 154));
    other.pay(to_self).await.unwrap();
    other.mine(3).await;
    let Adoption::Adopted { replacement, .. } = adopt(&node, &other.blocks()).await else { panic!("not adopted") };
    assert_eq!((replacement.fork, replacement.stale.count, replacement.not_returned), (13, 2, 1));
    assert_eq!((node.account(2).balance, node.account(3).balance), (Amount::ZERO, units(SUBSIDY - 154)));
    assert_eq!(node.account(1), other.account(1));
    assert_eq!(node.waiting(), []);
    other.stop();
    node.stop();
    let verdict = verify(&rules(), folder.path(), &|_, _| ()).unwrap();
    assert!(verdict.faults.is_empty(), "{verdict:?}");
}

async fn adopt(node: &Node, blocks: &[Vec<u8>]) -> bcoin_node::AdoptionOf<Sound> {
    let reader = &node.handle.view().reader;
    let mut builder = CandidateBuilder::new(node.rules.clone(), reader, CandidateLimits::unlimited());
    for block in blocks {
        builder.push(node.rules.decode(block).unwrap()).unwrap();
    }
    node.handle.adopt(builder.finish().unwrap(), None).await.unwrap()
}

#[tokio::test]
async fn a_folder_belongs_to_one_set_of_rules_and_one_network() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    let node = Node::open(&location);
    node.mine(1).await;
    let header = Header::decode(node.blocks()[0][..80].try_into().unwrap());
    assert_eq!(header.hash(), node.rules.network().genesis_hash());
    let blocks = node.blocks();
    node.stop();

    let chapter = bcoin_ledger::chapter::Chapter;
    let first = FirstContent { node_address: "n".into(), genesis: chapter.genesis(now()) };
    let refused = Opened::open(chapter, &location, first, &|_, _| ()).err().unwrap();
    assert!(refused.to_string().contains("\"sound\""), "{refused}");

    let other = Sound::new(Network::room(Profile::Instant, "another", || false).unwrap());
    let first = FirstContent { node_address: "n".into(), genesis: other.genesis(now()) };
    let refused = Opened::open(other.clone(), &location, first, &|_, _| ()).err().unwrap();
    let names = [header.hash(), other.network().genesis_hash()].map(|hash| hash.to_string());
    assert!(names.iter().all(|name| refused.to_string().contains(name)), "{refused}");
    let refused = verify(&other, folder.path(), &|_, _| ()).err().unwrap();
    assert!(refused.to_string().contains("another network"), "{refused}");

    let node = Node::open(&location);
    assert_eq!(node.blocks(), blocks);
    node.stop();
}

#[test]
fn a_folder_of_format_1_is_refused_as_one_of_the_chapters_rules() {
    let folder = tempfile::tempdir().unwrap();
    bcoin_testkit::format_1::write_folder(folder.path());
    let rules = rules();
    let first = FirstContent { node_address: "n".into(), genesis: rules.genesis(now()) };
    let location = Location::Folder(folder.path().into());
    let refused = Opened::open(rules.clone(), &location, first, &|_, _| ()).err().unwrap();
    assert!(refused.to_string().contains("\"chapter\""), "{refused}");
    let refused = verify(&rules, folder.path(), &|_, _| ()).err().unwrap();
    assert!(refused.to_string().contains("\"chapter\""), "{refused}");
}

/// A transfer that was written down and is not signed, which only another program can have done.
#[tokio::test]
async fn what_waits_is_judged_again_at_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    let node = Node::open(&location);
    node.mine(11).await;
    let signed = transfer(&node.rules, 1, 2, 1, 200, 0);
    let mut encoding = bcoin_ledger::Transaction::encode(&transfer(&node.rules, 1, 2, 1, 200, 1));
    *encoding.last_mut().unwrap() ^= 1;
    let unsigned: CheckedTransfer = bcoin_ledger::Transaction::decode(&encoding).unwrap();
    node.pay(signed.clone()).await.unwrap();
    let rules = node.rules.clone();
    node.stop();
    let first = FirstContent { node_address: "n".into(), genesis: rules.genesis(now()) };
    let opened = Opened::open(rules, &location, first, &|_, _| ()).unwrap();
    opened.store.add_to_mempool(&[unsigned], &[], &[], now().to_utc()).unwrap();
    drop(opened);
    let node = Node::open(&location);
    assert_eq!(node.waiting(), [signed]);
    node.mine(1).await;
    node.stop();
}

/// Blocks of two branches, offered in any order of branches, end in the chain with the most work.
#[tokio::test]
async fn the_branch_with_the_most_work_is_the_chain_in_whatever_order_branches_come() {
    let makers: Vec<Node> = (1..4).map(|number| Node::open_for(&Location::Memory, number)).collect();
    for (maker, blocks) in makers.iter().zip([3, 5, 4]) {
        maker.mine(blocks).await;
    }
    let branches: Vec<_> = makers.iter().map(Node::blocks).collect();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let node = Node::open(&Location::Memory);
        for branch in order {
            adopt(&node, &branches[branch]).await;
        }
        assert_eq!((node.tip(), node.blocks()), (makers[1].tip(), branches[1].clone()), "{order:?}");
        node.stop();
    }
    makers.into_iter().for_each(Node::stop);
}
