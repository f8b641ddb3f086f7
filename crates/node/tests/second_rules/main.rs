//! The node and the store under a second set of rules, which shows that the seam is one: mining, replacing, branches, restarting
//! and refusing, on the real store.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]
#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod gate;
mod mempool;
mod rules;

use std::path::Path;

use bcoin_ledger::{
    BlockHash, ChainCheck, CheckedBlock as _, Power, Rules as _, Tip, Work,
    chapter::{self, Chapter},
};
use bcoin_node::{
    AddTransactionError, AdoptError, Adoption, AdoptionOf, CandidateBuilder, CandidateError, CandidateLimits,
    NodeHandle, NodeThreads, now, start,
    store::{FirstContent, Location, OpenError, Opened, verify},
};
use bcoin_testkit::random::Random;

use self::rules::{Balance, Block, Header, REWARD, Receiver, Refusal, Second, Transaction, body};

/// A running node whose blocks pay account 1, and promise one zero bit.
struct Node {
    rules: Second,
    handle: NodeHandle<Second>,
    threads: NodeThreads,
}

impl Node {
    fn open(location: &Location) -> Self {
        Self::open_with(location, Receiver { account: 1, bits: 1 })
    }

    fn open_with(location: &Location, receiver: Receiver) -> Self {
        let rules = Second::default();
        let first = FirstContent { node_address: "second".into(), genesis: rules.genesis(now()) };
        let opened = Opened::open(rules.clone(), location, first, &|_, _| ()).unwrap();
        let (handle, threads) = start(opened, Some(receiver), 1000, Power::FULL).unwrap();
        Self { rules, handle, threads }
    }

    fn stop(self) {
        drop(self.handle);
        self.threads.join();
    }

    async fn mine(&self) -> rules::CheckedBlock {
        self.handle.mine().await.unwrap().block
    }

    async fn pay(&self, transaction: Transaction) -> Result<u64, AddTransactionError<Refusal>> {
        self.handle.add_transaction(transaction).await
    }

    fn tip(&self) -> Tip {
        self.handle.view().tip
    }

    fn balance(&self, account: u8) -> u64 {
        let snapshot = self.handle.view().reader.snapshot().unwrap();
        snapshot.account::<Balance>(&[account]).unwrap().unwrap_or_default().0
    }

    fn waiting(&self) -> Vec<Transaction> {
        self.handle.view().reader.snapshot().unwrap().mempool(1, 1000).unwrap().0
    }

    fn blocks(&self) -> Vec<Vec<u8>> {
        self.handle.view().reader.snapshot().unwrap().blocks(..).unwrap().map(Result::unwrap).collect()
    }

    fn builder(&self) -> CandidateBuilder<Second> {
        CandidateBuilder::new(self.rules.clone(), &self.handle.view().reader, CandidateLimits::unlimited())
    }

    async fn offer(&self, blocks: &[Vec<u8>]) -> Result<AdoptionOf<Second>, AdoptError<Refusal>> {
        let mut builder = self.builder();
        for block in blocks {
            builder.push(self.rules.decode(block).unwrap()).unwrap();
        }
        self.handle.adopt(builder.finish().unwrap(), None).await
    }

    async fn is_adopted(&self, blocks: &[Vec<u8>]) -> bool {
        matches!(self.offer(blocks).await.unwrap(), Adoption::Adopted { .. })
    }
}

fn pay(number: u16, from: u8, to: u8, amount: u32) -> Transaction {
    Transaction { from, to, number, amount }
}

/// The encoding of a block after the last of `blocks`.
fn next(blocks: &[Vec<u8>], bits: u8, receiver: u8, transactions: &[Transaction]) -> Vec<u8> {
    let parent = *Second::default().decode(blocks.last().unwrap()).unwrap().header.hash().as_bytes();
    let body = body(transactions);
    let root = *BlockHash::sha256(&body).as_bytes();
    [Header { parent, root, receiver, bits, nonce: 0 }.solved().encode(), body].concat()
}

/// `blocks` and one more for each of these numbers of bits.
fn grown(blocks: &[Vec<u8>], bits: &[u8], receiver: u8) -> Vec<Vec<u8>> {
    let mut blocks = blocks.to_vec();
    for bits in bits {
        blocks.push(next(&blocks, *bits, receiver, &[]));
    }
    blocks
}

#[tokio::test(flavor = "multi_thread")]
async fn the_template_is_fixed_before_the_search() {
    let node = Node::open(&Location::Memory);
    node.mine().await;
    node.pay(pay(1, 1, 2, 3)).await.unwrap();
    node.rules.gate.close();
    let mining = tokio::spawn({
        let handle = node.handle.clone();
        async move { handle.mine().await.unwrap() }
    });
    let gate = node.rules.gate.clone();
    tokio::task::spawn_blocking(move || gate.wait_for_a_search()).await.unwrap();
    node.pay(pay(2, 1, 2, 4)).await.unwrap();
    node.rules.gate.open();
    assert_eq!(mining.await.unwrap().block.transactions, [pay(1, 1, 2, 3)]);
    assert_eq!(node.waiting(), [pay(2, 1, 2, 4)]);
    assert_eq!(node.mine().await.transactions, [pay(2, 1, 2, 4)]);
    assert_eq!((node.balance(1), node.balance(2)), (3 * REWARD - 7, 7));
    node.stop();
}

#[tokio::test]
async fn more_work_wins_and_not_more_blocks() {
    let node = Node::open(&Location::Memory);
    for _ in 0..5 {
        node.mine().await;
    }
    let (long, fork) = (node.blocks(), node.blocks()[..1].to_vec());
    assert!(!node.is_adopted(&grown(&fork, &[1, 1, 1, 1, 1], 2)).await, "as much work is not more");
    let short = grown(&fork, &[5, 7], 2);
    assert!(node.is_adopted(&short).await);
    assert_eq!((node.tip().height, node.tip().work), (3, Work::from(2 + 32 + 128)));
    assert_eq!(node.blocks(), short);
    assert!(!node.is_adopted(&grown(&long, &[1, 1, 1, 1], 1)).await, "ten blocks of little work");
    assert_eq!((node.balance(1), node.balance(2)), (0, 2 * REWARD));
    node.stop();
}

#[tokio::test]
async fn a_header_is_judged_before_its_body_is_read() {
    let node = Node::open(&Location::Memory);
    let garbage = vec![7; 13];
    let refusal = |block| match node.builder().push(block) {
        Err(CandidateError::Rule(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let header = Header { parent: [0; 32], root: [9; 32], receiver: 0, bits: 1, nonce: 0 }.solved();
    assert_eq!(refusal(Block { header: Header { parent: [1; 32], ..header }, body: garbage.clone() }), Refusal::Parent);
    assert_eq!(refusal(Block { header: Header { bits: 2, ..header }, body: garbage.clone() }), Refusal::Bits);
    assert_eq!(refusal(Block { header, body: garbage.clone() }), Refusal::Root);
    let root = *BlockHash::sha256(&garbage).as_bytes();
    assert_eq!(refusal(Block { header: Header { root, ..header }.solved(), body: garbage }), Refusal::Encoding);
    node.stop();
}

#[tokio::test]
async fn what_the_accounts_do_not_cover_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    let node = Node::open(&location);
    node.mine().await;
    node.pay(pay(1, 1, 2, 6)).await.unwrap();
    let refused = node.pay(pay(2, 1, 2, 5)).await;
    assert!(matches!(refused, Err(AddTransactionError::Refused(Refusal::Funds))), "what waits counts: {refused:?}");

    let (blocks, tip) = (node.blocks(), node.tip());
    let mut overspent = grown(&blocks[..1], &[5, 5], 3);
    overspent.push(next(&overspent, 5, 3, &[pay(3, 3, 4, 20), pay(4, 4, 5, 21)]));
    let refused = node.offer(&overspent).await.unwrap_err();
    assert!(
        matches!(&refused, AdoptError::Refused { height: 4, reason, .. } if **reason == Refusal::Funds),
        "{refused}"
    );
    let unchanged = |node: &Node| {
        assert_eq!((node.blocks(), node.tip(), node.waiting()), (blocks.clone(), tip, vec![pay(1, 1, 2, 6)]));
        assert_eq!([1, 2, 3, 4].map(|account| node.balance(account)), [REWARD, 0, 0, 0]);
        assert!(node.handle.view().reader.snapshot().unwrap().stale_branches().unwrap().is_empty());
    };
    unchanged(&node);
    node.stop();
    assert_in_order(folder.path());
    let node = Node::open(&location);
    unchanged(&node);
    assert_eq!(node.mine().await.transactions, [pay(1, 1, 2, 6)]);
    node.stop();
}

#[tokio::test]
async fn a_replacement_returns_what_is_still_covered() {
    let node = Node::open(&Location::Memory);
    node.mine().await;
    node.mine().await;
    let common = node.blocks()[..2].to_vec();
    node.pay(pay(1, 1, 2, 9)).await.unwrap();
    node.pay(pay(2, 1, 3, 8)).await.unwrap();
    node.mine().await;
    node.pay(pay(3, 2, 4, 1)).await.unwrap();
    // Account 1 has a reward of the two that it had, and pays the second of its payments on this chain too.
    let mut other = common.clone();
    other.push(next(&other, 5, 5, &[pay(2, 1, 3, 8)]));
    let Adoption::Adopted { replacement, waiting } = node.offer(&other).await.unwrap() else { panic!("not adopted") };
    assert_eq!((replacement.fork, replacement.stale.count, replacement.returned.count, waiting), (2, 2, 0, 0));
    assert_eq!(replacement.not_returned, 1, "the first payment; the second is in the new chain");
    assert_eq!(node.waiting(), []);
    assert_eq!([1, 2, 3, 5].map(|account| node.balance(account)), [2, 0, 8, REWARD]);
    node.stop();
}

#[tokio::test]
async fn a_branch_comes_back_and_goes_again() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    let node = Node::open(&location);
    let genesis = node.blocks();
    let first = grown(&genesis, &[1, 1, 1], 2);
    assert!(node.is_adopted(&first).await);
    let second = grown(&genesis, &[4], 3);
    assert!(node.is_adopted(&second).await);
    // Two blocks of the first branch and another end: they are stored already.
    let third = grown(&first[..3], &[5], 4);
    assert!(node.is_adopted(&third).await);
    let stale = |node: &Node| -> Vec<Vec<Vec<u8>>> {
        let snapshot = node.handle.view().reader.snapshot().unwrap();
        let branches = snapshot.stale_branches().unwrap();
        branches.iter().map(|branch| snapshot.stale_blocks(branch).unwrap().map(Result::unwrap).collect()).collect()
    };
    assert_eq!(stale(&node), [second.clone(), first.clone()], "the first one gave no block up");
    node.stop();

    let node = Node::open(&location);
    assert_eq!(node.blocks(), third);
    assert_eq!(stale(&node), [second, first]);
    // Ten more branches: the ones before are forgotten, and what the chain or a later branch has of them is not.
    let mut chain = third;
    let mut expected = Vec::new();
    for (receiver, bits) in [5, 6].into_iter().cycle().zip([5, 6, 6, 7, 7, 8, 8, 8, 9, 9]) {
        expected.insert(0, chain.clone());
        let kept = chain.len() - 1;
        chain = grown(&chain[..kept.max(1)], &[bits, bits], receiver);
        assert!(node.is_adopted(&chain).await);
    }
    assert_eq!(stale(&node), expected);
    node.stop();
    assert_in_order(folder.path());
    let node = Node::open(&location);
    assert_eq!((node.blocks(), stale(&node)), (chain, expected));
    node.stop();
}

/// Whatever happens, the store holds what the blocks say, and a restart finds it.
#[tokio::test]
async fn the_store_is_in_order_after_any_events() {
    let mut random = Random::new(7, "second rules");
    for round in 0..6_u8 {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().into());
        let mut node = Node::open_with(&location, Receiver { account: 1 + round, bits: 1 + round % 3 });
        for number in 0..40 {
            let account = || u8::try_from(1 + number % 7).unwrap();
            match random.below(10) {
                0..3 => drop(node.mine().await),
                3..6 => drop(node.pay(pay(number, account(), 1, 1 + u32::from(number % 5))).await),
                6..9 => {
                    let (blocks, from) = (node.blocks(), account());
                    let kept = 1 + random.below(blocks.len() as u64) as usize;
                    let mut chain = blocks[..kept].to_vec();
                    for _ in 0..1 + random.below(4) {
                        let bits = 1 + random.below(4) as u8;
                        let spent = if random.one_in(2) { vec![pay(number, from, 2, 3)] } else { vec![] };
                        chain.push(next(&chain, bits, from, &spent));
                    }
                    // Refused, too little work or adopted: each has to leave the store in order.
                    let mut check = ChainCheck::new(node.rules.clone());
                    if chain.iter().all(|block| check.push(node.rules.decode(block).unwrap(), now()).is_ok()) {
                        drop(node.offer(&chain).await);
                    }
                }
                _ => {
                    let state = (node.blocks(), node.tip(), node.waiting());
                    node.stop();
                    assert_in_order(folder.path());
                    node = Node::open_with(&location, Receiver { account: 1 + round, bits: 1 + round % 3 });
                    assert_eq!((node.blocks(), node.tip(), node.waiting()), state);
                }
            }
        }
        let minted: u64 = (0..=9).map(|account| node.balance(account)).sum();
        assert_eq!(minted, node.tip().height * REWARD, "every reward is somewhere, and nothing else is");
        node.stop();
        assert_in_order(folder.path());
    }
}

#[test]
fn a_folder_belongs_to_one_set_of_rules() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    Node::open(&location).stop();
    let first = FirstContent { node_address: "n".into(), genesis: Chapter.genesis(now()) };
    let refused = Opened::open(Chapter, &location, first, &|_, _| ()).err().unwrap();
    assert!(matches!(refused, OpenError::OtherRules { wanted: "chapter", .. }), "{refused}");
    assert!(refused.to_string().contains("\"second\""), "{refused}");
    let refused = verify(&chapter::Chapter, folder.path(), &|_, _| ()).err().unwrap();
    assert!(matches!(refused, OpenError::OtherRules { .. }), "{refused}");
    Node::open(&location).stop();
}

#[test]
fn two_blocks_have_a_say_in_judging_the_next() {
    let rules = Second::default();
    let genesis = rules.genesis(now());
    let chain = grown(&[genesis.encoding().to_vec()], &[5, 1], 1);
    let mut check = ChainCheck::new(rules.clone());
    for block in grown(&chain, &[9], 1) {
        check.push(rules.decode(&block).unwrap(), now()).unwrap();
    }
    let mut check = ChainCheck::new(rules.clone());
    for block in grown(&chain, &[1], 1) {
        check.push(rules.decode(&block).unwrap(), now()).unwrap();
    }
    let far = grown(&grown(&chain, &[1], 1), &[9], 1);
    assert_eq!(check.push(rules.decode(far.last().unwrap()).unwrap(), now()).unwrap_err(), Refusal::Bits);
}

fn assert_in_order(folder: &Path) {
    let verdict = verify(&Second::default(), folder, &|_, _| ()).unwrap();
    assert_eq!((verdict.database, verdict.faults), (None, Vec::new()));
}
