//! What waits after blocks have changed: what waited before and the transfers of disconnected blocks, as far as they are valid.

use std::collections::{HashMap, HashSet};

use super::{
    Mempool,
    queue::{Entry, Queue},
};
use crate::{
    rules::{self, AfterReorganisation, Departure, Mempool as _, MempoolLimits, ReadAccounts},
    sound::{
        account::Account, checked_block::CheckedBlock, checked_transfer::CheckedTransfer, hash::Txid, key::XOnlyKey,
    },
};

/// How many ids of disconnected transfers are kept for each transfer that may wait.
const COUNTED: usize = 4;

/// Gathers what may wait again. It keeps no more than a mempool may hold, however many blocks are disconnected.
#[derive(Debug)]
pub struct Reorganisation {
    limits: MempoolLimits,
    /// Transfers of disconnected blocks that may wait together, in the order of the chain. They are numbered downwards, because
    /// the latest block comes first.
    returning: Mempool,
    /// One above the number of the next one.
    end: u64,
    /// Disconnected transfers that no connected block holds, to be told when they do not return.
    missing: HashMap<Txid, CheckedTransfer>,
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
        self.put_back(block.transfers());
        self.returning.shrink_to(self.limits, drop);
    }

    fn connected(&mut self, block: &CheckedBlock, mempool: &Mempool) {
        for transfer in block.transfers() {
            self.missing.remove(&transfer.id());
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
            left.extend(gone.into_iter().filter(|entry| !self.connected.contains(&entry.transfer.id())));
        }
        left.sort_unstable_by_key(|entry| entry.number);
        let left = left.into_iter().map(|entry| (entry.transfer, Departure::Invalid)).collect();
        Ok(AfterReorganisation { mempool: after, returned: 0, not_returned: 0, left })
    }
}

impl Reorganisation {
    /// One after which no more than this waits, if anything was disconnected. Of the latest disconnected transfers four times as
    /// many as may wait are counted when they do not return.
    pub fn within(limits: MempoolLimits) -> Self {
        Self {
            limits,
            returning: Mempool::default(),
            // More than transfers can ever be.
            end: u64::MAX >> 1,
            missing: HashMap::new(),
            has_disconnected: false,
            paid: HashSet::new(),
            connected: HashSet::new(),
        }
    }

    /// Puts the transfers of a block before those that were disconnected already.
    fn put_back(&mut self, transfers: &[CheckedTransfer]) {
        let mut by_sender: HashMap<XOnlyKey, Vec<Entry>> = HashMap::new();
        for transfer in transfers.iter().rev() {
            if self.missing.len() < self.limits.count.saturating_mul(COUNTED) {
                self.missing.insert(transfer.id(), transfer.clone());
            }
            self.end -= 1;
            let entry = Entry { number: self.end, transfer: transfer.clone() };
            by_sender.entry(transfer.sender()).or_default().push(entry);
        }
        for (sender, mut entries) in by_sender {
            let after = self.returning.queue(&sender).map(Queue::entries);
            entries.extend_from_slice(after.unwrap_or_default());
            self.returning.set_queue(sender, Queue::new(entries).0);
        }
    }

    /// Any account may have less than before, so all that waits is judged again. What returns comes before what waited.
    fn after_disconnecting<A: ReadAccounts<Account>>(
        self,
        accounts: &A,
        mempool: &Mempool,
    ) -> Result<AfterReorganisation<Mempool, CheckedTransfer>, A::Error> {
        let Self { limits, returning, mut missing, connected, .. } = self;
        // What waited is numbered from here on.
        let first_waiting = returning.len() as u64;
        let mut by_sender: HashMap<XOnlyKey, Vec<Entry>> = HashMap::new();
        for (number, transfer) in (0..).zip(returning.transactions().chain(mempool.transactions())) {
            by_sender.entry(transfer.sender()).or_default().push(Entry { number, transfer: transfer.clone() });
        }
        let mut after = Mempool::default();
        let mut gone = Vec::new();
        for (sender, entries) in by_sender {
            let (queue, invalid) = what_is_valid(&accounts.read(&sender.to_bytes())?, entries);
            after.set_queue(sender, queue);
            gone.extend(invalid.into_iter().map(|entry| (entry, Departure::Invalid)));
        }
        after.shrink_to(limits, |entry| gone.push((entry, Departure::Evicted)));
        let mut returned = 0;
        for (_, transfer) in after.arrived.range(..first_waiting) {
            missing.remove(&transfer.id());
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

/// Those that can follow each other from the state of their sender's account on, and those that cannot.
fn what_is_valid(account: &Account, mut entries: Vec<Entry>) -> (Queue, Vec<Entry>) {
    let mut gone: Vec<_> = entries.extract_if(.., |entry| entry.transfer.nonce() < account.nonce).collect();
    let (mut queue, rest) = Queue::new(entries);
    gone.extend(rest);
    let begins = queue.transfers().next().is_some_and(|first| first.nonce() == account.nonce);
    let valid = if begins { queue.covered(account.balance) } else { 0 };
    gone.extend(queue.split_off(valid));
    (queue, gone)
}
