//! The transactions that wait for a block, and their bounds.

use thiserror::Error;

use super::transaction::Transaction;
use crate::rules::{self, Departure, MempoolLimits};

/// The mempool has no room for another transaction.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("too many payments are waiting already ({waiting}); mine a block, then send this one again")]
pub struct MempoolFull {
    /// How many transactions wait.
    pub waiting: usize,
}

/// Transactions that wait for the next block, in the order they arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mempool {
    transactions: Vec<Transaction>,
    bytes: usize,
}

impl Mempool {
    /// The transactions in the order they arrived.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    pub(super) fn extend(&mut self, transactions: impl IntoIterator<Item = Transaction>) {
        for transaction in transactions {
            self.bytes += transaction.canonical_len();
            self.transactions.push(transaction);
        }
    }
}

impl rules::Mempool<Transaction> for Mempool {
    fn len(&self) -> usize {
        self.transactions.len()
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn transactions<'a>(&'a self) -> impl Iterator<Item = &'a Transaction>
    where
        Transaction: 'a,
    {
        self.transactions.iter()
    }
}

impl FromIterator<Transaction> for Mempool {
    fn from_iter<T: IntoIterator<Item = Transaction>>(transactions: T) -> Self {
        let mut mempool = Self::default();
        mempool.extend(transactions);
        mempool
    }
}

/// Transactions that will enter a mempool together, and what is left of its limits.
#[derive(Clone, Debug)]
pub struct Admission {
    limits: MempoolLimits,
    /// How many wait, these among them.
    count: usize,
    bytes: usize,
    transactions: Vec<Transaction>,
}

impl Admission {
    pub(super) fn new(mempool: &Mempool, limits: MempoolLimits) -> Self {
        Self { limits, count: mempool.transactions.len(), bytes: mempool.bytes, transactions: Vec::new() }
    }

    /// Takes a transaction, unless it is too much.
    pub(super) fn push(&mut self, transaction: Transaction) -> Result<(), MempoolFull> {
        let bytes = self.bytes + transaction.canonical_len();
        if self.count >= self.limits.count || bytes > self.limits.bytes {
            return Err(MempoolFull { waiting: self.count });
        }
        self.count += 1;
        self.bytes = bytes;
        self.transactions.push(transaction);
        Ok(())
    }

    pub(super) fn into_transactions(self) -> Vec<Transaction> {
        self.transactions
    }
}

/// Nothing leaves for them.
impl rules::Admission<Transaction> for Admission {
    fn added(&self) -> &[Transaction] {
        &self.transactions
    }

    fn removed(&self) -> &[Transaction] {
        &[]
    }

    fn left(&self) -> &[(Transaction, Departure)] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mempool_is_bounded_in_count_and_bytes() {
        let transaction = Transaction::coinbase("a", "b");
        let size = transaction.canonical_len();
        let mempool: Mempool = [transaction.clone()].into_iter().collect();

        let mut admission = Admission::new(&mempool, MempoolLimits { count: 2, bytes: usize::MAX });
        assert_eq!(admission.push(transaction.clone()), Ok(()));
        assert_eq!(admission.push(transaction.clone()), Err(MempoolFull { waiting: 2 }));
        assert_eq!(admission.transactions, std::slice::from_ref(&transaction));

        let mut admission = Admission::new(&mempool, MempoolLimits { count: 9, bytes: 3 * size - 1 });
        assert_eq!(admission.push(transaction.clone()), Ok(()));
        assert_eq!(admission.push(transaction), Err(MempoolFull { waiting: 2 }));
    }
}
