//! What waits after blocks have changed: what waited before and the transfers of disconnected blocks, as far as they are valid.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    MAX_PER_SENDER, MEMPOOL_LIMITS, Mempool,
    queue::{Entry, Queue},
};
use crate::{
    rules::{self, AfterReorganisation, Departure, Mempool as _, MempoolLimits, ReadAccounts},
    sound::{
        account::Account, checked_block::CheckedBlock, checked_transfer::CheckedTransfer, hash::Txid, key::XOnlyKey,
    },
};

/// How many disconnected transfers are kept for each transfer that may wait.
const KEPT: usize = 4;

/// Gathers what may wait again. However many blocks are disconnected, it keeps no more than a few times as many transfers as a mempool
/// may hold.
#[derive(Debug)]
pub struct Reorganisation {
    limits: MempoolLimits,
    /// Disconnected transfers that no connected block holds, in the order of the chain. They are numbered downwards, because the
    /// latest block comes first. Which of them may wait is decided at the end: before, nobody knows which ones the connected blocks
    /// hold.
    missing: BTreeMap<u64, CheckedTransfer>,
    /// Their numbers.
    numbers: HashMap<Txid, u64>,
    /// One above the number of the next one.
    end: u64,
    /// Whether a block was disconnected.
    has_disconnected: bool,
    /// Senders of whom something waits, and whose transfers connected blocks hold.
    paid: HashSet<XOnlyKey>,
    /// What waited, and connected blocks hold.
    connected: HashSet<Txid>,
}

impl rules::Reorganisation for Reorganisation {
    type Block = CheckedBlock;
    type Account = Account;
    type Mempool = Mempool;
    type Transaction = CheckedTransfer;

    fn disconnected(&mut self, block: CheckedBlock) {
        self.has_disconnected = true;
        for transfer in block.transfers().iter().rev() {
            if self.missing.len() >= self.limits.count.max(MEMPOOL_LIMITS.count).saturating_mul(KEPT) {
                return;
            }
            self.end -= 1;
            self.numbers.insert(transfer.id(), self.end);
            self.missing.insert(self.end, transfer.clone());
        }
    }

    fn connected(&mut self, block: &CheckedBlock, mempool: &Mempool) {
        for transfer in block.transfers() {
            if let Some(number) = self.numbers.remove(&transfer.id()) {
                self.missing.remove(&number);
            }
            let Some(queue) = mempool.queue(&transfer.sender()) else { continue };
            self.paid.insert(transfer.sender());
            if queue.transfers().any(|waiting| waiting.id() == transfer.id()) {
                self.connected.insert(transfer.id());
            }
        }
    }

    fn finish<A: ReadAccounts<Account>>(
        self,
        accounts: &A,
        mempool: &Mempool,
    ) -> Result<AfterReorganisation<Mempool, CheckedTransfer>, A::Error> {
        if self.has_disconnected {
            return self.after_disconnecting(accounts, mempool);
        }
        let mut after = mempool.clone();
        let mut left = Vec::new();
        for sender in self.paid {
            let entries = mempool.queue(&sender).map(Queue::entries).unwrap_or_default().to_vec();
            let (queue, gone) = what_is_valid(&accounts.read(&sender.to_bytes())?, entries);
            after.set_queue(sender, queue);
            let gone = gone.into_iter().map(|(entry, _)| entry);
            left.extend(gone.filter(|entry| !self.connected.contains(&entry.transfer.id())));
        }
        left.sort_unstable_by_key(|entry| entry.number);
        let left = left.into_iter().map(|entry| (entry.transfer, Departure::Invalid)).collect();
        Ok(AfterReorganisation { mempool: after, returned: 0, not_returned: 0, left })
    }
}

impl Reorganisation {
    /// One after which no more than this waits, if anything was disconnected. Of the disconnected transfers the latest may return,
    /// four times as many as may wait; by the limits of the rules where these are higher.
    pub fn within(limits: MempoolLimits) -> Self {
        Self {
            limits,
            missing: BTreeMap::new(),
            numbers: HashMap::new(),
            // More than transfers can ever be.
            end: u64::MAX >> 1,
            has_disconnected: false,
            paid: HashSet::new(),
            connected: HashSet::new(),
        }
    }

    /// Any account may have less than before, so all that waits is judged again. What returns comes before what waited.
    fn after_disconnecting<A: ReadAccounts<Account>>(
        self,
        accounts: &A,
        mempool: &Mempool,
    ) -> Result<AfterReorganisation<Mempool, CheckedTransfer>, A::Error> {
        let Self { limits, mut missing, mut numbers, connected, .. } = self;
        // What waited is numbered from here on.
        let first_waiting = missing.len() as u64;
        let mut by_sender: HashMap<XOnlyKey, Vec<Entry>> = HashMap::new();
        for (number, transfer) in (0..).zip(missing.values().chain(mempool.transactions())) {
            by_sender.entry(transfer.sender()).or_default().push(Entry { number, transfer: transfer.clone() });
        }
        let mut after = Mempool::default();
        let mut gone = Vec::new();
        for (sender, entries) in by_sender {
            let (queue, not_kept) = what_is_valid(&accounts.read(&sender.to_bytes())?, entries);
            after.set_queue(sender, queue);
            gone.extend(not_kept);
        }
        after.shrink_to(limits, |entry| gone.push((entry, Departure::Evicted)));
        let mut returned = 0;
        for (_, transfer) in after.arrived.range(..first_waiting) {
            if let Some(number) = numbers.remove(&transfer.id()) {
                missing.remove(&number);
            }
            returned += 1;
        }
        let not_returned = missing.len();
        let mut undone: Vec<_> = missing.into_values().map(|transfer| (transfer, Departure::Undone)).collect();
        undone.sort_unstable_by_key(|(transfer, _)| (transfer.sender(), transfer.nonce()));
        gone.sort_unstable_by_key(|(entry, _)| entry.number);
        let waited = gone
            .into_iter()
            .filter(|(Entry { number, transfer }, _)| *number >= first_waiting && !connected.contains(&transfer.id()));
        let left = undone.into_iter().chain(waited.map(|(entry, why)| (entry.transfer, why))).collect();
        Ok(AfterReorganisation { mempool: after, returned, not_returned, left })
    }
}

/// Those that can follow each other from the state of their sender's account on, and those that cannot or are too many.
fn what_is_valid(account: &Account, mut entries: Vec<Entry>) -> (Queue, Vec<(Entry, Departure)>) {
    let invalid = |entry| (entry, Departure::Invalid);
    let used_up = entries.extract_if(.., |entry| entry.transfer.nonce() < account.nonce);
    let mut gone: Vec<_> = used_up.map(invalid).collect();
    let (mut queue, rest) = Queue::new(entries);
    let begins = queue.transfers().next().is_some_and(|first| first.nonce() == account.nonce);
    let valid = if begins { queue.covered(account.balance) } else { 0 };
    let uncovered = queue.split_off(valid);
    // What would follow the whole queue is too much; anything else has nothing that it could follow.
    let mut end = account.nonce.saturating_add(queue.len() as u64);
    let is_full = queue.len() == MAX_PER_SENDER;
    gone.extend(uncovered.into_iter().map(invalid));
    for entry in rest {
        let follows = is_full && entry.transfer.nonce() == end;
        end = end.saturating_add(follows.into());
        gone.push((entry, if follows { Departure::Evicted } else { Departure::Invalid }));
    }
    (queue, gone)
}
