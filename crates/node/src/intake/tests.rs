//! Blocks that are taken in by a node whose clock the tests set.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]

use bcoin_ledger::{
    BlockHash, CheckedBlock as _, Power, Rules as _,
    sound::{HeaderChain, Network, Note, Profile, Receiver, SecretKey, Sound, mempool::Mempool},
};
use chrono::{DateTime, Local, TimeDelta};

use super::{judge::Offer, *};
use crate::{
    NodeHandle, NodeThreads, Source,
    limits::SideLimits,
    start,
    store::{FirstContent, Location, Opened},
};

fn rules() -> Sound {
    Sound::new(Network::room(Profile::Instant, "intake", || false).unwrap())
}

/// A time after that of the genesis block.
fn at(seconds: i64) -> DateTime<Local> {
    (DateTime::from_timestamp(1_795_305_600, 0).unwrap() + TimeDelta::seconds(seconds)).into()
}

/// A chain that somebody else mines.
#[derive(Clone)]
struct Chain {
    rules: Sound,
    ancestors: HeaderChain,
    key: u8,
}

impl Chain {
    fn new(key: u8) -> Self {
        let rules = rules();
        let ancestors = rules.extend(None, &rules.genesis(at(0)));
        Self { rules, ancestors, key }
    }

    /// The next block, with the time of this clock.
    fn next(&mut self, time: DateTime<Local>) -> Vec<u8> {
        let key = SecretKey::from_bytes([self.key; 32]).unwrap().public_key();
        let receiver = Receiver { key, note: Note::default(), extranonce: 0 };
        let job = self.rules.job(&self.ancestors, &Mempool::default(), &receiver, time);
        let found = self.rules.search(&job, Power::FULL, || false).unwrap();
        let block = self.rules.seal(job, found.solution, &Mempool::default(), time);
        let checked = self.rules.check(Some(&self.ancestors), block, time).unwrap();
        self.ancestors = self.rules.extend(Some(&self.ancestors), &checked);
        checked.encoding().to_vec()
    }
}

struct Node {
    handle: NodeHandle<Sound>,
    threads: NodeThreads,
}

impl Node {
    fn open() -> Self {
        Self::with_limits(SideLimits::default())
    }

    fn with_limits(limits: SideLimits) -> Self {
        let rules = rules();
        let first = FirstContent { node_address: "intake".into(), genesis: rules.genesis(at(0)) };
        let mut opened = Opened::open(rules, &Location::Memory, first, &|_, _| ()).unwrap();
        opened.store.set_side_limits(limits);
        let (handle, threads) = start(opened, None, 100, Power::FULL).unwrap();
        Self { handle, threads }
    }

    fn stop(self) {
        drop(self.handle);
        self.threads.join();
    }

    async fn offer(&self, block: &[u8], source: &str, now: DateTime<Local>) -> SubmitOutcome {
        let offer = Offer { encoding: block.into(), source: Source::new(source) };
        self.handle.submit_at(offer, now).await.unwrap().outcome
    }

    fn height(&self) -> u64 {
        self.handle.view().tip.height
    }
}

#[tokio::test]
async fn an_early_block_is_connected_when_its_time_has_come_and_its_orphans_after_it() {
    let (node, mut other) = (Node::open(), Chain::new(1));
    let (early, orphan) = (other.next(at(100)), other.next(at(101)));
    assert_eq!(node.offer(&early, "one", at(39)).await, SubmitOutcome::Early);
    assert_eq!(node.offer(&early, "two", at(39)).await, SubmitOutcome::Known);
    assert_eq!(node.offer(&orphan, "one", at(39)).await, SubmitOutcome::Orphan);
    node.handle.retry_due(at(39)).await;
    assert_eq!(node.height(), 1);
    // The block after it is early itself, until a second later.
    node.handle.retry_due(at(40)).await;
    assert_eq!(node.height(), 2);
    node.handle.retry_due(at(40)).await;
    assert_eq!(node.height(), 2);
    node.handle.retry_due(at(41)).await;
    assert_eq!((node.height(), node.handle.view().tip.hash), (3, other.ancestors.tip().hash));
    node.stop();
}

#[tokio::test]
async fn a_block_that_is_too_early_is_not_kept_and_nobody_is_to_blame() {
    let (node, mut other) = (Node::open(), Chain::new(1));
    let block = other.next(at(1000));
    assert_eq!(node.offer(&block, "one", at(339)).await, SubmitOutcome::NotKept);
    assert_eq!(node.offer(&block, "one", at(340)).await, SubmitOutcome::Early);
    assert!(node.handle.known_invalid(&other.ancestors.tip().hash).is_none());
    // The clock is set back, and then right.
    node.handle.retry_due(at(-5000)).await;
    assert_eq!(node.offer(&block, "one", at(2000)).await, SubmitOutcome::Connected);
    node.stop();
}

#[tokio::test]
async fn of_one_source_four_early_blocks_are_kept() {
    let node = Node::open();
    let mut outcomes = Vec::new();
    for key in 1..=5 {
        outcomes.push(node.offer(&Chain::new(key).next(at(100)), "one", at(0)).await);
    }
    assert_eq!(outcomes[..4], [SubmitOutcome::Early; 4]);
    assert_eq!(outcomes[4], SubmitOutcome::NotKept);
    assert_eq!(node.offer(&Chain::new(5).next(at(100)), "two", at(0)).await, SubmitOutcome::Early);
    node.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_task_takes_in_what_is_due_without_being_asked() {
    let (node, mut other) = (Node::open(), Chain::new(1));
    let now = crate::now();
    let block = other.next(now + TimeDelta::seconds(61));
    let task = tokio::spawn(node.handle.clone().retry_early_blocks());
    assert_eq!(node.offer(&block, "one", now - TimeDelta::seconds(2)).await, SubmitOutcome::Early);
    let mut view = node.handle.watch_view();
    view.wait_for(|view| view.tip.height == 2).await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    drop(view);
    node.stop();
}

/// The header of a block alone: whoever reads on refuses it.
fn without_body(block: &[u8]) -> &[u8] {
    &block[..80]
}

#[tokio::test]
async fn a_block_with_too_little_work_is_known_by_its_header() {
    let node = Node::with_limits(SideLimits { work_behind: 3, ..SideLimits::default() });
    let (mut own, mut other) = (Chain::new(1), Chain::new(2));
    for seconds in 1..=5 {
        assert_eq!(node.offer(&own.next(at(seconds)), "one", at(9)).await, SubmitOutcome::Connected);
    }
    let far = other.next(at(1));
    for _ in 0..3 {
        assert_eq!(node.offer(without_body(&far), "one", at(9)).await, SubmitOutcome::TooLittleWork);
    }
    assert_eq!(node.offer(&far, "one", at(9)).await, SubmitOutcome::TooLittleWork);
    node.stop();
}

#[tokio::test]
async fn a_block_that_would_be_the_first_to_be_dropped_is_known_by_its_header() {
    for limits in [
        SideLimits { blocks_of_source: 1, ..SideLimits::default() },
        SideLimits { blocks: 1, ..SideLimits::default() },
        SideLimits { bytes: 200, ..SideLimits::default() },
    ] {
        let node = Node::with_limits(limits);
        let (mut own, mut late) = (Chain::new(1), Chain::new(1));
        for seconds in 1..=5 {
            node.offer(&own.next(at(seconds)), "own", at(9)).await;
            if seconds == 2 {
                late = Chain { key: 4, ..own.clone() };
            }
        }
        let (mut kept, second) = (Chain::new(2), Chain::new(3).next(at(1)));
        assert_eq!(node.offer(&kept.next(at(1)), "one", at(9)).await, SubmitOutcome::Branch);
        assert_eq!(node.offer(without_body(&second), "one", at(9)).await, SubmitOutcome::TooLittleWork, "{limits:?}");
        let refused = Offer { encoding: without_body(&second).into(), source: Source::new("two") };
        let is_refused = node.handle.submit_at(refused, at(9)).await.is_err();
        assert_eq!(is_refused, limits.blocks_of_source == 1, "another source has its own share: {limits:?}");
        // What only follows the block that would go first would go before it.
        let next = kept.next(at(1));
        assert_eq!(node.offer(without_body(&next), "one", at(9)).await, SubmitOutcome::TooLittleWork, "{limits:?}");
        // One with more work takes its place.
        assert_eq!(node.offer(&late.next(at(3)), "one", at(9)).await, SubmitOutcome::Branch, "{limits:?}");
        assert_eq!(node.offer(without_body(&second), "one", at(9)).await, SubmitOutcome::TooLittleWork, "{limits:?}");
        node.stop();
    }
}

#[tokio::test]
async fn orphans_that_wait_for_an_orphan_keep_their_places_when_it_comes_again() {
    let (node, mut other) = (Node::open(), Chain::new(1));
    let blocks: Vec<_> = (1..=18).map(|seconds| other.next(at(seconds))).collect();
    // The oldest of sixteen, and its parent, which is an orphan too.
    for block in [&blocks[2], &blocks[1]].into_iter().chain(&blocks[3..17]) {
        assert_eq!(node.offer(block, "one", at(20)).await, SubmitOutcome::Orphan);
    }
    assert_eq!(node.offer(&blocks[1], "two", at(20)).await, SubmitOutcome::Known);
    assert_eq!(node.offer(&blocks[17], "one", at(20)).await, SubmitOutcome::Orphan);
    assert_eq!(node.offer(&blocks[0], "one", at(20)).await, SubmitOutcome::Connected);
    assert_eq!(node.height(), 3, "the oldest had to leave, and its parent has not");
    node.stop();
}

#[tokio::test]
async fn orphans_follow_a_parent_that_came_another_way() {
    let (node, mut other) = (Node::open(), Chain::new(1));
    let blocks = [1, 2, 3].map(|seconds| other.next(at(seconds)));
    assert_eq!(node.offer(&blocks[2], "one", at(5)).await, SubmitOutcome::Orphan);
    let reader = &node.handle.view().reader;
    let mut builder = crate::CandidateBuilder::new(rules(), reader, crate::CandidateLimits::unlimited());
    builder.push(rules().decode(rules().genesis(at(0)).encoding()).unwrap()).unwrap();
    for block in &blocks[..2] {
        builder.push(rules().decode(block).unwrap()).unwrap();
    }
    node.handle.adopt(builder.finish().unwrap(), None).await.unwrap();
    assert_eq!(node.height(), 3);
    node.handle.retry_orphans(at(5)).await;
    assert_eq!(node.height(), 4);
    node.stop();
}

/// The parent is stored between the moment at which it was looked for and the one at which the orphan is kept.
#[tokio::test]
async fn an_orphan_whose_parent_came_in_the_meantime_does_not_wait() {
    let (node, mut other) = (Node::open(), Chain::new(1));
    let (parent, child) = (other.next(at(1)), other.next(at(2)));
    let before = node.handle.view().reader.snapshot().unwrap();
    assert_eq!(node.offer(&parent, "one", at(5)).await, SubmitOutcome::Connected);
    let judge = judge::Judge { rules: rules(), intake: node.handle.intake().clone(), now: at(5) };
    let header = rules().header(&rules().decode(&child).unwrap());
    assert!(before.ancestors_of(&rules(), &header.previous).unwrap().is_none());
    let orphan = kept::KeptBlock {
        hash: header.hash(),
        parent: header.previous,
        encoding: child.into(),
        source: Source::new("one"),
    };
    let kept = judge.keep_orphan(&node.handle.view().reader, orphan).unwrap();
    let judge::Judged::ParentCame(_, parent) = kept else { panic!("the parent was not found") };
    node.handle.take_orphans_of(vec![parent], at(5)).await;
    assert_eq!(node.height(), 3);
    node.stop();
}

#[tokio::test]
async fn what_follows_an_invalid_block_is_refused_as_such() {
    let (node, mut other) = (Node::open(), Chain::new(1));
    let blocks = [1, 2, 3, 4].map(|seconds| other.next(at(seconds)));
    let hashes: Vec<BlockHash> =
        blocks.iter().map(|block| rules().header(&rules().decode(block).unwrap()).hash()).collect();
    assert_eq!(node.offer(&blocks[1], "one", at(5)).await, SubmitOutcome::Orphan);
    let reason = bcoin_ledger::sound::BlockError::CoinbaseKey;
    node.handle.note_refusal(hashes[0], &bcoin_ledger::sound::BlockError::Merkle);
    assert!(node.handle.known_invalid(&hashes[0]).is_none(), "the body was wrong, not the block");
    node.handle.note_refusal(hashes[0], &reason);
    for (block, is_first) in [(&blocks[0], true), (&blocks[1], false), (&blocks[2], false)] {
        let offer = Offer { encoding: block.as_slice().into(), source: Source::new("two") };
        let error = node.handle.submit_at(offer, at(5)).await.unwrap_err();
        assert_eq!(matches!(error, SubmitError::Refused(_)), is_first, "{error}");
        assert_eq!(error.to_string().contains(&hashes[0].to_string()), !is_first, "{error}");
        assert!(error.to_string().contains(&reason.to_string()), "{error}");
    }
    assert!(hashes[..3].iter().all(|hash| node.handle.known_invalid(hash).is_some()));
    assert!(node.handle.known_invalid(&hashes[3]).is_none(), "it was not offered");
    node.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_nothing_half_done() {
    let (node, mut other) = (Node::open(), Chain::new(1));
    let blocks = [1, 2, 3].map(|seconds| other.next(at(seconds)));
    for block in &blocks[1..] {
        assert_eq!(node.offer(block, "one", at(5)).await, SubmitOutcome::Orphan);
    }
    let submission = node.handle.submit(blocks[0].clone(), Source::new("two"));
    // Dropped as soon as it waits.
    assert!(tokio::time::timeout(std::time::Duration::ZERO, submission).await.is_err());
    let mut view = node.handle.watch_view();
    view.wait_for(|view| view.tip.height == 4).await.unwrap();
    drop(view);
    node.stop();
}
