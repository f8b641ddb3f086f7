//! The transfers that wait for a block, and the policy by which they may (docs/sound-rules.md section 5).

mod admission;
mod queue;
mod rate;
mod reorganisation;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

pub use admission::{Admission, AdmitError};
pub(super) use queue::{Entry, Queue};
pub use rate::FeeRate;
pub use reorganisation::Reorganisation;

use self::queue::EvictionKey;
use super::{checked_transfer::CheckedTransfer, key::XOnlyKey};
use crate::rules::{self, MempoolLimits};

/// How many transfers of one sender wait at most.
pub const MAX_PER_SENDER: usize = 25;
/// How much waits at most.
pub const MEMPOOL_LIMITS: MempoolLimits = MempoolLimits { count: 50_000, bytes: 32 << 20 };

/// Transfers that wait: of each sender a queue without gaps in its nonces, which the sender's balance covers as a whole.
#[derive(Clone, Debug, Default)]
pub struct Mempool {
    queues: HashMap<XOnlyKey, Arc<Queue>>,
    /// The senders, the first one that has to leave first.
    order: BTreeSet<EvictionKey>,
    /// All transfers by the number of their arrival.
    arrived: BTreeMap<u64, CheckedTransfer>,
    /// How many bytes their encodings have together.
    bytes: usize,
    /// The number of the next one that arrives.
    next_number: u64,
}

impl Mempool {
    /// How many bytes the encodings have together.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The transfers of this sender that wait, in the order of their nonces.
    pub fn of_sender(&self, sender: &XOnlyKey) -> impl Iterator<Item = &CheckedTransfer> {
        self.queues.get(sender).into_iter().flat_map(|queue| queue.transfers())
    }

    /// What a transfer should pay for each byte, in units, so that it enters and stays: at least 1, and more than the lowest one
    /// once the mempool is over half full.
    pub fn suggested_units_per_byte(&self, limits: MempoolLimits) -> u64 {
        let over_half = 2 * self.arrived.len() > limits.count || 2 * self.bytes > limits.bytes;
        let lowest = self.order.first().filter(|_| over_half);
        lowest.map_or(1, |key| key.rate.units_per_byte() + 1)
    }

    pub(super) fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values().map(Arc::as_ref)
    }

    fn queue(&self, sender: &XOnlyKey) -> Option<&Queue> {
        self.queues.get(sender).map(Arc::as_ref)
    }

    /// Lets the lowest leave until no more waits than may; `left` sees them.
    fn shrink_to(&mut self, limits: MempoolLimits, mut left: impl FnMut(Entry)) {
        while self.arrived.len() > limits.count || self.bytes > limits.bytes {
            let Some(EvictionKey { sender, .. }) = self.order.first().copied() else { return };
            let mut queue = self.queue(&sender).cloned().unwrap_or_default();
            queue.pop().into_iter().for_each(&mut left);
            self.set_queue(sender, queue);
        }
    }

    /// Gives a sender another queue; an empty one means that nothing of that sender waits.
    fn set_queue(&mut self, sender: XOnlyKey, queue: Queue) {
        if let Some(before) = self.queues.remove(&sender) {
            self.order.remove(&before.eviction_key(sender));
            for entry in before.entries() {
                self.arrived.remove(&entry.number);
                self.bytes -= entry.transfer.encoded_len();
            }
        }
        if queue.is_empty() {
            return;
        }
        for Entry { number, transfer } in queue.entries() {
            self.arrived.insert(*number, transfer.clone());
            self.bytes += transfer.encoded_len();
            self.next_number = self.next_number.max(number + 1);
        }
        self.order.insert(queue.eviction_key(sender));
        self.queues.insert(sender, Arc::new(queue));
    }
}

impl rules::Mempool<CheckedTransfer> for Mempool {
    fn len(&self) -> usize {
        self.arrived.len()
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn transactions<'a>(&'a self) -> impl Iterator<Item = &'a CheckedTransfer>
    where
        CheckedTransfer: 'a,
    {
        self.arrived.values()
    }
}

/// Transfers that waited when they were written down, in the order of their arrival. They are not judged again.
impl FromIterator<CheckedTransfer> for Mempool {
    fn from_iter<T: IntoIterator<Item = CheckedTransfer>>(transfers: T) -> Self {
        let mut queues: HashMap<XOnlyKey, Vec<Entry>> = HashMap::new();
        for (number, transfer) in (0..).zip(transfers) {
            queues.entry(transfer.sender()).or_default().push(Entry { number, transfer });
        }
        let mut mempool = Self::default();
        for (sender, entries) in queues {
            mempool.set_queue(sender, Queue::new(entries).0);
        }
        mempool
    }
}

/// The same transfers, in the same order.
impl PartialEq for Mempool {
    fn eq(&self, other: &Self) -> bool {
        self.arrived.values().eq(other.arrived.values())
    }
}
