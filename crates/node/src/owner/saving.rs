//! Carrying changes to the disk, and what follows when that fails.

use std::time::Instant;

use bcoin_ledger::{Blockchain, Rules};

use super::Owner;
use crate::store::{ReorganiseError, Store, StoreError};

impl<R: Rules> Owner<R> {
    /// Sees to it that what could not be saved is not there: a commit that failed may have reached the disk all the same.
    pub(super) fn recover_from<T, E: Failure>(&mut self, result: Result<T, E>) -> Result<T, E> {
        result.inspect_err(|error| {
            let Some(error) = error.store_error() else { return };
            tracing::error!(%error, "could not save");
            if error.is_failure_of_the_database() {
                self.reopen();
            }
        })
    }

    /// Opens the database again, and rolls back what it holds beyond this node's state. While that fails, nothing is saved.
    pub(super) fn reopen(&mut self) {
        self.last_reopened = Some(Instant::now());
        let blockchain = &self.blockchain;
        let reopened = self.store.reopen().and_then(|found| {
            let same_tip = found.ancestors.as_ref() == blockchain.tip();
            if same_tip && found.mempool == *blockchain.mempool() && found.peers == self.peers {
                return Ok(());
            }
            self.store.roll_back(&found, blockchain, &self.peers)
        });
        self.in_sync = reopened.is_ok();
        match reopened {
            Ok(()) => tracing::warn!("the data file was opened again after a failure"),
            Err(error) => tracing::error!(%error, "the data file cannot be used again yet"),
        }
    }

    /// Sees to it that the disk holds this node's state; returns whether it does.
    pub(super) fn synchronise(&mut self) -> bool {
        if !self.in_sync {
            self.reopen();
        }
        self.in_sync
    }

    /// Carries a change to the disk, once the disk is known to hold this node's state.
    pub(super) fn save<T, E: Failure>(
        &mut self,
        change: impl FnOnce(&Store<R>, &Blockchain<R>) -> Result<T, E>,
    ) -> Result<T, E> {
        let in_sync = self.synchronise();
        let began = Instant::now();
        let saved = if in_sync { change(&self.store, &self.blockchain) } else { Err(StoreError::Closed.into()) };
        match saved.as_ref().map_err(Failure::store_error) {
            Ok(_) => {
                self.counters.commits.add(1);
                self.failed_save.send_if_modified(|failure| failure.take().is_some());
            }
            Err(Some(error)) => {
                self.counters.commits_failed.add(1);
                self.failed_save.send_replace(Some(error.to_string().into()));
            }
            Err(None) => {}
        }
        self.last_save = Some(Instant::now());
        self.counters.commit_nanos.add_time(began.elapsed());
        self.recover_from(saved)
    }
}

/// What can go wrong with a change.
pub(super) trait Failure: From<StoreError> {
    /// What the store reports, if it is that.
    fn store_error(&self) -> Option<&StoreError>;
}

impl Failure for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl<B> Failure for ReorganiseError<B> {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Refused { .. } => None,
        }
    }
}
