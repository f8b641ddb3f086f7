//! What waits of one sender.

use std::cmp::Reverse;

use super::{MAX_PER_SENDER, rate::FeeRate};
use crate::sound::{amount::Amount, checked_transfer::CheckedTransfer, key::XOnlyKey};

/// A transfer that waits.
#[derive(Clone, Debug)]
pub(in crate::sound) struct Entry {
    /// Its place in the order of arrival.
    pub(in crate::sound) number: u64,
    pub(in crate::sound) transfer: CheckedTransfer,
}

/// The transfers of one sender, each with the nonce after the one before.
#[derive(Clone, Debug, Default)]
pub(in crate::sound) struct Queue(Vec<Entry>);

/// The place of a sender in the order in which transfers have to leave a full mempool. The lowest rate of a queue counts for all of it: what is
/// behind cannot be mined before. Of equal ones the latest leaves first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EvictionKey {
    pub(super) rate: FeeRate,
    last: Reverse<u64>,
    pub(super) sender: XOnlyKey,
}

impl Queue {
    /// A queue of these, in the order of their nonces, up to the first gap, and no more than may wait; and those that are not in
    /// it. Of those that have the same nonce the first one stays.
    pub(super) fn new(mut entries: Vec<Entry>) -> (Self, Vec<Entry>) {
        entries.sort_by_key(|entry| entry.transfer.nonce());
        let (mut queue, mut rest) = (Vec::<Entry>::with_capacity(entries.len().min(MAX_PER_SENDER)), Vec::new());
        let mut next = entries.first().map(|first| first.transfer.nonce());
        for entry in entries {
            let nonce = entry.transfer.nonce();
            if next == Some(nonce) && queue.len() < MAX_PER_SENDER {
                queue.push(entry);
                next = nonce.checked_add(1);
            } else {
                rest.push(entry);
            }
        }
        (Self(queue), rest)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(in crate::sound) fn entries(&self) -> &[Entry] {
        &self.0
    }

    pub(super) fn transfers(&self) -> impl Iterator<Item = &CheckedTransfer> {
        self.0.iter().map(|entry| &entry.transfer)
    }

    /// The encodings' bytes.
    pub(super) fn bytes(&self) -> usize {
        self.transfers().map(CheckedTransfer::encoded_len).sum()
    }

    /// Puts a transfer in the place of the one with its nonce, or behind the last one.
    pub(super) fn put(&mut self, place: usize, entry: Entry) {
        match self.0.get_mut(place) {
            Some(replaced) => *replaced = entry,
            None => self.0.push(entry),
        }
    }

    /// Takes the last one out.
    pub(super) fn pop(&mut self) -> Option<Entry> {
        self.0.pop()
    }

    /// What the first ones cost together.
    pub(super) fn cost(&self, count: usize) -> Amount {
        self.transfers().take(count).map(CheckedTransfer::cost).fold(Amount::ZERO, Amount::saturating_add)
    }

    /// How many of the first ones this balance covers.
    pub(super) fn covered(&self, balance: Amount) -> usize {
        let mut left = balance;
        let covers = |transfer: &&CheckedTransfer| match left.checked_sub(transfer.cost()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        };
        self.transfers().take_while(covers).count()
    }

    /// Keeps the first ones, and takes out the rest.
    pub(super) fn split_off(&mut self, count: usize) -> Vec<Entry> {
        self.0.split_off(count.min(self.0.len()))
    }

    /// The lowest rate of the first ones.
    pub(super) fn lowest_rate(&self, count: usize) -> Option<FeeRate> {
        self.transfers().take(count).map(FeeRate::of).min()
    }

    /// The place of the sender of this queue, which is not empty.
    pub(super) fn eviction_key(&self, sender: XOnlyKey) -> EvictionKey {
        EvictionKey {
            rate: self.lowest_rate(self.len()).unwrap_or_default(),
            last: Reverse(self.0.iter().map(|entry| entry.number).max().unwrap_or_default()),
            sender,
        }
    }
}
