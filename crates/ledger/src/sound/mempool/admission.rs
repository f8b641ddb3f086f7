//! Which transfers may wait.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Bound,
};

use thiserror::Error;

use super::{
    FeeRate, MAX_PER_SENDER, Mempool,
    queue::{Entry, EvictionKey, Queue},
};
use crate::{
    rules::{self, Departure, MempoolLimits},
    sound::{
        account::{Account, MATURITY},
        amount::Amount,
        checked_transfer::CheckedTransfer,
        key::XOnlyKey,
    },
};

/// Why a transfer may not wait.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AdmitError {
    /// The chain holds a transfer with this nonce.
    #[error("the sender's transfer with nonce {nonce} is in the chain already; the next nonce is {next}")]
    Nonce {
        /// The nonce of the transfer.
        nonce: u64,
        /// The one that comes next, counting what waits.
        next: u64,
    },
    /// A nonce before it is missing.
    #[error("the nonce is {nonce}, but the sender's next one is {next}: send the transfers before it first")]
    Gap {
        /// The nonce of the transfer.
        nonce: u64,
        /// The one that comes next, counting what waits.
        next: u64,
    },
    /// The sender has not enough.
    #[error(
        "amount and fee are {} units, but the sender has {}, of which payments that wait take {}; \
         a reward counts once {MATURITY} more blocks follow its own",
        cost.units(), balance.units(), waiting.units()
    )]
    Funds {
        /// Amount and fee.
        cost: Amount,
        /// What the sender has in the chain.
        balance: Amount,
        /// What earlier transfers of the sender that wait will take.
        waiting: Amount,
    },
    /// The fee is too low for anything to wait.
    #[error("the fee is {fee} units, but a transfer of this length pays at least {least}: 1 for each byte")]
    Fee {
        /// What it pays.
        fee: u64,
        /// What it would have to pay.
        least: u64,
    },
    /// The same transfer waits already.
    #[error("this transfer waits already")]
    Waits,
    /// A transfer with this nonce waits, and this one pays too little to replace it.
    #[error("a transfer with nonce {nonce} waits already; to replace it, pay a fee of at least {least} units")]
    Replacement {
        /// The nonce of both.
        nonce: u64,
        /// The fee that would do.
        least: u128,
    },
    /// Too many transfers of this sender wait.
    #[error("{MAX_PER_SENDER} transfers of this sender wait already: wait for a block")]
    SenderFull,
    /// The mempool is full, and everything in it pays more.
    #[error(
        "too many transfers wait, and this one, or one of the same sender before it, pays no more than they do: \
         pay more than {units_per_byte} units for each byte"
    )]
    Full {
        /// What the lowest one pays for each byte, rounded down.
        units_per_byte: u64,
    },
}

impl AdmitError {
    /// The name of the rule in answers to programs.
    pub fn why(&self) -> &'static str {
        match self {
            Self::Nonce { .. } => "nonce",
            Self::Gap { .. } => "gap",
            Self::Funds { .. } => "funds",
            Self::Fee { .. } => "fee",
            Self::Waits | Self::Replacement { .. } => "replacement",
            Self::SenderFull | Self::Full { .. } => "full",
        }
    }
}

/// Transfers that will enter a mempool together, and what leaves it for them.
#[derive(Clone, Debug)]
pub struct Admission {
    limits: MempoolLimits,
    /// The queues that will be other ones.
    changed: HashMap<XOnlyKey, Queue>,
    /// The eviction keys of those.
    order: BTreeSet<EvictionKey>,
    /// Of the eviction keys in the mempool all before this one are those of changed queues.
    unchanged_from: Option<EvictionKey>,
    /// How many transfers will wait.
    count: usize,
    /// How many bytes their encodings will have together.
    bytes: usize,
    /// The number of the first transfer that arrives with this group.
    first_number: u64,
    next_number: u64,
    added: Vec<CheckedTransfer>,
    /// The numbers of those, which rise.
    added_numbers: Vec<u64>,
    removed: Vec<CheckedTransfer>,
    /// What leaves the mempool and the group, and why.
    left: Vec<(CheckedTransfer, Departure)>,
}

impl Admission {
    pub(in crate::sound) fn new(mempool: &Mempool, limits: MempoolLimits) -> Self {
        Self {
            limits,
            changed: HashMap::new(),
            order: BTreeSet::new(),
            unchanged_from: None,
            count: mempool.arrived.len(),
            bytes: mempool.bytes,
            first_number: mempool.next_number,
            next_number: mempool.next_number,
            added: Vec::new(),
            added_numbers: Vec::new(),
            removed: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Adds a transfer of a sender with this account in the chain.
    pub(in crate::sound) fn push(
        &mut self,
        mempool: &Mempool,
        account: &Account,
        transfer: CheckedTransfer,
    ) -> Result<(), AdmitError> {
        let (sender, fee, least) = (transfer.sender(), transfer.fee().units(), transfer.encoded_len() as u64);
        if fee < least {
            return Err(AdmitError::Fee { fee, least });
        }
        let mut queue = self.queue(mempool, &sender).cloned().unwrap_or_default();
        let place = place_of(&queue, account, &transfer)?;
        let entry = Entry { number: self.next_number, transfer: transfer.clone() };
        let replaced = queue.entries().get(place).cloned();
        queue.put(place, entry);
        let covered = queue.covered(account.balance);
        if covered <= place {
            let waiting = queue.cost(place);
            return Err(AdmitError::Funds { cost: transfer.cost(), balance: account.balance, waiting });
        }
        let uncovered = queue.split_off(covered);
        let rate = queue.lowest_rate(place + 1).unwrap_or_default();
        let evicted = self.change(mempool, sender, queue, rate)?;
        self.added.push(transfer);
        self.added_numbers.push(self.next_number);
        self.next_number += 1;
        replaced.into_iter().for_each(|entry| self.remove(entry, Departure::Replaced));
        uncovered.into_iter().for_each(|entry| self.remove(entry, Departure::Invalid));
        evicted.into_iter().for_each(|entry| self.remove(entry, Departure::Evicted));
        Ok(())
    }

    /// Notes that a transfer leaves. One that came with this group will never have waited.
    fn remove(&mut self, Entry { number, transfer }: Entry, why: Departure) {
        self.left.push((transfer.clone(), why));
        if number < self.first_number {
            self.removed.push(transfer);
        } else if let Ok(place) = self.added_numbers.binary_search(&number) {
            self.added_numbers.remove(place);
            self.added.remove(place);
        }
    }

    /// Gives the sender this queue, and makes room for what is new in it: returns what leaves for it. `rate` is the lowest that
    /// the newcomer and those before it pay, so that of its own sender only those behind it can leave.
    ///
    /// # Errors
    /// When all that could leave pays as much; nothing changes then.
    fn change(
        &mut self,
        mempool: &Mempool,
        sender: XOnlyKey,
        queue: Queue,
        rate: FeeRate,
    ) -> Result<Vec<Entry>, AdmitError> {
        let mut before = vec![(sender, self.set_queue(mempool, sender, queue))];
        let mut leaving = Vec::new();
        while self.count > self.limits.count || self.bytes > self.limits.bytes {
            let lowest = self.lowest(mempool);
            let Some(lowest) = lowest.filter(|lowest| lowest.rate < rate) else {
                for (sender, queue) in before.into_iter().rev() {
                    self.restore(mempool, sender, queue);
                }
                let units_per_byte = lowest.map_or(0, |lowest| lowest.rate.units_per_byte());
                return Err(AdmitError::Full { units_per_byte });
            };
            let mut shorter = self.queue(mempool, &lowest.sender).cloned().unwrap_or_default();
            leaving.extend(shorter.pop());
            before.push((lowest.sender, self.set_queue(mempool, lowest.sender, shorter)));
        }
        Ok(leaving)
    }

    fn queue<'a>(&'a self, mempool: &'a Mempool, sender: &XOnlyKey) -> Option<&'a Queue> {
        self.changed.get(sender).or_else(|| mempool.queue(sender))
    }

    /// The sender of whom something has to leave first.
    fn lowest(&mut self, mempool: &Mempool) -> Option<EvictionKey> {
        let from = self.unchanged_from.map_or(Bound::Unbounded, Bound::Included);
        let mut unchanged = mempool.order.range((from, Bound::Unbounded));
        let unchanged = unchanged.find(|key| !self.changed.contains_key(&key.sender)).copied();
        self.unchanged_from = unchanged.or(self.unchanged_from);
        unchanged.into_iter().chain(self.order.first().copied()).min()
    }

    /// Gives a sender another queue; returns the one that this group had given it before.
    fn set_queue(&mut self, mempool: &Mempool, sender: XOnlyKey, queue: Queue) -> Option<Queue> {
        self.uncount(mempool, &sender);
        self.count(&queue);
        if !queue.is_empty() {
            self.order.insert(queue.eviction_key(sender));
        }
        self.changed.insert(sender, queue)
    }

    /// Takes back what [`Admission::set_queue`] did, which returned `before`.
    fn restore(&mut self, mempool: &Mempool, sender: XOnlyKey, before: Option<Queue>) {
        match before {
            Some(queue) => drop(self.set_queue(mempool, sender, queue)),
            None => {
                self.uncount(mempool, &sender);
                self.changed.remove(&sender);
                if let Some(queue) = mempool.queue(&sender) {
                    self.count(queue);
                    self.unchanged_from = self.unchanged_from.map(|from| from.min(queue.eviction_key(sender)));
                }
            }
        }
    }

    /// Forgets a sender's queue in the sums.
    fn uncount(&mut self, mempool: &Mempool, sender: &XOnlyKey) {
        let Some(queue) = self.queue(mempool, sender) else { return };
        let (count, bytes, key) = (queue.len(), queue.bytes(), queue.eviction_key(*sender));
        self.order.remove(&key);
        self.count -= count;
        self.bytes -= bytes;
    }

    fn count(&mut self, queue: &Queue) {
        self.count += queue.len();
        self.bytes += queue.bytes();
    }

    /// Lets the group enter the mempool for which it was begun.
    pub(in crate::sound) fn enter(self, mempool: &mut Mempool) {
        for (sender, queue) in self.changed {
            mempool.set_queue(sender, queue);
        }
        mempool.next_number = self.next_number;
    }
}

/// The place that a transfer takes in its sender's queue.
fn place_of(queue: &Queue, account: &Account, transfer: &CheckedTransfer) -> Result<usize, AdmitError> {
    let (nonce, next) = (transfer.nonce(), account.nonce.saturating_add(queue.len() as u64));
    let ahead = nonce.checked_sub(account.nonce).ok_or(AdmitError::Nonce { nonce, next })?;
    let place = usize::try_from(ahead).ok().filter(|place| *place <= queue.len());
    let place = place.ok_or(AdmitError::Gap { nonce, next })?;
    let Some(replaced) = queue.entries().get(place).map(|entry| &entry.transfer) else {
        return if place < MAX_PER_SENDER { Ok(place) } else { Err(AdmitError::SenderFull) };
    };
    if replaced.id() == transfer.id() {
        return Err(AdmitError::Waits);
    }
    let old_fee = u128::from(replaced.fee().units());
    // A tenth more, and a unit for each byte that is sent again.
    let least = (old_fee * 11).div_ceil(10).max(old_fee + transfer.encoded_len() as u128);
    if u128::from(transfer.fee().units()) >= least { Ok(place) } else { Err(AdmitError::Replacement { nonce, least }) }
}

impl rules::Admission<CheckedTransfer> for Admission {
    fn added(&self) -> &[CheckedTransfer] {
        &self.added
    }

    fn removed(&self) -> &[CheckedTransfer] {
        &self.removed
    }

    fn left(&self) -> &[(CheckedTransfer, Departure)] {
        &self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_is_wrong_and_what_to_do() {
        let units = |units| Amount::from_units(units).unwrap();
        for (error, why, sentence) in [
            (
                AdmitError::Nonce { nonce: 1, next: 3 },
                "nonce",
                "the sender's transfer with nonce 1 is in the chain already; the next nonce is 3",
            ),
            (
                AdmitError::Gap { nonce: 5, next: 3 },
                "gap",
                "the nonce is 5, but the sender's next one is 3: send the transfers before it first",
            ),
            (
                AdmitError::Funds { cost: units(9), balance: units(10), waiting: units(4) },
                "funds",
                "amount and fee are 9 units, but the sender has 10, of which payments that wait take 4; a reward counts \
                 once 10 more blocks follow its own",
            ),
            (
                AdmitError::Fee { fee: 3, least: 154 },
                "fee",
                "the fee is 3 units, but a transfer of this length pays at least 154: 1 for each byte",
            ),
            (AdmitError::Waits, "replacement", "this transfer waits already"),
            (
                AdmitError::Replacement { nonce: 2, least: 308 },
                "replacement",
                "a transfer with nonce 2 waits already; to replace it, pay a fee of at least 308 units",
            ),
            (AdmitError::SenderFull, "full", "25 transfers of this sender wait already: wait for a block"),
            (
                AdmitError::Full { units_per_byte: 7 },
                "full",
                "too many transfers wait, and this one, or one of the same sender before it, pays no more than they do: \
                 pay more than 7 units for each byte",
            ),
        ] {
            assert_eq!((error.why(), error.to_string().as_str()), (why, sentence));
        }
    }
}
