//! The pool of payments that wait for a block, and its bounds.

use thiserror::Error;

use super::transaction::Transaction;

/// How much may wait before further payments are refused (contract section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingLimits {
    /// How many payments.
    pub count: usize,
    /// How many bytes their canonical texts have together.
    pub bytes: usize,
}

/// The pool has no room for another payment.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "too many payments are waiting already ({waiting}); mine a block, which takes them all, then send this one again"
)]
pub struct PendingFull {
    /// How many payments wait.
    pub waiting: usize,
}

/// Payments that wait for the next block, in the order they arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    transactions: Vec<Transaction>,
    bytes: usize,
}

/// What is left of a pool's limits while a group of payments is put together that will enter it at once.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    limits: PendingLimits,
    count: usize,
    bytes: usize,
}

impl Pending {
    /// The payments in the order they arrived.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// How many payments wait.
    pub fn len(&self) -> usize {
        self.transactions.len()
    }

    /// Whether no payment waits.
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// How much more the pool may take under `limits`.
    pub fn room(&self, limits: PendingLimits) -> Room {
        Room { limits, count: self.len(), bytes: self.bytes }
    }

    pub(super) fn extend(&mut self, transactions: impl IntoIterator<Item = Transaction>) {
        for transaction in transactions {
            self.bytes += transaction.canonical_len();
            self.transactions.push(transaction);
        }
    }
}

impl FromIterator<Transaction> for Pending {
    fn from_iter<T: IntoIterator<Item = Transaction>>(transactions: T) -> Self {
        let mut pending = Self::default();
        pending.extend(transactions);
        pending
    }
}

impl Room {
    /// Takes the room that `transaction` needs.
    ///
    /// # Errors
    /// When there is not enough left; nothing is taken then.
    pub fn take(&mut self, transaction: &Transaction) -> Result<(), PendingFull> {
        let bytes = self.bytes + transaction.canonical_len();
        if self.count >= self.limits.count || bytes > self.limits.bytes {
            return Err(PendingFull { waiting: self.count });
        }
        self.count += 1;
        self.bytes = bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_bounded_in_count_and_bytes() {
        let payment = Transaction::reward("a", "b");
        let size = payment.canonical_len();
        let pool: Pending = [payment.clone()].into_iter().collect();

        let mut room = pool.room(PendingLimits { count: 2, bytes: usize::MAX });
        assert_eq!(room.take(&payment), Ok(()));
        assert_eq!(room.take(&payment), Err(PendingFull { waiting: 2 }));

        let mut room = pool.room(PendingLimits { count: 9, bytes: 3 * size - 1 });
        assert_eq!(room.take(&payment), Ok(()));
        assert_eq!(room.take(&payment), Err(PendingFull { waiting: 2 }));
    }
}
