//! What became of transfers that wait no more.

use bcoin_ledger::{Departure, Transaction as _};

use super::*;
use crate::store::DepartureLimits;

fn id(transfer: &CheckedTransfer) -> [u8; 32] {
    transfer.id().to_hashed()
}

fn departure(node: &Node, transfer: &CheckedTransfer) -> Option<Departure> {
    node.snapshot().departure(&id(transfer)).unwrap().map(|departed| departed.why)
}

/// What was told as having left.
fn told_as_left(node: &mut Node) -> Vec<([u8; 32], Departure)> {
    let events = node.happened().into_iter();
    let left = events.filter_map(|event| match event {
        Event::Left { transactions, why, .. } => Some((transactions, why)),
        _ => None,
    });
    left.flat_map(|(transactions, why)| transactions.into_iter().map(move |transfer| (id(&transfer), why))).collect()
}

/// A node with 12 blocks of key 1, so that two rewards can be spent.
fn rich_node(maker: &mut Maker, location: Location) -> (Node, Vec<CheckedBlock>) {
    let mut node = Node::open(&maker.rules, location);
    let blocks = maker.branch(maker.genesis, 1, 12);
    node.place_all(&blocks);
    (node, blocks)
}

#[test]
fn a_double_spend_that_was_confirmed_on_the_weaker_branch_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new();
    let (mut node, common) = rich_node(&mut maker, Location::Folder(folder.path().into()));
    let all = 2 * SUBSIDY - 1000;
    let (to_shop, to_self) = (maker.transfer(1, 2, all, 1000, 0), maker.transfer(1, 3, all, 1000, 0));
    let behind = maker.transfer(2, 4, 5, 200, 0);
    let fork = hash(&common[11]);
    let own = maker.block(fork, 1, std::slice::from_ref(&to_shop));
    node.add(&to_shop);
    node.place(&own).unwrap();
    node.add(&behind);
    assert_eq!(node.snapshot().positions_of(&id(&to_shop)).unwrap(), [(14, 2)]);
    assert_eq!((node.balance(2), departure(&node, &to_shop)), (Amount::from_units(all).unwrap(), None));
    assert_eq!(told_as_left(&mut node), []);

    let other = maker.block(fork, 3, std::slice::from_ref(&to_self));
    let next = maker.block(hash(&other), 3, &[]);
    assert_eq!(node.place_all(&[other, next]), [SubmitOutcome::Branch, SubmitOutcome::Reorganised]);
    assert_eq!((node.balance(2), node.balance(3)), (Amount::ZERO, Amount::from_units(all).unwrap()));
    let left = [(id(&to_shop), Departure::Undone), (id(&behind), Departure::Invalid)];
    assert_eq!(told_as_left(&mut node), left);
    assert_eq!(
        left.map(|(id, _)| node.snapshot().departure(&id).unwrap().map(|departed| departed.why)),
        [Some(Departure::Undone), Some(Departure::Invalid)]
    );
    assert_eq!(node.snapshot().positions_of(&id(&to_shop)).unwrap(), []);
    assert_eq!(node.snapshot().positions_of(&id(&to_self)).unwrap(), [(14, 2)]);
    assert_eq!(node.waiting(), []);
    let node = node.reopen(&maker.rules);
    assert_eq!(departure(&node, &to_shop), Some(Departure::Undone));
    node.verify();
}

#[test]
fn what_waited_and_is_used_up_by_another_transfer_of_a_block_is_invalid() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new();
    let (mut node, common) = rich_node(&mut maker, Location::Folder(folder.path().into()));
    let (waits, other) = (maker.transfer(1, 2, 7, 200, 0), maker.transfer(1, 3, 7, 200, 0));
    let next = maker.transfer(1, 2, 8, 200, 1);
    node.add(&waits);
    node.add(&next);
    let block = maker.block(hash(&common[11]), 1, std::slice::from_ref(&other));
    assert_eq!(node.place(&block).unwrap(), SubmitOutcome::Connected);
    assert_eq!(told_as_left(&mut node), [(id(&waits), Departure::Invalid)]);
    assert_eq!(node.waiting(), std::slice::from_ref(&next));
    assert_eq!((departure(&node, &waits), departure(&node, &other)), (Some(Departure::Invalid), None));
    let found = node.snapshot().waiting(&id(&next), |encoding| encoding == next.encode()).unwrap();
    assert_eq!(found, Some(next.encode()));
    node.verify();
}

#[test]
fn what_is_replaced_and_what_loses_its_cover_has_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new();
    let (mut node, _) = rich_node(&mut maker, Location::Folder(folder.path().into()));
    let first = maker.transfer(1, 2, SUBSIDY / 2, 200, 0);
    let second = maker.transfer(1, 2, SUBSIDY, 200, 1);
    let dearer = maker.transfer(1, 3, 2 * SUBSIDY - 1000, 1000, 0);
    for transfer in [&first, &second, &dearer] {
        node.add(transfer);
    }
    assert_eq!(told_as_left(&mut node), [(id(&first), Departure::Replaced), (id(&second), Departure::Invalid)]);
    assert_eq!((departure(&node, &first), departure(&node, &dearer)), (Some(Departure::Replaced), None));
    assert_eq!(node.waiting(), [dearer]);
    node.verify();
}

#[test]
fn a_transfer_that_returns_waits_again_and_has_not_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new();
    let (mut node, common) = rich_node(&mut maker, Location::Folder(folder.path().into()));
    let pays = maker.transfer(1, 2, 7, 200, 0);
    let block = maker.block(hash(&common[11]), 1, std::slice::from_ref(&pays));
    node.place(&block).unwrap();
    node.place_all(&maker.branch(hash(&common[11]), 3, 2));
    assert_eq!(told_as_left(&mut node), []);
    assert_eq!((node.waiting(), departure(&node, &pays)), (vec![pays.clone()], None));
    assert!(node.snapshot().waiting(&id(&pays), |_| true).unwrap().is_some());
    node.verify();
}

#[test]
fn departures_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new();
    let (node, _) = rich_node(&mut maker, Location::Folder(folder.path().into()));
    let [first, again] = [0, 1].map(|nonce| (maker.transfer(1, 2, 7, 200, nonce), Departure::Invalid));
    let others: Vec<_> = (0..8).map(|nonce| (maker.transfer(1, 3, 7, 200, nonce), Departure::Evicted)).collect();
    let limits = DepartureLimits { replaced: 3, others: 5 };
    let keep = |left: &[_]| node.owner.store.keep_departures(left, limits).unwrap();
    keep(std::slice::from_ref(&first));
    keep(&others[..4]);
    assert_eq!(departure(&node, &first.0), Some(Departure::Invalid));
    keep(&others[..1]);
    assert_eq!(departure(&node, &first.0), Some(Departure::Invalid), "one that leaves again takes one place");
    // Whoever replaces for ever pushes out what was replaced, and nothing else.
    let replaced: Vec<_> = (0..9).map(|fee| (maker.transfer(1, 4, 7, 200 + fee, 0), Departure::Replaced)).collect();
    replaced.chunks(2).for_each(keep);
    assert_eq!(departure(&node, &first.0), Some(Departure::Invalid));
    let is_known: Vec<_> = replaced.iter().map(|(transfer, _)| departure(&node, transfer).is_some()).collect();
    assert_eq!(is_known, [[false; 3], [false; 3], [true; 3]].concat());
    keep(&others[4..]);
    assert_eq!(departure(&node, &first.0), None);
    assert_eq!(departure(&node, &others[7].0), Some(Departure::Evicted));
    // For another reason it takes a place of the others.
    assert_eq!(departure(&node, &replaced[8].0), Some(Departure::Replaced));
    keep(&[(replaced[8].0.clone(), Departure::Evicted), again]);
    assert_eq!(departure(&node, &replaced[8].0), Some(Departure::Evicted));
    node.verify();
}
