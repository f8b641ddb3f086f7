//! Branches that grow block by block.

use bcoin_testkit::Random;
use tempfile::TempDir;

use super::*;

fn folder() -> (TempDir, Location) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().into());
    (folder, location)
}

/// A tree of three branches, one of which leaves another one in its middle.
fn tree(maker: &mut Maker) -> Vec<CheckedBlock> {
    let first = maker.branch(maker.genesis, 1, 4);
    let second = maker.branch(maker.genesis, 2, 5);
    let third = maker.branch(hash(&second[2]), 3, 2);
    [first, second, third].concat()
}

#[test]
fn the_first_branch_with_the_most_work_is_the_chain_after_every_block_in_whatever_order_they_come() {
    let mut maker = Maker::new();
    let blocks = tree(&mut maker);
    let mut random = Random::new(1, "branches");
    for _ in 0..8 {
        let (_folder, location) = folder();
        let mut node = Node::open(&maker.rules, location);
        let mut left: Vec<_> = blocks.iter().collect();
        let (mut expected, mut placed) = (node.tip(), vec![maker.genesis]);
        while !left.is_empty() {
            let block = left.remove(random.below(left.len() as u64) as usize);
            let outcome = node.place(block).unwrap();
            if !placed.contains(&block.parent()) {
                assert_eq!(outcome, SubmitOutcome::NotKept);
                left.push(block);
                continue;
            }
            placed.push(hash(block));
            let follows = block.parent() == expected.hash;
            let wins = block.tip().has_more_work_than(&expected);
            assert_eq!(
                outcome,
                match (follows, wins) {
                    (true, _) => SubmitOutcome::Connected,
                    (false, true) => SubmitOutcome::Reorganised,
                    (false, false) => SubmitOutcome::Branch,
                }
            );
            if wins {
                expected = block.tip();
            }
            assert_eq!(node.tip(), expected);
            assert_eq!(node.place(block).unwrap(), SubmitOutcome::Known);
            if random.one_in(4) {
                node = node.reopen(&maker.rules);
                assert_eq!(node.tip(), expected, "after a restart");
            }
        }
        assert_eq!(node.snapshot().side_counts().unwrap().0 + node.tip().height, blocks.len() as u64 + 1);
        for block in &blocks {
            let (tip, encoding) = node.snapshot().any_block(&hash(block)).unwrap().unwrap();
            assert_eq!((tip, encoding.as_slice()), (block.tip(), block.encoding()));
            let ancestors = node.snapshot().ancestors_of(&maker.rules, &hash(block)).unwrap();
            assert_eq!(ancestors.as_ref().map(AsRef::as_ref), Some(&block.tip()));
        }
        node.verify();
    }
}

#[test]
fn a_replacement_by_single_blocks_is_told_and_listed() {
    let (_folder, location) = folder();
    let mut maker = Maker::new();
    let mut node = Node::open(&maker.rules, location);
    let (own, other) = (maker.branch(maker.genesis, 1, 3), maker.branch(maker.genesis, 2, 4));
    node.place_all(&own);
    node.place_all(&other[..3]);
    assert_eq!(node.replaced().map(|_| ()), None);
    assert_eq!(node.place(&other[3]).unwrap(), SubmitOutcome::Reorganised);
    let replacement = node.replaced().unwrap();
    assert_eq!((replacement.fork, replacement.tip, replacement.stale.count), (1, other[3].tip(), 3));
    assert_eq!((replacement.stale.branch, replacement.connected.len()), (Some(1), 4));
    let listed = node.snapshot().stale_branches().unwrap();
    assert_eq!((listed.len(), listed[0].tip, listed[0].fork), (1, hash(&own[2]), 1));
    let given_up: Vec<_> = node.snapshot().stale_blocks(&listed[0]).unwrap().skip(1).map(Result::unwrap).collect();
    assert_eq!(given_up, own.iter().map(|block| block.encoding().to_vec()).collect::<Vec<_>>());
    node.verify();
}

/// Spends what its sender does not have.
#[test]
fn a_branch_that_turns_out_invalid_changes_nothing_and_is_dropped_from_its_bad_block_on() {
    let (_folder, location) = folder();
    let mut maker = Maker::new();
    let mut node = Node::open(&maker.rules, location);
    let own = maker.branch(maker.genesis, 1, 3);
    node.place_all(&own);
    let good = maker.block(maker.genesis, 2, &[]);
    let spends = maker.transfer(9, 2, 1, 200, 0);
    let bad = maker.block(hash(&good), 2, &[spends]);
    let rest = maker.branch(hash(&bad), 2, 2);
    assert_eq!(node.place_all(&[good.clone(), bad.clone(), rest[0].clone()]), [SubmitOutcome::Branch; 3]);
    let twig = maker.block(hash(&bad), 3, &[]);
    node.place(&twig).unwrap();
    let before = (node.tip(), node.balance(1));
    let refused = node.place(&rest[1]).unwrap_err();
    let PositionError::Refused { height, hash: named, reason } = &refused else { panic!("{refused}") };
    assert_eq!((*height, *named, reason.why()), (3, hash(&bad), "funds"));
    assert_eq!((node.tip(), node.balance(1)), before);
    let stored = |block| node.snapshot().is_stored(&hash(block)).unwrap();
    assert!(stored(&good) && ![&bad, &rest[0], &rest[1], &twig].into_iter().any(stored));
    // The honest rest of the branch goes on.
    let honest = maker.branch(hash(&good), 2, 3);
    assert_eq!(node.place_all(&honest).last(), Some(&SubmitOutcome::Reorganised));
    node.verify();
}

#[test]
fn beyond_a_bound_the_branch_with_the_least_work_loses_its_last_block() {
    let (_folder, location) = folder();
    let mut maker = Maker::new();
    let limits = SideLimits { blocks: 4, blocks_of_source: 3, ..SideLimits::default() };
    let mut node = Node::with_limits(&maker.rules, location, limits);
    node.place_all(&maker.branch(maker.genesis, 1, 6));
    let stored = |node: &Node, block| node.snapshot().is_stored(&hash(block)).unwrap();
    let long = maker.branch(maker.genesis, 2, 3);
    for block in &long {
        assert_eq!(node.place_from(block, "a").unwrap(), SubmitOutcome::Branch);
    }
    // It is itself what has the least work of this source.
    let short = maker.block(maker.genesis, 3, &[]);
    assert_eq!(node.place_from(&short, "a").unwrap(), SubmitOutcome::TooLittleWork);
    assert_eq!(node.place_from(&short, "b").unwrap(), SubmitOutcome::Branch);
    let twig = maker.block(hash(&long[0]), 4, &[]);
    assert_eq!(node.place_from(&twig, "b").unwrap(), SubmitOutcome::Branch);
    assert!(!stored(&node, &short) && stored(&node, &twig));
    assert_eq!(node.snapshot().side_counts().unwrap().0, 4);
    // What was dropped comes again, and is dropped again or takes the place of another: the chain is the same.
    let tip = node.tip();
    assert_eq!(node.place_from(&short, "b").unwrap(), SubmitOutcome::TooLittleWork);
    assert_eq!(node.tip(), tip);
    node.verify();
}

#[test]
fn bytes_are_bounded_too_and_what_the_chain_loses_is_dropped_after_its_commit() {
    let (_folder, location) = folder();
    let mut maker = Maker::new();
    let (own, other) = (maker.branch(maker.genesis, 1, 3), maker.branch(maker.genesis, 2, 4));
    let bytes = own[0].encoding().len() as u64;
    let limits = SideLimits { bytes: 3 * bytes + bytes / 2, ..SideLimits::default() };
    let mut node = Node::with_limits(&maker.rules, location, limits);
    node.place_all(&own);
    node.place_all(&other);
    assert_eq!((node.tip(), node.snapshot().side_counts().unwrap()), (other[3].tip(), (3, 3 * bytes)));
    // The chain that was given up loses its last block first, and its record with it.
    let more = maker.branch(hash(&other[2]), 3, 2);
    assert_eq!(node.place_all(&more), [SubmitOutcome::Branch, SubmitOutcome::Reorganised]);
    assert_eq!(node.snapshot().side_counts().unwrap(), (3, 3 * bytes));
    let tips: Vec<_> = node.snapshot().stale_branches().unwrap().into_iter().map(|branch| branch.tip).collect();
    assert_eq!(tips, [hash(&other[3])]);
    assert!(!node.snapshot().is_stored(&hash(&own[2])).unwrap());
    node.verify();
}

#[test]
fn a_branch_that_is_far_behind_is_not_kept() {
    let mut maker = Maker::new();
    let limits = SideLimits { work_behind: 3, ..SideLimits::default() };
    let mut node = Node::with_limits(&maker.rules, Location::Memory, limits);
    let own = maker.branch(maker.genesis, 1, 5);
    node.place_all(&own);
    let (far, near) = (maker.block(maker.genesis, 2, &[]), maker.block(hash(&own[0]), 2, &[]));
    assert_eq!(node.place(&far).unwrap(), SubmitOutcome::TooLittleWork);
    assert!(!node.snapshot().is_stored(&hash(&far)).unwrap());
    assert_eq!(node.place(&near).unwrap(), SubmitOutcome::Branch);
}

/// Keeps the depth that a warning tells of.
#[derive(Clone, Default)]
struct Depths(Arc<std::sync::Mutex<Vec<u64>>>);

impl tracing::field::Visit for Depths {
    fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
        if field.name() == "depth" {
            self.0.lock().unwrap().push(value);
        }
    }

    fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
}

impl tracing::Subscriber for Depths {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_reorganisation_of_more_than_a_hundred_blocks_is_a_warning_with_its_depth() {
    let depths = Depths::default();
    let mut maker = Maker::new();
    for depth in [100, 101] {
        let mut node = Node::open(&maker.rules, Location::Memory);
        node.place_all(&maker.branch(maker.genesis, 1, depth));
        let other = maker.branch(maker.genesis, 2, depth + 1);
        let outcomes = tracing::subscriber::with_default(depths.clone(), || node.place_all(&other));
        assert_eq!(outcomes.last(), Some(&SubmitOutcome::Reorganised));
    }
    assert_eq!(*depths.0.lock().unwrap(), [101]);
}

#[test]
fn a_node_in_memory_keeps_fewer_bytes_beside_its_chain() {
    let (_folder, location) = folder();
    let rules = Maker::new().rules;
    let bytes = |location| {
        let first = FirstContent { node_address: "n".into(), genesis: rules.genesis(now()) };
        Opened::open(rules.clone(), &location, first, &|_, _| ()).unwrap().store.side_limits().bytes
    };
    assert_eq!([bytes(location), bytes(Location::Memory)], [256 << 20, 32 << 20]);
}

/// All go, those on the list too, whichever commit drops them.
#[test]
fn a_bad_block_and_what_follows_it_are_dropped_a_few_at_a_time() {
    let (_folder, location) = folder();
    let mut maker = Maker::new();
    let mut node = Node::open(&maker.rules, location);
    let (old, new) = (maker.branch(maker.genesis, 1, 5), maker.branch(maker.genesis, 2, 6));
    node.place_all(&old);
    node.place_all(&new);
    let twigs = maker.branch(hash(&old[1]), 3, 2);
    node.place_all(&twigs);
    assert_eq!((node.snapshot().side_counts().unwrap().0, node.snapshot().stale_branches().unwrap().len()), (7, 1));
    node.owner.store.drop_few_at_once(&hash(&old[1])).unwrap();
    let left: Vec<_> = old.iter().chain(&twigs).filter(|one| node.snapshot().is_stored(&hash(one)).unwrap()).collect();
    assert_eq!(left.into_iter().map(hash).collect::<Vec<_>>(), [hash(&old[0])]);
    assert_eq!(node.snapshot().stale_branches().unwrap(), []);
    node.verify();
}

/// A commit that was reported as failed may be on the disk all the same.
#[test]
fn a_change_that_failed_and_is_on_the_disk_is_taken_back() {
    let (_folder, location) = folder();
    let mut maker = Maker::new();
    let mut node = Node::open(&maker.rules, location);
    let (own, other) = (maker.branch(maker.genesis, 1, 3), maker.branch(maker.genesis, 2, 5));
    node.place_all(&own[..2]);
    let mut before = node.owner.blockchain.clone();
    node.place(&own[2]).unwrap();
    node.fail_back_to(&before);
    assert_eq!(node.place(&other[0]).unwrap(), SubmitOutcome::Branch);
    assert_eq!(node.tip(), own[1].tip());
    assert!(!node.snapshot().is_stored(&hash(&own[2])).unwrap());
    assert_eq!(node.snapshot().tip().unwrap(), own[1].tip());
    assert_eq!(node.place(&own[2]).unwrap(), SubmitOutcome::Connected);

    node.place_all(&other[1..3]);
    before = node.owner.blockchain.clone();
    assert_eq!(node.place(&other[3]).unwrap(), SubmitOutcome::Reorganised);
    node.fail_back_to(&before);
    assert_eq!(node.place(&other[2]).unwrap(), SubmitOutcome::Known);
    assert_eq!((node.tip(), node.snapshot().tip().unwrap()), (own[2].tip(), own[2].tip()));
    assert_eq!(node.snapshot().stale_branches().unwrap(), []);
    assert!(!node.snapshot().is_stored(&hash(&other[3])).unwrap());
    assert_eq!(node.place_all(&other[3..]), [SubmitOutcome::Reorganised, SubmitOutcome::Connected]);
    node.verify();
}

/// What is beside the chain is flushed with what is in it.
#[test]
fn a_crash_loses_whole_blocks_beside_the_chain_and_nothing_else() {
    let (folder, location) = folder();
    let copy = tempfile::tempdir().unwrap();
    let mut maker = Maker::new();
    let mut node = Node::open(&maker.rules, location);
    let (own, other) = (maker.branch(maker.genesis, 1, 70), maker.branch(maker.genesis, 2, 70));
    node.place_all(&own[..2]);
    assert_eq!(node.place(&other[0]).unwrap(), SubmitOutcome::Branch);
    node.place_all(&own[2..]);
    assert_eq!(node.place_all(&other[1..3]), [SubmitOutcome::Branch; 2]);
    // What a process that is killed now leaves behind.
    for name in ["format", "chain.redb"] {
        std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let mut left = Node::open(&maker.rules, Location::Folder(copy.path().into()));
    assert_eq!((left.tip(), left.snapshot().side_counts().unwrap().0), (own[69].tip(), 1));
    assert_eq!(left.place_all(&other[..3]), [SubmitOutcome::Known, SubmitOutcome::Branch, SubmitOutcome::Branch]);
    left.verify();
    // A node that gets nothing else has most of them on its disk.
    node.place_all(&other[3..]);
    std::fs::copy(folder.path().join("chain.redb"), copy.path().join("chain.redb")).unwrap();
    let left = Node::open(&maker.rules, Location::Folder(copy.path().into()));
    assert_eq!(left.snapshot().side_counts().unwrap().0, 65);
    left.verify();
    node.verify();
}

#[test]
fn an_earlier_folder_gets_its_tables_when_it_is_opened() {
    let (folder, location) = folder();
    let mut maker = Maker::new();
    let mut node = Node::open(&maker.rules, location.clone());
    let blocks = tree(&mut maker);
    for block in &blocks {
        node.place(block).unwrap();
    }
    node.place_all(&maker.branch(hash(&blocks[8]), 1, 8));
    let transfer = maker.transfer(2, 3, 1, 200, 0);
    node.add(&transfer);
    let counts = node.snapshot().side_counts().unwrap();
    drop(node);
    crate::store::remove_later_tables(&folder.path().join("chain.redb"));
    let node = Node::open(&maker.rules, location);
    assert_eq!(node.snapshot().side_counts().unwrap(), counts);
    assert_eq!(node.snapshot().positions_of(&blocks[4].transaction_ids().next().unwrap()).unwrap(), [(2, 1)]);
    assert!(node.snapshot().waiting(&transfer.id().to_hashed(), |_| true).unwrap().is_some());
    node.verify();
}
