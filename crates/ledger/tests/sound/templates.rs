//! Templates: what they take, and that the blocks they make are valid.

use std::collections::HashMap;

use bcoin_ledger::{
    CheckedBlock as _, Mempool as _, MempoolLimits, Power, Rules as _,
    sound::{
        Account, Amount, CheckedTransfer, Height, Note, Receiver, Target, Transaction, XOnlyKey,
        mempool::Mempool,
        search::{HeaderSource as _, Solution},
        unix_time,
    },
};
use bcoin_testkit::Random;
use chrono::{DateTime, Local};

use crate::{
    chain::{Chain, late, units},
    pool::{self, Pool, Terms, public, terms, x_only},
};

const LIMITS: MempoolLimits = MempoolLimits { count: usize::MAX, bytes: usize::MAX };

/// Those that pay most for their bytes, found one by one: of each sender the next nonce, of equal ones the first that arrived.
/// Where one does not fit, nothing of its sender follows.
fn best_paying(mempool: &Mempool, mut bytes: usize) -> Vec<CheckedTransfer> {
    let mut queues: HashMap<XOnlyKey, Vec<(usize, &CheckedTransfer)>> = HashMap::new();
    for (number, transfer) in mempool.transactions().enumerate() {
        queues.entry(transfer.sender()).or_default().push((number, transfer));
    }
    for queue in queues.values_mut() {
        queue.sort_by_key(|(_, transfer)| std::cmp::Reverse(transfer.nonce()));
    }
    let size = |transfer: &CheckedTransfer| transfer.transfer().encoded_len();
    let mut best = Vec::new();
    loop {
        let next = queues.values().filter_map(|queue| queue.last()).max_by(|(first, one), (second, other)| {
            let across = |fee: &CheckedTransfer, bytes| u128::from(fee.transfer().fee) * size(bytes) as u128;
            across(one, other).cmp(&across(other, one)).then(second.cmp(first))
        });
        let Some((_, next)) = next.copied() else { return best };
        let queue = queues.get_mut(&next.sender()).unwrap();
        match bytes.checked_sub(size(next)) {
            Some(left) => {
                bytes = left;
                best.push(next.clone());
                queue.pop();
            }
            None => queue.clear(),
        }
    }
}

/// What a block has room for beside its header, its count and the longest coinbase.
const ROOM: usize = 1_000_000 - 80 - 5 - 166;

/// Puts money into the accounts of all who send.
fn make_rich(chain: &mut Chain, transfers: &[CheckedTransfer]) {
    for transfer in transfers {
        let account = Account { balance: units(1_000_000_000), nonce: 0 };
        chain.state.0.insert(transfer.sender().to_bytes().to_vec(), account);
    }
}

#[test]
fn a_full_template_takes_the_best_paying_and_makes_a_valid_block() {
    let mut random = Random::new(7, "full templates");
    for _ in 0..3 {
        let mut chain = Chain::new(pool::rules());
        let rates: Vec<u64> = (0..8000).map(|_| 1 + random.below(20)).collect();
        let notes: Vec<usize> = (0..8000).map(|_| random.below(9) as usize).collect();
        let waiting = pool::of_many(0..2000, 4, |sender, nonce| {
            let place = (sender * 4 + nonce) as usize;
            let note = notes[place];
            Terms { note, fee: rates[place] * (154 + note as u64), ..terms(0, nonce) }
        });
        make_rich(&mut chain, &waiting);
        let mempool: Mempool = waiting.into_iter().collect();
        let receiver = Receiver { note: Note::new(&[b'r'; 80]).unwrap(), ..pool::receiver(0, 0) };
        let template = chain.rules.job(&chain.ancestors[0], &mempool, &receiver, late());
        let block = pool::solved(&template);
        let bytes = block.encode();
        assert!((1_000_000 - 300..=1_000_000).contains(&bytes.len()), "{}", bytes.len());
        assert!(block.transactions.len() > 6000, "{}", block.transactions.len());
        let checked = chain.rules.check(chain.ancestors.last(), block, late()).unwrap();
        assert_eq!(checked.transfers(), best_paying(&mempool, ROOM));
        assert_eq!(checked.encoding(), bytes);
        let fees: u64 = checked.transfers().iter().map(|one| one.transfer().fee).sum();
        assert_eq!(checked.coinbase().amount, 50_000 * 100_000_000 + fees);
        assert_eq!(template.reward().units(), checked.coinbase().amount);
        chain.connect(checked).unwrap();
    }
}

#[test]
fn most_transfers_of_the_shortest_form_fill_a_block() {
    let mut chain = Chain::new(pool::rules());
    let waiting = pool::of_many(0..7000, 1, |_, nonce| terms(0, nonce));
    make_rich(&mut chain, &waiting);
    let mempool: Mempool = waiting.into_iter().collect();
    let template = chain.rules.job(&chain.ancestors[0], &mempool, &pool::receiver(0, 0), late());
    let block = pool::solved(&template);
    assert_eq!(block.transactions.len(), 1 + ROOM / 154);
    let checked = chain.rules.check(chain.ancestors.last(), block, late()).unwrap();
    // Of those that pay the same the first ones that arrived.
    assert!(checked.transfers().iter().eq(mempool.transactions().take(ROOM / 154)));
    chain.connect(checked).unwrap();
}

#[test]
fn one_that_is_too_long_keeps_back_what_its_sender_has_behind_it_and_nothing_else() {
    // 6,490 of the shortest ones, the first one with a note, leave 229 bytes: less than the longest one takes.
    let note = |sender| if sender == 0 { 60 } else { 0 };
    let dear = |sender, nonce| Terms { fee: 90_000, note: note(sender), ..terms(0, nonce) };
    let mut transfers = pool::of_many(0..ROOM as u64 / 154 - 1, 1, dear);
    let used: usize = transfers.iter().map(|one| one.transfer().encoded_len()).sum();
    assert_eq!(ROOM - used, 229);
    transfers.push(Terms { fee: 8000, note: 80, ..terms(0, 0) }.unsigned(0));
    transfers.push(Terms { fee: 7000, ..terms(0, 1) }.unsigned(0));
    transfers.push(Terms { fee: 154, ..terms(1, 0) }.unsigned(0));
    let mut chain = Chain::new(pool::rules());
    make_rich(&mut chain, &transfers);
    let mempool: Mempool = transfers.iter().cloned().collect();
    let template = chain.rules.job(&chain.ancestors[0], &mempool, &pool::receiver(0, 0), late());
    let checked = chain.rules.check(chain.ancestors.last(), pool::solved(&template), late()).unwrap();
    assert_eq!(checked.transfers().last(), transfers.last());
    assert_eq!(checked.transfers().len(), transfers.len() - 2);
    chain.connect(checked).unwrap();
}

fn at(seconds: u32) -> DateTime<Local> {
    DateTime::from_timestamp(seconds.into(), 0).unwrap().into()
}

#[test]
fn the_time_is_now_and_never_before_the_parents() {
    let chain = Chain::new(pool::rules());
    let parent = chain.blocks[0].header().header().time;
    for (now, expected) in [(parent - 1000, parent), (parent, parent), (parent + 7, parent + 7), (0, parent)] {
        let job = chain.rules.job(&chain.ancestors[0], &Mempool::default(), &pool::receiver(0, 0), at(now));
        assert_eq!(job.unsolved().header.time, expected);
        assert_eq!(job.header(5).time, expected);
    }
}

#[test]
fn the_header_of_a_template_is_that_of_the_block_for_every_extranonce() {
    let mut chain = pool::chain_with_money(4, 1);
    for count in 0..9 {
        let mempool: Mempool = (0..count).map(|at| terms(at % 4, u64::from(at / 4)).unsigned(0)).collect();
        let receiver = pool::receiver(9, 77);
        let ancestors = *chain.ancestors.last().unwrap();
        let template = chain.rules.job(&ancestors, &mempool, &receiver, late());
        assert_eq!(*AsRef::<bcoin_ledger::Tip>::as_ref(&template), chain.tip());
        assert_eq!(template.target(), ancestors_target(&chain));
        for extranonce in [77, 78, 0, u64::MAX] {
            let time = template.header(0).time + 3;
            let sealed = template.seal(Solution { extranonce, time, nonce: 12 });
            let mut header = template.header(extranonce);
            (header.time, header.nonce) = (time, 12);
            assert_eq!(sealed.header, header);
            let root = bcoin_ledger::sound::Merkle::of(sealed.ids()).unwrap().root;
            assert_eq!(sealed.header.merkle_root, root, "{count} transfers");
            let Transaction::Coinbase(coinbase) = &sealed.transactions[0] else { panic!("no coinbase") };
            assert_eq!(coinbase.extranonce, extranonce.to_le_bytes());
        }
        let unsolved = template.unsolved();
        let solved = pool::solved(&template);
        assert_eq!(unsolved.header.nonce, 0);
        let mut but_for_its_nonce = solved.clone();
        but_for_its_nonce.header.nonce = 0;
        assert_eq!(unsolved, but_for_its_nonce);
        assert_eq!(unsolved.transactions.len(), 1 + usize::from(count));
        chain.rules.check(Some(&ancestors), solved, late()).unwrap();
        let empty = pool::mine(&chain, [], 0, 0);
        chain.connect(empty).unwrap();
    }
}

fn ancestors_target(chain: &Chain) -> Target {
    let bits = chain.ancestors.last().unwrap().next_bits(chain.rules.network().parameters().profile());
    bits.decode().unwrap()
}

#[test]
fn two_miners_for_one_key_try_different_headers() {
    let chain = Chain::new(pool::rules());
    let job = |receiver| chain.rules.job(&chain.ancestors[0], &Mempool::default(), &receiver, late());
    let (one, other) = (job(pool::receiver(0, 1)), job(pool::receiver(0, 2)));
    assert_ne!(one.start(), other.start());
    assert_ne!(one.unsolved().header, other.unsolved().header);
    assert_ne!(one.header(one.start().extranonce), other.header(other.start().extranonce));
}

#[test]
fn templates_of_random_pools_make_blocks_that_are_valid_to_the_byte() {
    let mut random = Random::new(7, "random pools");
    let mut chain = pool::chain_with_money(5, 2);
    let rules = chain.rules.clone();
    let mut pool = Pool::default();
    for _ in 0..40 {
        for _ in 0..20 {
            let sender = random.below(5) as u8;
            let account = chain.state.of(x_only(sender));
            let nonce = account.nonce + pool.mempool.of_sender(&x_only(sender)).count() as u64;
            let (note, amount) = (random.below(81) as usize, 1 + random.below(account.balance.units()));
            let fee = (154 + note as u64) * (1 + random.below(5));
            let transfer = Terms { sender, amount, fee, nonce, note }.signed(&rules);
            // Some have not enough.
            let _ = pool.add(&rules, &chain.state, LIMITS, &transfer);
        }
        let ancestors = chain.ancestors.last().unwrap();
        let template = rules.job(ancestors, &pool.mempool, &pool::receiver(random.below(5) as u8, 0), late());
        let block = pool::solved(&template);
        let expected = best_paying(&pool.mempool, ROOM);
        assert_eq!(expected.len(), pool.mempool.len());
        // All signatures are judged again.
        chain.push(&block.encode()).unwrap();
        assert_eq!(chain.blocks.last().unwrap().transfers(), expected);
        pool = Pool::default();
    }
    assert!(chain.blocks.iter().map(|block| block.transfers().len()).sum::<usize>() > 200);
}

#[test]
fn thirty_blocks_are_mined_from_job_to_chain_and_fees_arrive_eleven_blocks_later() {
    let mut chain = pool::chain_with_money(2, 1);
    let rules = chain.rules.clone();
    let (begin, miner) = (chain.blocks.len(), Receiver { key: public(30), ..pool::receiver(30, 5) });
    let subsidy = |height: usize| {
        let subsidy: Amount = rules.network().parameters().subsidy(Height::new(height as u32));
        subsidy.units()
    };
    let balance_of_miner = |chain: &Chain| chain.state.of(x_only(30)).balance.units();
    let mut rewards = Vec::new();
    for round in 0..30_u64 {
        let mut pool = Pool::default();
        for sender in 0..2 {
            let transfer = Terms { fee: 200 + round, ..terms(sender, round) }.signed(&rules);
            pool.add(&rules, &chain.state, LIMITS, &transfer).unwrap();
        }
        let now = late();
        let ancestors = *chain.ancestors.last().unwrap();
        let job = rules.job(&ancestors, &pool.mempool, &miner, now);
        let found = rules.search(&job, Power::FULL, || false).unwrap();
        let block = rules.seal(job, found.solution, &pool.mempool, now);
        assert!(block.header.time >= unix_time(now));
        let checked = rules.check(Some(&ancestors), block, now).unwrap();
        assert!(rules.is_mined_for(&checked, &miner));
        chain.connect(checked).unwrap();
        let height = chain.blocks.len() - 1;
        rewards.push(subsidy(height) + 2 * (200 + round));
        // Those of height m are in the balance after block m + 10, and so can be spent in block m + 11.
        let mature = rewards.len().saturating_sub(10);
        assert_eq!(balance_of_miner(&chain), rewards[..mature].iter().sum::<u64>(), "height {height}");
    }
    assert_eq!(chain.blocks.len(), begin + 30);
    let paid: u64 = (1..chain.blocks.len()).map(subsidy).sum();
    assert_eq!(chain.balances() + chain.immature(), paid, "no money is made or lost");
}
