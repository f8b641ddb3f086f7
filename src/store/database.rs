//! The open database, which can be closed and opened again under its readers: after a full disk or an I/O error redb
//! refuses everything until that is done.

use std::{
    path::Path,
    sync::{PoisonError, RwLock},
};

use redb::{Builder, Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::error::StoreError;

/// Memory for redb's pages. Reading a long chain must not grow a node beyond it.
const CACHE_BYTES: usize = 32 << 20;

/// The database as its users share it; empty while it cannot be opened.
pub(super) struct Shared(RwLock<Option<Database>>);

impl Shared {
    pub(super) fn new(database: Database) -> Self {
        Self(RwLock::new(Some(database)))
    }

    pub(super) fn begin_read(&self) -> Result<ReadTransaction, StoreError> {
        let database = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(database.as_ref().ok_or(StoreError::Closed)?.begin_read()?)
    }

    pub(super) fn begin_write(&self) -> Result<WriteTransaction, StoreError> {
        let database = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(database.as_ref().ok_or(StoreError::Closed)?.begin_write()?)
    }

    /// Closes the database and opens `file` in its place. Readers who come meanwhile wait; who is reading gets an error.
    pub(super) fn reopen(&self, file: &Path) -> Result<(), StoreError> {
        let mut database = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(failed) = database.take()
            && let Err(error) = failed.close()
        {
            tracing::debug!(%error, "closing a database that has failed");
        }
        *database = Some(builder().open(file)?);
        Ok(())
    }
}

pub(super) fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}
