//! The mempool, held against a plain model of its policy, with random transfers, blocks and reorganisations.

use std::collections::HashSet;

use bcoin_ledger::{
    Mempool as _, MempoolLimits, Reorganisation as _,
    sound::{
        Account, CheckedBlock, CheckedTransfer, XOnlyKey,
        mempool::{Mempool, Reorganisation},
    },
};
use bcoin_testkit::Random;

use crate::{
    chain::{Chain, State},
    pool::{self, Pool, Terms, x_only},
};

/// How many blocks no reorganisation disconnects: they make the money.
const BASE: usize = 21;

fn cost(transfer: &CheckedTransfer) -> u128 {
    u128::from(transfer.transfer().amount) + u128::from(transfer.transfer().fee)
}

/// Whether the first pays less for its bytes.
fn pays_less(one: &CheckedTransfer, other: &CheckedTransfer) -> bool {
    let across = |fee: &CheckedTransfer, bytes: &CheckedTransfer| {
        u128::from(fee.transfer().fee) * u128::from(bytes.transfer().encoded_len() as u64)
    };
    across(one, other) < across(other, one)
}

/// All that waits, in the order of arrival, each with a number of its own. Everything else is found again each time.
#[derive(Clone)]
struct Model {
    waiting: Vec<(u64, CheckedTransfer)>,
    next: u64,
}

impl Model {
    fn new(transfers: impl IntoIterator<Item = CheckedTransfer>) -> Self {
        let waiting: Vec<_> = (0..).zip(transfers).collect();
        Self { next: waiting.len() as u64, waiting }
    }

    /// What waits of a sender, in the order of the nonces.
    fn of(&self, sender: XOnlyKey) -> Vec<(u64, CheckedTransfer)> {
        let mut queue: Vec<_> = self.waiting.iter().filter(|(_, one)| one.sender() == sender).cloned().collect();
        queue.sort_by_key(|(_, transfer)| transfer.nonce());
        queue
    }

    fn remove(&mut self, number: u64) {
        self.waiting.retain(|(other, _)| *other != number);
    }

    fn is_above(&self, limits: MempoolLimits) -> bool {
        let bytes: usize = self.waiting.iter().map(|(_, one)| one.transfer().encoded_len()).sum();
        self.waiting.len() > limits.count || bytes > limits.bytes
    }

    /// The one that has to leave first, and the one of its sender that pays least.
    fn first_to_leave(&self) -> Option<(u64, CheckedTransfer)> {
        let mut first: Option<(u64, u64, CheckedTransfer)> = None;
        for (_, transfer) in &self.waiting {
            let queue = self.of(transfer.sender());
            let latest = queue.iter().map(|(number, _)| *number).max()?;
            let (_, mut least) = queue.first().cloned()?;
            for (_, one) in &queue {
                if pays_less(one, &least) {
                    least = one.clone();
                }
            }
            let goes_before = first.as_ref().is_none_or(|(_, other_latest, other)| {
                pays_less(&least, other) || !pays_less(other, &least) && latest > *other_latest
            });
            if goes_before {
                first = Some((queue.last()?.0, latest, least));
            }
        }
        first.map(|(number, _, least)| (number, least))
    }

    fn admit(
        &mut self,
        account: &Account,
        transfer: &CheckedTransfer,
        limits: MempoolLimits,
    ) -> Result<(), &'static str> {
        let (fee, bytes) = (transfer.transfer().fee, transfer.transfer().encoded_len() as u64);
        if fee < bytes {
            return Err("fee");
        }
        if transfer.nonce() < account.nonce {
            return Err("nonce");
        }
        let queue = self.of(transfer.sender());
        if transfer.nonce() > account.nonce + queue.len() as u64 {
            return Err("gap");
        }
        let mut after = self.clone();
        if let Some((number, old)) = queue.iter().find(|(_, old)| old.nonce() == transfer.nonce()) {
            let old_fee = old.transfer().fee;
            if old == transfer || 10 * u128::from(fee) < 11 * u128::from(old_fee) || fee < old_fee + bytes {
                return Err("replacement");
            }
            after.remove(*number);
        } else if queue.len() == 25 {
            return Err("full");
        }
        let before = || queue.iter().map(|(_, other)| other).filter(|other| other.nonce() < transfer.nonce());
        if before().map(cost).sum::<u128>() + cost(transfer) > u128::from(account.balance.units()) {
            return Err("funds");
        }
        after.waiting.push((self.next, transfer.clone()));
        after.next += 1;
        loop {
            let queue = after.of(transfer.sender());
            if queue.iter().map(|(_, one)| cost(one)).sum::<u128>() <= u128::from(account.balance.units()) {
                break;
            }
            after.remove(queue.last().unwrap().0);
        }
        while after.is_above(limits) {
            let (number, least) = after.first_to_leave().unwrap();
            if !before().chain([transfer]).all(|one| pays_less(&least, one)) {
                return Err("full");
            }
            after.remove(number);
        }
        *self = after;
        Ok(())
    }

    /// Leaves what can follow each other from the accounts on.
    fn judge_again(&mut self, state: &State) {
        for (_, transfer) in self.waiting.clone() {
            let account = state.of(transfer.sender());
            let (mut nonce, mut left) = (account.nonce, u128::from(account.balance.units()));
            for (number, one) in self.of(transfer.sender()) {
                if one.nonce() == nonce && cost(&one) <= left && nonce < account.nonce + 25 {
                    nonce += 1;
                    left -= cost(&one);
                } else {
                    self.remove(number);
                }
            }
        }
    }

    fn shrink(&mut self, limits: MempoolLimits) {
        while self.is_above(limits) {
            let (number, _) = self.first_to_leave().unwrap();
            self.remove(number);
        }
    }

    /// What waits after these blocks were disconnected, the latest first, and those connected; how many returned, and how many
    /// did not.
    fn reorganise(
        &self,
        state: &State,
        disconnected: &[CheckedBlock],
        connected: &[CheckedBlock],
        limits: MempoolLimits,
    ) -> (Self, usize, usize) {
        let ids = |blocks: &[CheckedBlock]| -> HashSet<_> {
            blocks.iter().flat_map(CheckedBlock::transfers).map(CheckedTransfer::id).collect()
        };
        let connected = ids(connected);
        let held = disconnected.iter().rev().flat_map(CheckedBlock::transfers);
        let returning = Self::new(held.filter(|transfer| !connected.contains(&transfer.id())).cloned());
        let count = returning.waiting.len() as u64;
        let mut after = Self::new(returning.transfers().chain(self.transfers()).cloned());
        after.judge_again(state);
        if !disconnected.is_empty() {
            after.shrink(limits);
        }
        let returned = after.waiting.iter().filter(|(number, _)| *number < count).count();
        (after, returned, count as usize - returned)
    }

    fn transfers(&self) -> impl Iterator<Item = &CheckedTransfer> {
        self.waiting.iter().map(|(_, transfer)| transfer)
    }
}

/// How often things happened, so that a test that stops trying them is noticed.
#[derive(Debug, Default)]
struct Seen {
    refused: HashSet<&'static str>,
    displaced: usize,
    left_again: usize,
    returned: usize,
    not_returned: usize,
    most_of_one: usize,
}

struct World {
    random: Random,
    chain: Chain,
    pool: Pool,
    model: Model,
    senders: u8,
    limits: MempoolLimits,
    salt: u64,
    seen: Seen,
}

impl World {
    fn new(seed: u64, senders: u8, limits: MempoolLimits) -> Self {
        let chain = pool::chain_with_money(senders, (BASE - 11).div_ceil(usize::from(senders)));
        assert!(chain.blocks.len() >= BASE);
        Self {
            random: Random::new(seed, "mempool model"),
            chain,
            pool: Pool::default(),
            model: Model::new([]),
            senders,
            limits,
            salt: 0,
            seen: Seen::default(),
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.random.below(from.len() as u64) as usize]
    }

    fn salt(&mut self) -> u8 {
        self.salt += 1;
        (self.salt % 251) as u8
    }

    fn account(&self, sender: u8) -> Account {
        self.chain.state.of(x_only(sender))
    }

    /// A transfer that may or may not be allowed to wait.
    fn transfer(&mut self) -> CheckedTransfer {
        if self.random.one_in(20) && !self.model.waiting.is_empty() {
            let place = self.random.below(self.model.waiting.len() as u64) as usize;
            return self.model.waiting[place].1.clone();
        }
        let sender = self.random.below(self.senders.into()) as u8;
        let (account, queue) = (self.account(sender), self.model.of(x_only(sender)));
        let next = account.nonce + queue.len() as u64;
        let any = account.nonce + self.random.below(queue.len() as u64 + 1);
        let nonce = self.pick(&[next, next, next, next, next, any, any, next + 1, account.nonce.saturating_sub(1)]);
        let note = self.random.below(81) as usize;
        let bytes = 154 + note as u64;
        let old = queue.iter().find(|(_, old)| old.nonce() == nonce).map_or(0, |(_, old)| old.transfer().fee);
        let least = (old * 11).div_ceil(10).max(old + bytes);
        let more = bytes * (1 + self.random.below(6)) + self.random.below(bytes);
        let fee = self.pick(&[bytes, more, more, more, least, least, least - 1, least + 1, bytes - 1]);
        let all = account.balance.units().saturating_sub(fee).max(1);
        let small = 1 + self.random.below(1000);
        let amount = self.pick(&[small, small, small, small, small, all / 3 + 1, all, all + 1, all / 9 + 1]);
        let salt = self.salt();
        Terms { sender, amount, fee, nonce, note }.unsigned(salt)
    }

    fn admit_a_group(&mut self) {
        let group: Vec<_> = (0..1 + self.random.below(5)).map(|_| self.transfer()).collect();
        let (mut model, first_new) = (self.model.clone(), self.model.next);
        let mut admit = |transfer: &CheckedTransfer| {
            let account = self.chain.state.of(transfer.sender());
            model.admit(&account, transfer, self.limits)
        };
        let expected: Vec<_> = group.iter().map(&mut admit).collect();
        let (answers, added, removed) = self.pool.admit(&self.chain.rules, &self.chain.state, self.limits, &group);
        assert_eq!(answers, expected, "{group:?}");
        let new = model.waiting.iter().filter(|(number, _)| *number >= first_new).map(|(_, one)| one);
        assert!(added.iter().eq(new));
        let stays = |number: &u64| model.waiting.iter().any(|(other, _)| other == number);
        let left: HashSet<_> =
            self.model.waiting.iter().filter(|(number, _)| !stays(number)).map(|(_, one)| one.id()).collect();
        assert_eq!(removed.iter().map(CheckedTransfer::id).collect::<HashSet<_>>(), left);
        assert_eq!(removed.len(), left.len());
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        self.seen.refused.extend(answers.iter().filter_map(|answer| answer.err()));
        self.seen.left_again += taken - added.len();
        self.seen.displaced += removed.len();
        self.model = model;
    }

    /// Some transfers that a block can hold now: of what waits or is in `others`, or in its place something else.
    fn choose(&mut self, others: &[CheckedTransfer]) -> Vec<CheckedTransfer> {
        let mut chosen = Vec::new();
        let candidates: Vec<_> = self.model.transfers().chain(others).cloned().collect();
        for sender in 0..self.senders {
            let account = self.account(sender);
            let mut left = u128::from(account.balance.units());
            for nonce in account.nonce..account.nonce + self.random.below(9) {
                let known = candidates.iter().find(|one| one.sender() == x_only(sender) && one.nonce() == nonce);
                let salt = self.salt();
                let other = Terms { amount: 1 + u64::from(salt), ..pool::terms(sender, nonce) }.unsigned(salt);
                let is_other = self.random.one_in(6);
                let transfer = known.filter(|_| !is_other).cloned().unwrap_or(other);
                let Some(rest) = left.checked_sub(cost(&transfer)) else { break };
                left = rest;
                chosen.push(transfer);
            }
        }
        chosen
    }

    /// Disconnects and connects blocks.
    fn reorganise(&mut self, depth: usize, blocks: usize) {
        let (before, limits) = (self.pool.mempool.clone(), self.limits);
        let mut change = Reorganisation::within(limits);
        let (mut disconnected, mut connected) = (Vec::new(), Vec::new());
        for _ in 0..depth.min(self.chain.blocks.len() - BASE) {
            let block = self.chain.pop();
            change.disconnected(block.clone());
            disconnected.push(block);
        }
        let others: Vec<_> = disconnected.iter().flat_map(CheckedBlock::transfers).cloned().collect();
        for _ in 0..blocks {
            let chosen = self.choose(&others);
            let (receiver, extranonce) = (self.random.below(self.senders.into()) as u8, self.random.number());
            let block = pool::mine(&self.chain, chosen, receiver, extranonce);
            change.connected(&block, &before);
            self.chain.connect(block.clone()).unwrap();
            connected.push(block);
        }
        let Ok(after) = change.finish(&self.chain.state, &before);
        let (model, returned, not_returned) =
            self.model.reorganise(&self.chain.state, &disconnected, &connected, limits);
        assert_eq!((after.returned, after.not_returned), (returned, not_returned));
        self.seen.returned += returned;
        self.seen.not_returned += not_returned;
        self.model = model;
        self.pool = Pool { stored: after.mempool.transactions().cloned().collect(), mempool: after.mempool };
    }

    fn step(&mut self) {
        match self.random.below(20) {
            0..13 => self.admit_a_group(),
            13..16 => self.reorganise(0, 1),
            16 => {
                let (depth, blocks) = (1 + self.random.below(4) as usize, self.random.below(5) as usize);
                self.reorganise(depth, blocks);
            }
            17 => self.pool.mempool = self.pool.stored.iter().cloned().collect(),
            _ => {
                // A group that is not let in changes nothing.
                let group = [self.transfer(), self.transfer()];
                self.pool.clone().admit(&self.chain.rules, &self.chain.state, self.limits, &group);
            }
        }
        self.compare();
    }

    fn compare(&mut self) {
        let mempool = &self.pool.mempool;
        assert!(mempool.transactions().eq(self.model.transfers()));
        assert_eq!(mempool.len(), self.model.waiting.len());
        let bytes: usize = self.model.transfers().map(|one| one.transfer().encoded_len()).sum();
        assert_eq!(mempool.bytes(), bytes);
        assert!(!self.model.is_above(self.limits));
        assert_eq!(*mempool, self.pool.stored.iter().cloned().collect::<Mempool>());
        for sender in (0..self.senders).map(x_only) {
            let queue = self.model.of(sender);
            assert!(mempool.of_sender(&sender).eq(queue.iter().map(|(_, one)| one)));
            self.seen.most_of_one = self.seen.most_of_one.max(queue.len());
        }
        let mut judged = self.model.clone();
        judged.judge_again(&self.chain.state);
        assert_eq!(judged.waiting.len(), self.model.waiting.len(), "all that waits is valid");
    }
}

fn run(seed: u64, senders: u8, limits: MempoolLimits, steps: usize) -> Seen {
    let mut world = World::new(seed, senders, limits);
    for _ in 0..steps {
        world.step();
    }
    world.seen
}

#[test]
fn code_and_model_agree_when_few_may_wait() {
    let seen = run(1, 6, MempoolLimits { count: 12, bytes: usize::MAX }, 4000);
    assert_eq!(seen.refused, HashSet::from(["fee", "nonce", "gap", "replacement", "funds", "full"]), "{seen:?}");
    assert!(seen.displaced > 200 && seen.left_again > 20 && seen.returned > 50 && seen.not_returned > 50, "{seen:?}");
}

#[test]
fn code_and_model_agree_when_few_bytes_may_wait() {
    let seen = run(2, 8, MempoolLimits { count: usize::MAX, bytes: 2500 }, 4000);
    assert!(seen.displaced > 200 && seen.left_again > 20 && seen.returned > 50 && seen.not_returned > 50, "{seen:?}");
}

#[test]
fn code_and_model_agree_when_much_may_wait() {
    let seen = run(3, 2, MempoolLimits { count: 45, bytes: 9000 }, 3000);
    assert_eq!(seen.most_of_one, 25, "{seen:?}");
    assert!(seen.displaced > 20 && seen.returned > 50 && seen.not_returned > 50, "{seen:?}");
}
