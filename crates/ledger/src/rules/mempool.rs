//! What rules say of the transactions that wait: which ones may, which ones leave, and what becomes of them when blocks change.

use std::fmt::Debug;

use super::ReadAccounts;

/// The transactions that wait. Equal ones hold the same transactions in the same order.
pub trait Mempool<T>: FromIterator<T> + Clone + Debug + Default + PartialEq + Send + Sync {
    /// How many wait.
    fn len(&self) -> usize;

    /// Whether none waits.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes their encodings have together.
    fn bytes(&self) -> usize;

    /// The transactions in the order in which they arrived.
    fn transactions<'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        T: 'a;
}

/// What a group of transactions does to the mempool that it will enter.
pub trait Admission<T> {
    /// The transactions of the group that will wait, in their order. Those that have left again for others of the group are not
    /// among them.
    fn added(&self) -> &[T];

    /// Which transactions of the mempool leave for them.
    fn removed(&self) -> &[T];

    /// What leaves and why: the transactions of the mempool, and those of the group that have left again.
    fn left(&self) -> &[(T, Departure)];
}

/// Why a transaction waits no more, although no block of the chain holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Departure {
    /// Another one of the same sender took its place.
    Replaced,
    /// The mempool was full, and others pay more.
    Evicted,
    /// It was waiting, and blocks have come after which it is not valid.
    Invalid,
    /// Its block has left the chain, and it is not valid after the blocks that came instead.
    Undone,
}

/// Finds out what waits after blocks change. Blocks are disconnected first, the latest first, then connected in their order.
pub trait Reorganisation {
    /// The blocks.
    type Block;
    /// The accounts.
    type Account;
    /// The mempool.
    type Mempool;
    /// What waits in it.
    type Transaction;

    /// A block has left the chain.
    fn disconnected(&mut self, block: Self::Block);

    /// A block has entered the chain. `mempool` is what was waiting before all changes.
    fn connected(&mut self, block: &Self::Block, mempool: &Self::Mempool);

    /// What waits now, when `mempool` was waiting before. `accounts` are as the connected blocks leave them.
    ///
    /// # Errors
    /// What the accounts report.
    fn finish<A: ReadAccounts<Self::Account>>(
        self,
        accounts: &A,
        mempool: &Self::Mempool,
    ) -> Result<AfterReorganisation<Self::Mempool, Self::Transaction>, A::Error>;
}

/// What waits after blocks have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterReorganisation<M, T> {
    /// All that waits.
    pub mempool: M,
    /// How many of its transactions, the first ones, were in blocks that were disconnected.
    pub returned: usize,
    /// How many further transactions of disconnected blocks no connected block holds, and may not wait either. Where more are
    /// disconnected than can be remembered, only so many of the latest blocks are counted.
    pub not_returned: usize,
    /// What does not wait any more, and no connected block holds; of disconnected transactions only those that are counted in
    /// `not_returned`. Rules whose transactions have no ids leave this empty.
    pub left: Vec<(T, Departure)>,
}

/// How much may wait before further transactions are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MempoolLimits {
    /// How many transactions.
    pub count: usize,
    /// How many bytes their encodings have together.
    pub bytes: usize,
}

impl MempoolLimits {
    /// As much as there is.
    pub const UNLIMITED: Self = Self { count: usize::MAX, bytes: usize::MAX };
}
