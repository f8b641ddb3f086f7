//! What waits after blocks have changed: what waited before and the transfers of disconnected blocks, as far as they are valid.

use std::collections::{HashMap, HashSet};

use super::{
    MAX_PER_SENDER, MEMPOOL_LIMITS, Mempool,
    queue::{Queue, Waiting},
};
use crate::{
    rules::{self, AfterReorganisation, Mempool as _, ReadAccounts},
    sound::{account::Account, check::CheckedBlock, checked_transfer::CheckedTransfer, hash::Txid, key::XOnlyKey},
};

/// Gathers what may wait again.
#[derive(Debug, Default)]
pub struct Reorganisation {
    /// The transfers of each disconnected block, the latest block first.
    disconnected: Vec<Vec<CheckedTransfer>>,
    /// The names of those that no connected block holds.
    returning: HashSet<Txid>,
    /// Senders of whom something waits, and whose transfers connected blocks hold.
    paid: HashSet<XOnlyKey>,
}

impl rules::Reorganisation for Reorganisation {
    type Block = CheckedBlock;
    type Account = Account;
    type Mempool = Mempool;

    fn disconnected(&mut self, block: CheckedBlock) {
        self.returning.extend(block.transfers().iter().map(CheckedTransfer::id));
        self.disconnected.push(block.transfers().to_vec());
    }

    fn connected(&mut self, block: &CheckedBlock, mempool: &Mempool) {
        for transfer in block.transfers() {
            self.returning.remove(&transfer.id());
            if mempool.queue(&transfer.sender()).is_some() {
                self.paid.insert(transfer.sender());
            }
        }
    }

    fn finish<A: ReadAccounts<Account>>(
        self,
        accounts: &A,
        mempool: &Mempool,
    ) -> Result<AfterReorganisation<Mempool>, A::Error> {
        if !self.disconnected.is_empty() {
            return self.after_disconnecting(accounts, mempool);
        }
        let mut after = mempool.clone();
        for sender in self.paid {
            let waiting = mempool.queue(&sender).map(Queue::waiting).unwrap_or_default().to_vec();
            after.set_queue(sender, what_is_valid(&accounts.read(&sender.to_bytes())?, waiting));
        }
        Ok(AfterReorganisation { mempool: after, returned: 0, not_returned: 0 })
    }
}

impl Reorganisation {
    /// Any account may have less than before, so all that waits is judged again. What returns comes before what waited.
    fn after_disconnecting<A: ReadAccounts<Account>>(
        self,
        accounts: &A,
        mempool: &Mempool,
    ) -> Result<AfterReorganisation<Mempool>, A::Error> {
        let Self { disconnected, returning, .. } = self;
        let returned = disconnected.into_iter().rev().flatten().filter(|transfer| returning.contains(&transfer.id()));
        let all = returned.chain(mempool.transactions().cloned());
        let mut by_sender: HashMap<XOnlyKey, Vec<Waiting>> = HashMap::new();
        for (number, transfer) in (0..).zip(all) {
            by_sender.entry(transfer.sender()).or_default().push(Waiting { number, transfer });
        }
        let mut after = Mempool::default();
        for (sender, waiting) in by_sender {
            after.set_queue(sender, what_is_valid(&accounts.read(&sender.to_bytes())?, waiting));
        }
        after.shrink_to(MEMPOOL_LIMITS);
        let returned = after.transactions().take_while(|transfer| returning.contains(&transfer.id())).count();
        Ok(AfterReorganisation { not_returned: returning.len() - returned, mempool: after, returned })
    }
}

/// Those that can follow each other from the state of their sender's account on.
fn what_is_valid(account: &Account, mut waiting: Vec<Waiting>) -> Queue {
    waiting.retain(|waiting| waiting.transfer.nonce() >= account.nonce);
    let mut queue = Queue::new(waiting);
    let begins = queue.transfers().next().is_some_and(|first| first.nonce() == account.nonce);
    let valid = if begins { queue.covered(account.balance).min(MAX_PER_SENDER) } else { 0 };
    queue.split_off(valid);
    queue
}
