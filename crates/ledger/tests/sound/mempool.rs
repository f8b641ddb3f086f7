//! The policy of the mempool, case by case.

use bcoin_ledger::{
    Admission as _, Departure, Mempool as _, MempoolLimits, Reorganisation as _, Rules as _, StateError,
    sound::{
        Account, MAX_MONEY, Sound, XOnlyKey,
        mempool::{AdmitError, MEMPOOL_LIMITS, Mempool, Reorganisation},
    },
};

use crate::{
    chain::{Chain, State, units},
    pool::{self, Pool, Terms, rich, terms, x_only},
};

const NO_LIMITS: MempoolLimits = MempoolLimits { count: usize::MAX, bytes: usize::MAX };

/// A pool whose senders have money, within limits.
struct Node {
    rules: Sound,
    state: State,
    limits: MempoolLimits,
    pool: Pool,
}

impl Node {
    fn new(limits: MempoolLimits) -> Self {
        Self { rules: pool::rules(), state: rich(pool::KEYS, 1_000_000), limits, pool: Pool::default() }
    }

    fn holding(count: usize) -> Self {
        Self::new(MempoolLimits { count, bytes: usize::MAX })
    }

    /// What leaves for it, as pairs of sender and nonce, or why it is refused.
    fn add(&mut self, terms: Terms) -> Result<Vec<(XOnlyKey, u64)>, &'static str> {
        let removed = self.pool.add(&self.rules, &self.state, self.limits, &terms.unsigned(0))?;
        Ok(removed.iter().map(|one| (one.sender(), one.nonce())).collect())
    }
}

#[test]
fn a_transfer_pays_a_unit_for_each_byte() {
    let mut node = Node::new(NO_LIMITS);
    assert_eq!(node.add(Terms { fee: 153, ..terms(0, 0) }), Err("fee"));
    assert_eq!(node.add(Terms { fee: 233, note: 80, ..terms(0, 0) }), Err("fee"));
    assert_eq!(node.add(Terms { fee: 234, note: 80, ..terms(0, 0) }), Ok(vec![]));
    assert_eq!(node.add(terms(1, 0)), Ok(vec![]));
    assert_eq!(node.pool.mempool.bytes(), 234 + 154);
}

#[test]
fn of_a_sender_25_wait_without_gaps() {
    let mut node = Node::new(NO_LIMITS);
    assert_eq!(node.add(terms(0, 1)), Err("gap"));
    for nonce in 0..25 {
        assert_eq!(node.add(terms(0, nonce)), Ok(vec![]));
    }
    assert_eq!(node.add(terms(0, 25)), Err("full"));
    assert_eq!(node.add(terms(0, 26)), Err("gap"));
    assert_eq!(node.add(Terms { fee: 308, ..terms(0, 24) }), Ok(vec![(x_only(0), 24)]), "a replacement is no 26th");
    assert_eq!(node.add(terms(1, 0)), Ok(vec![]));
}

#[test]
fn a_replacement_pays_a_tenth_more_and_a_unit_for_each_of_its_bytes() {
    for (old, note, least) in [(154, 0, 308), (1540, 0, 1694), (1541, 0, 1696), (1540, 80, 1774), (9999, 0, 10_999)] {
        let mut node = Node::new(NO_LIMITS);
        node.add(Terms { fee: old, ..terms(0, 0) }).unwrap();
        assert_eq!(node.add(Terms { fee: old, ..terms(0, 0) }), Err("replacement"), "the same one");
        assert_eq!(node.add(Terms { fee: least - 1, note, ..terms(0, 0) }), Err("replacement"), "{old}");
        assert_eq!(node.add(Terms { fee: least, note, ..terms(0, 0) }), Ok(vec![(x_only(0), 0)]), "{old}");
        assert_eq!(node.pool.mempool.len(), 1);
    }
}

#[test]
fn later_ones_that_lose_their_cover_to_a_replacement_leave() {
    let mut node = Node::new(NO_LIMITS);
    for nonce in 0..25 {
        node.add(Terms { amount: 1000, ..terms(0, nonce) }).unwrap();
    }
    // Left are 1,000,000 - 900,308 = 99,692 units, and each of the others takes 1154.
    let dear = Terms { amount: 900_000, fee: 308, ..terms(0, 0) };
    assert_eq!(node.add(dear), Ok(vec![(x_only(0), 0)]));
    let dear = Terms { amount: 1_000_000 - 700 - 2 * 1154, fee: 700, ..terms(0, 0) };
    let left: Vec<_> = [0].into_iter().chain(3..25).map(|nonce| (x_only(0), nonce)).collect();
    assert_eq!(node.add(dear), Ok(left));
    let all = Terms { amount: 1_000_000 - 1400, fee: 1400, ..terms(0, 0) };
    assert_eq!(node.add(Terms { amount: all.amount + 1, ..all }), Err("funds"));
    assert_eq!(node.add(all), Ok([0, 1, 2].map(|nonce| (x_only(0), nonce)).to_vec()));
}

#[test]
fn money_that_waits_does_not_count() {
    let mut node = Node::new(NO_LIMITS);
    node.state = rich(1, 1000);
    node.add(Terms { amount: 500, ..terms(0, 0) }).unwrap();
    assert_eq!(node.add(terms(1, 0)), Err("funds"), "what the first one sends has not arrived");
    assert_eq!(node.add(Terms { amount: 193, ..terms(0, 1) }), Err("funds"));
    assert_eq!(node.add(Terms { amount: 192, ..terms(0, 1) }), Ok(vec![]));
}

#[test]
fn who_has_not_enough_is_told_what_the_payments_before_take() {
    let mut node = Node::new(NO_LIMITS);
    node.state = rich(1, 1000);
    for nonce in 0..2 {
        node.add(Terms { amount: 100, ..terms(0, nonce) }).unwrap();
    }
    node.add(terms(0, 2)).unwrap();
    // Another one in the place of the last: that one does not count.
    let replacement = Terms { amount: 200, fee: 308, ..terms(0, 2) }.unsigned(0);
    let mut admission = node.rules.admission(&node.pool.mempool, NO_LIMITS);
    let answer = node.rules.admit(&node.state, &node.pool.mempool, &mut admission, replacement);
    let error = AdmitError::Funds { cost: units(508), balance: units(1000), waiting: units(2 * 254) };
    assert_eq!(answer, Err(StateError::Refused(error)));
}

#[test]
fn a_newcomer_pays_more_than_what_it_displaces() {
    let mut node = Node::holding(3);
    for sender in 0..3 {
        node.add(Terms { fee: 200, ..terms(sender, 0) }).unwrap();
    }
    assert_eq!(node.add(Terms { fee: 200, ..terms(3, 0) }), Err("full"));
    let same_rate = Terms { note: 77, fee: 300, ..terms(3, 0) };
    assert_eq!(same_rate.fee * 154, 200 * same_rate.len());
    assert_eq!(node.add(same_rate), Err("full"));
    assert_eq!(node.add(Terms { fee: 301, ..same_rate }), Ok(vec![(x_only(2), 0)]), "of equal ones the latest");
    assert_eq!(node.add(Terms { fee: 201, ..terms(0, 1) }), Err("full"), "one before it pays less");
}

#[test]
fn of_a_sender_the_last_nonce_leaves_whatever_it_pays() {
    let mut node = Node::holding(4);
    node.add(Terms { fee: 160, ..terms(0, 0) }).unwrap();
    node.add(Terms { fee: 9000, ..terms(0, 1) }).unwrap();
    node.add(Terms { fee: 8000, ..terms(0, 2) }).unwrap();
    node.add(Terms { fee: 170, ..terms(1, 0) }).unwrap();
    for (sender, left) in [(2, 2), (3, 1), (4, 0)] {
        assert_eq!(node.add(Terms { fee: 180, ..terms(sender, 0) }), Ok(vec![(x_only(0), left)]));
    }
    assert_eq!(node.add(Terms { fee: 180, ..terms(5, 0) }), Ok(vec![(x_only(1), 0)]));
}

#[test]
fn a_refusal_changes_nothing() {
    let mut node = Node::new(MempoolLimits { count: usize::MAX, bytes: 2 * 154 + 40 });
    node.add(terms(0, 0)).unwrap();
    node.add(Terms { fee: 400, ..terms(1, 0) }).unwrap();
    let before = node.pool.mempool.clone();
    // It would displace both, and pays more than one of them.
    assert_eq!(node.add(Terms { fee: 500, note: 80, ..terms(2, 0) }), Err("full"));
    assert_eq!(node.pool.mempool, before);
    assert_eq!(node.add(Terms { fee: 300, note: 40, ..terms(2, 0) }), Ok(vec![(x_only(0), 0)]));
}

#[test]
fn a_longer_replacement_can_displace_those_behind_it() {
    let mut node = Node::new(MempoolLimits { count: usize::MAX, bytes: 3 * 154 });
    node.add(Terms { fee: 1000, ..terms(0, 0) }).unwrap();
    node.add(terms(0, 1)).unwrap();
    node.add(Terms { fee: 900, ..terms(1, 0) }).unwrap();
    let longer = Terms { fee: 3000, note: 80, ..terms(0, 0) };
    assert_eq!(node.add(longer), Ok(vec![(x_only(0), 0), (x_only(0), 1)]));
    assert_eq!(node.pool.mempool.bytes(), 154 + 234);
}

#[test]
fn what_leaves_for_others_of_its_group_was_never_there() {
    let node = Node::holding(2);
    let mut pool = Pool::default();
    let rising = |sender: u8| Terms { fee: 200 + u64::from(sender), ..terms(sender, 0) }.unsigned(0);
    pool.admit(&node.rules, &node.state, node.limits, &[rising(0), rising(1)]);
    let group = [rising(2), rising(3), rising(4), rising(5)];
    let (answers, added, removed) = pool.admit(&node.rules, &node.state, node.limits, &group);
    assert_eq!(answers, [Ok(()); 4]);
    assert_eq!(added, [rising(4), rising(5)]);
    assert_eq!(removed, [rising(0), rising(1)]);
}

#[test]
fn what_leaves_a_mempool_or_a_group_is_told_with_its_reason() {
    let node = Node::holding(4);
    let mut pool = Pool::default();
    let first: Vec<_> = (0..3).map(|nonce| Terms { amount: 1000, ..terms(0, nonce) }.unsigned(0)).collect();
    pool.admit(&node.rules, &node.state, node.limits, &first);
    let dear = Terms { amount: 1_000_000 - 700 - 1154, fee: 700, ..terms(0, 0) }.unsigned(0);
    let dearer: Vec<_> = (1..5).map(|sender| Terms { fee: 300, ..terms(sender, 0) }.unsigned(0)).collect();
    let mut admission = node.rules.admission(&pool.mempool, node.limits);
    for transfer in [&dear, &dearer[0], &dearer[1], &dearer[2]] {
        node.rules.admit(&node.state, &pool.mempool, &mut admission, transfer.clone()).unwrap();
    }
    let left = [
        (first[0].clone(), Departure::Replaced),
        (first[2].clone(), Departure::Invalid),
        (first[1].clone(), Departure::Evicted),
    ];
    assert_eq!(admission.left(), left);
    // One of the group itself.
    node.rules
        .admit(&node.state, &pool.mempool, &mut admission, Terms { fee: 800, ..terms(6, 0) }.unsigned(0))
        .unwrap();
    assert_eq!(admission.left().last(), Some(&(dearer[2].clone(), Departure::Evicted)));
    assert_eq!(
        admission.added(),
        [dear, dearer[0].clone(), dearer[1].clone(), Terms { fee: 800, ..terms(6, 0) }.unsigned(0)]
    );
}

#[test]
fn numbers_at_their_ends_are_judged_without_overflow() {
    let mut node = Node::new(NO_LIMITS);
    let most = MAX_MONEY.units();
    let at_the_end = Account { balance: MAX_MONEY, nonce: u64::MAX - 1 };
    node.state = State([(x_only(0).to_bytes().to_vec(), at_the_end)].into());
    let last = u64::MAX - 1;
    assert_eq!(node.add(Terms { amount: 1, fee: most - 1, ..terms(0, last) }), Ok(vec![]));
    assert_eq!(node.add(Terms { amount: 1, fee: most - 1, ..terms(0, u64::MAX) }), Err("funds"));
    assert_eq!(node.add(Terms { amount: 1, fee: most - 1, note: 1, ..terms(0, last) }), Err("replacement"));
    assert_eq!(node.add(terms(0, 0)), Err("nonce"));
    assert_eq!(node.add(terms(1, u64::MAX)), Err("gap"));
}

#[test]
fn a_suggested_fee_is_above_the_lowest_once_the_pool_is_over_half_full() {
    let mut node = Node::holding(4);
    let suggested = |node: &Node| node.pool.mempool.suggested_units_per_byte(node.limits);
    for sender in 0..2 {
        node.add(Terms { fee: 154 * 7 + 100, ..terms(sender, 0) }).unwrap();
        assert_eq!(suggested(&node), 1);
    }
    node.add(Terms { fee: 154 * 9, ..terms(2, 0) }).unwrap();
    assert_eq!(suggested(&node), 8);
    assert_eq!(node.pool.mempool.suggested_units_per_byte(MempoolLimits { count: 99, bytes: 900 }), 8);
    assert_eq!(node.pool.mempool.suggested_units_per_byte(MempoolLimits { count: 99, bytes: 924 }), 1);
}

#[test]
fn what_a_store_held_is_taken_up_to_the_first_gap() {
    let of = |list: &[(u8, u64)]| -> Mempool {
        list.iter().map(|(sender, nonce)| terms(*sender, *nonce).unsigned(0)).collect()
    };
    assert_eq!(of(&[(0, 7), (1, 0), (0, 5), (0, 4), (1, 1)]), of(&[(1, 0), (0, 5), (0, 4), (1, 1)]));
    assert_ne!(of(&[(0, 4), (1, 0)]), of(&[(1, 0), (0, 4)]), "the order of arrival counts");
    assert_eq!(of(&[(0, u64::MAX), (0, 0)]), of(&[(0, 0)]));
    let many: Vec<_> = (0..30).map(|nonce| (0, nonce)).collect();
    assert_eq!(of(&many), of(&many[..25]));
}

#[test]
fn of_what_was_stored_twice_one_waits_and_hides_nothing() {
    let twice: Mempool = [0, 1, 1, 2].into_iter().map(|nonce| terms(0, nonce).unsigned(0)).collect();
    let once: Mempool = [0, 1, 2].into_iter().map(|nonce| terms(0, nonce).unsigned(0)).collect();
    assert_eq!(twice, once);
}

#[test]
fn a_block_takes_out_what_it_holds_and_what_it_conflicts_with() {
    let mut chain = pool::chain_with_money(3, 1);
    let rules = chain.rules.clone();
    let mut pool = Pool::default();
    let waiting: Vec<_> = (0..3).flat_map(|sender| (0..3).map(move |nonce| terms(sender, nonce).unsigned(1))).collect();
    let (answers, ..) = pool.admit(&rules, &chain.state, NO_LIMITS, &waiting);
    assert!(answers.iter().all(Result::is_ok));
    let balance = |sender: u8| chain.state.of(x_only(sender)).balance.units();
    // Of the first sender a block holds what waits, of the second one something else, and the third one pays all but what one
    // more transfer takes.
    let held = [
        waiting[0].clone(),
        Terms { fee: 400, ..terms(1, 0) }.unsigned(1),
        Terms { amount: balance(2) - 154 - 155, ..terms(2, 0) }.unsigned(2),
    ];
    let mut change = Reorganisation::within(MEMPOOL_LIMITS);
    let block = pool::mine(&chain, held, 9, 0);
    change.connected(&block, &pool.mempool);
    chain.connect(block).unwrap();
    let Ok(after) = change.finish(&chain.state, &pool.mempool);
    let left: Vec<_> = after.mempool.transactions().map(|one| (one.sender(), one.nonce())).collect();
    assert_eq!(left, [(x_only(0), 1), (x_only(0), 2), (x_only(1), 1), (x_only(1), 2), (x_only(2), 1)]);
    assert_eq!((after.returned, after.not_returned), (0, 0));
    let invalid = [3, 6, 8].map(|place: usize| (waiting[place].clone(), Departure::Invalid));
    assert_eq!(after.left, invalid);
}

#[test]
fn after_disconnecting_everything_that_is_gone_has_left_for_its_own_reason() {
    let mut chain = pool::chain_with_money(4, 1);
    let rules = chain.rules.clone();
    let limits = MempoolLimits { count: 3, bytes: usize::MAX };
    let dear = |sender| Terms { fee: 1000, ..terms(sender, 0) }.unsigned(1);
    let disconnected = pool::mine(&chain, [dear(0), dear(1), dear(2)], 8, 0);
    let other_of_2 = Terms { fee: 2000, ..terms(2, 0) }.unsigned(2);
    let waiting = [terms(3, 0).unsigned(1), terms(0, 1).unsigned(1), Terms { fee: 900, ..terms(2, 1) }.unsigned(1)];
    let mut after_block = chain.state.clone();
    for sender in [0, 2] {
        let account = after_block.of(x_only(sender));
        after_block.0.insert(x_only(sender).to_bytes().to_vec(), Account { nonce: 1, ..account });
    }
    let mut pool = Pool::default();
    let (answers, ..) = pool.admit(&rules, &after_block, NO_LIMITS, &waiting);
    assert!(answers.iter().all(Result::is_ok));
    let mut change = Reorganisation::within(limits);
    change.disconnected(disconnected);
    let block = pool::mine(&chain, [other_of_2, waiting[2].clone()], 9, 0);
    change.connected(&block, &pool.mempool);
    chain.connect(block).unwrap();
    let Ok(after) = change.finish(&chain.state, &pool.mempool);
    let stays: Vec<_> = after.mempool.transactions().cloned().collect();
    assert_eq!(stays, [dear(0), dear(1), waiting[0].clone()]);
    assert_eq!(after.left, [(dear(2), Departure::Undone), (waiting[1].clone(), Departure::Evicted)]);
}

/// Which of them may wait is not known before it is known what the other blocks hold.
#[test]
fn what_the_other_blocks_do_not_hold_returns_and_what_waited_behind_it_stays() {
    let mut chain = pool::chain_with_money(1, 1);
    let rules = chain.rules.clone();
    let held = |nonces: std::ops::Range<u64>| nonces.map(|nonce| terms(0, nonce).unsigned(1));
    let mut after_blocks = chain.state.clone();
    let account = after_blocks.of(x_only(0));
    after_blocks.0.insert(x_only(0).to_bytes().to_vec(), Account { nonce: 60, ..account });
    let mut pool = Pool::default();
    let waiting: Vec<_> = held(60..67).collect();
    let (answers, ..) = pool.admit(&rules, &after_blocks, NO_LIMITS, &waiting);
    assert!(answers.iter().all(Result::is_ok));
    let mut change = Reorganisation::within(MempoolLimits { count: 30, bytes: usize::MAX });
    for nonces in [40..60, 20..40, 0..20] {
        change.disconnected(pool::mine(&chain, held(nonces), 8, 0));
    }
    for nonces in [0..20, 20..40] {
        let block = pool::mine(&chain, held(nonces), 9, 0);
        change.connected(&block, &pool.mempool);
        chain.connect(block).unwrap();
    }
    let Ok(after) = change.finish(&chain.state, &pool.mempool);
    assert_eq!((after.returned, after.not_returned), (20, 0));
    assert_eq!(after.mempool.transactions().cloned().collect::<Vec<_>>(), held(40..65).collect::<Vec<_>>());
    // Valid as well, but more than may wait of one sender.
    assert_eq!(after.left, [waiting[5].clone(), waiting[6].clone()].map(|one| (one, Departure::Evicted)));
}

#[test]
fn of_very_many_disconnected_transfers_those_of_the_latest_blocks_are_kept() {
    let chain = Chain::new(pool::rules());
    let earliest = pool::mine(&chain, [terms(0, 0).unsigned(1)], 0, 0);
    // The same block again and again stands for many.
    let full = pool::mine(&chain, pool::of_many(0..6400, 1, |_, nonce| terms(0, nonce)), 0, 0);
    for (blocks, is_kept) in [(31, true), (32, false)] {
        let mut change = Reorganisation::within(MempoolLimits { count: 20, bytes: usize::MAX });
        (0..blocks).for_each(|_| change.disconnected(full.clone()));
        change.disconnected(earliest.clone());
        let Ok(after) = change.finish(&pool::rich(1, 1000), &Mempool::default());
        assert_eq!(after.returned, usize::from(is_kept));
        let kept = if is_kept { 31 * 6400 + 1 } else { 4 * MEMPOOL_LIMITS.count };
        assert_eq!(after.returned + after.not_returned, kept);
    }
}

#[test]
fn a_reorganisation_keeps_no_more_than_may_wait_and_the_best_paying_of_it() {
    let chain = Chain::new(pool::rules());
    let limits = MempoolLimits { count: 20, bytes: usize::MAX };
    let mut change = Reorganisation::within(limits);
    for round in 0..5_u8 {
        let fee = |sender: u64| 1000 + sender * 5 + u64::from(round);
        let held = pool::of_many(0..40, 1, |sender, _| Terms { fee: fee(sender), ..terms(0, 4 - u64::from(round)) });
        change.disconnected(pool::mine(&chain, held, 0, 0));
    }
    let mut state = State::default();
    for transfer in pool::of_many(0..40, 1, |_, _| terms(0, 0)) {
        state.0.insert(transfer.sender().to_bytes().to_vec(), Account { balance: units(1_000_000), nonce: 0 });
    }
    let Ok(after) = change.finish(&state, &Mempool::default());
    assert_eq!((after.mempool.len(), after.returned), (20, 20));
    assert_eq!(after.not_returned, 200 - 20);
    let undone = after.left.iter().filter(|(_, why)| *why == Departure::Undone).count();
    assert_eq!([undone, after.left.len()], [after.not_returned; 2]);
    let of_the_dearest: Vec<_> = after.mempool.transactions().filter(|one| one.transfer().fee >= 1195).collect();
    assert_eq!(of_the_dearest.len(), 5, "the sender that pays most keeps all");
}
