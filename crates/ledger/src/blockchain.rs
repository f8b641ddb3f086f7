//! The core: the end of the chain, the transactions that wait, and how a new block or a better chain changes them.
//!
//! Block bodies and accounts are not here but in the store, so that memory does not grow with the chain. Each change comes in
//! two steps, so that it can be saved in between: one that only computes, and one that takes effect and cannot fail.

use chrono::{DateTime, Local};

use crate::{
    rules::{Mempool as _, MempoolLimits, ReadAccounts, Rules, StateError},
    tip::Tip,
};

/// A node's chain and mempool, as far as judging and changing them needs.
#[derive(Clone, Debug)]
pub struct Blockchain<R: Rules> {
    rules: R,
    ancestors: R::Ancestors,
    mempool: R::Mempool,
    limits: MempoolLimits,
}

impl<R: Rules> Blockchain<R> {
    /// The state of a chain whose next block is judged against `ancestors`, with the transactions that wait, and how much may.
    pub fn new(rules: R, ancestors: R::Ancestors, mempool: R::Mempool, limits: MempoolLimits) -> Self {
        Self { rules, ancestors, mempool, limits }
    }

    /// The rules.
    pub fn rules(&self) -> &R {
        &self.rules
    }

    /// What the next block is judged against.
    pub fn ancestors(&self) -> &R::Ancestors {
        &self.ancestors
    }

    /// The end of the chain.
    pub fn tip(&self) -> &Tip {
        self.ancestors.as_ref()
    }

    /// The transactions that wait for the next block.
    pub fn mempool(&self) -> &R::Mempool {
        &self.mempool
    }

    /// How much may wait.
    pub fn limits(&self) -> MempoolLimits {
        self.limits
    }

    /// How many transactions wait.
    pub fn waiting(&self) -> usize {
        self.mempool.len()
    }

    /// How many bytes the encodings of those that wait have together.
    pub fn waiting_bytes(&self) -> usize {
        self.mempool.bytes()
    }

    /// Begins a group of transactions that will enter the mempool together.
    pub fn admission(&self) -> R::Admission {
        self.rules.admission(&self.mempool, self.limits)
    }

    /// Begins to find out what waits after blocks change.
    pub fn reorganisation(&self) -> R::Reorganisation {
        self.rules.reorganisation(self.limits)
    }

    /// Adds a transaction to such a group. Changes nothing in the mempool yet.
    ///
    /// # Errors
    /// Why it may not wait, or what the accounts report.
    pub fn admit<A: ReadAccounts<R::Account>>(
        &self,
        accounts: &A,
        admission: &mut R::Admission,
        transaction: R::Transaction,
    ) -> Result<(), StateError<R::AdmitError, A::Error>> {
        self.rules.admit(accounts, &self.mempool, admission, transaction)
    }

    /// Lets a group enter the mempool.
    pub fn enter(&mut self, admission: R::Admission) {
        self.rules.enter(&mut self.mempool, admission);
    }

    /// A template for the next block.
    pub fn job(&self, receiver: &R::Receiver, now: DateTime<Local>) -> R::Job {
        self.rules.job(&self.ancestors, &self.mempool, receiver, now)
    }

    /// The next block, made of a solution. Changes nothing yet.
    ///
    /// # Errors
    /// When the solution is none: the block passes the same check as one from a peer.
    pub fn seal(
        &self,
        job: R::Job,
        solution: R::Solution,
        now: DateTime<Local>,
    ) -> Result<R::CheckedBlock, R::BlockError> {
        let block = self.rules.seal(job, solution, &self.mempool, now);
        self.rules.check(Some(&self.ancestors), block, now)
    }

    /// Lets another end of the chain take effect, and what waits then.
    pub fn advance(&mut self, ancestors: R::Ancestors, mempool: R::Mempool) {
        self.ancestors = ancestors;
        self.mempool = mempool;
    }
}
