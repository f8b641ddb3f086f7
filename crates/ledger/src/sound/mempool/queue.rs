//! What waits of one sender.

use std::cmp::Reverse;

use super::{MAX_PER_SENDER, rate::FeeRate};
use crate::sound::{amount::Amount, checked_transfer::CheckedTransfer, key::XOnlyKey};

/// A transfer that waits.
#[derive(Clone, Debug)]
pub(in crate::sound) struct Waiting {
    /// Its place in the order of arrival.
    pub(in crate::sound) number: u64,
    pub(in crate::sound) transfer: CheckedTransfer,
}

/// The transfers of one sender, each with the nonce after the one before.
#[derive(Clone, Debug, Default)]
pub(in crate::sound) struct Queue(Vec<Waiting>);

/// The place of a sender among those of whom something has to leave. The lowest rate of a queue counts for all of it: what is
/// behind cannot be mined before. Of equal ones the latest leaves first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    pub(super) rate: FeeRate,
    last: Reverse<u64>,
    pub(super) sender: XOnlyKey,
}

impl Queue {
    /// A queue of these, in the order of their nonces, up to the first gap, and no more than may wait. Of those that have the
    /// same nonce the first one stays.
    pub(super) fn new(mut waiting: Vec<Waiting>) -> Self {
        waiting.sort_by_key(|waiting| waiting.transfer.nonce());
        waiting.dedup_by_key(|waiting| waiting.transfer.nonce());
        let follows = |pair: &[Waiting]| pair[0].transfer.nonce().checked_add(1) == Some(pair[1].transfer.nonce());
        let whole = 1 + waiting.windows(2).take_while(|pair| follows(pair)).count();
        waiting.truncate(whole.min(MAX_PER_SENDER));
        Self(waiting)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(in crate::sound) fn waiting(&self) -> &[Waiting] {
        &self.0
    }

    pub(super) fn transfers(&self) -> impl Iterator<Item = &CheckedTransfer> {
        self.0.iter().map(|waiting| &waiting.transfer)
    }

    /// The encodings' bytes.
    pub(super) fn bytes(&self) -> usize {
        self.transfers().map(CheckedTransfer::encoded_len).sum()
    }

    /// Puts a transfer in the place of the one with its nonce, or behind the last one.
    pub(super) fn put(&mut self, place: usize, waiting: Waiting) {
        match self.0.get_mut(place) {
            Some(replaced) => *replaced = waiting,
            None => self.0.push(waiting),
        }
    }

    /// Takes the last one out.
    pub(super) fn pop(&mut self) -> Option<Waiting> {
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
    pub(super) fn split_off(&mut self, count: usize) -> Vec<Waiting> {
        self.0.split_off(count.min(self.0.len()))
    }

    /// The lowest rate of the first ones.
    pub(super) fn lowest_rate(&self, count: usize) -> Option<FeeRate> {
        self.transfers().take(count).map(FeeRate::of).min()
    }

    /// Where the queue stands, which is not empty.
    pub(super) fn standing(&self, sender: XOnlyKey) -> Standing {
        Standing {
            rate: self.lowest_rate(self.len()).unwrap_or_default(),
            last: Reverse(self.0.iter().map(|waiting| waiting.number).max().unwrap_or_default()),
            sender,
        }
    }
}
